// Maps: results in order, any types of items, exceptions of callbacks in the caller.
#include "check.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <string>
#include <thread>

namespace {

const int small = std::getenv("PAREXACT_TEST_SMALL") != nullptr;

double half(int x) { return x / 2.0; }

std::vector<int> counted(std::size_t n) {
    std::vector<int> x(n);
    std::iota(x.begin(), x.end(), 0);
    return x;
}

void check_results() {
    const std::vector<int> items = counted(small ? 300 : 100000);
    std::vector<double> results(items.size());
    parexact::pool pool(3);
    const double scale = 2;
    for (const std::size_t chunk : std::array<std::size_t, 3>{0, 1, 7}) {
        std::fill(results.begin(), results.end(), -1.0);
        pool.map(items, results, [&](int x) { return scale * x; }, chunk);
        for (std::size_t i = 0; i < items.size(); i++)
            CHECK(results[i] == 2.0 * static_cast<double>(i));
        std::fill(results.begin(), results.end(), -1.0);
        parexact::map(items, results, half, chunk);
        for (std::size_t i = 0; i < items.size(); i++)
            CHECK(results[i] == static_cast<double>(i) / 2);
    }
    CHECK(parexact::map(items, half) == results);
    CHECK(pool.map(items, half, 5) == results);
    parexact::map(results, results, [](double x) { return 2 * x; }); // in place
    CHECK(results.back() == items.back());
    CHECK(pool.map(std::vector<int>(), half).empty());
}

// Neither items nor results need be trivial, nor of one type with what f gives.
void check_types() {
    const std::array<std::string, 3> words = {"one", "three", "a string that is longer than short ones"};
    std::array<std::string, 3> doubled;
    parexact::map(words, doubled, [](const std::string &word) { return word + word; });
    CHECK(doubled[0] == "oneone" && doubled[2] == words[2] + words[2]);
    std::array<long, 3> lengths{};
    parexact::map(words, parexact::span(lengths.data(), 3), &std::string::size);
    CHECK(lengths[1] == 5);
    const std::vector<const char *> names = parexact::map(words, [](const std::string &word) {
        return word.c_str();
    });
    CHECK(names[2] == words[2].c_str());
    int raw[2] = {3, 4};
    parexact::map(raw, raw, [](int x) { return x * x; });
    CHECK(raw[1] == 16);
    std::array<std::unique_ptr<int>, 2> owners;
    parexact::map(raw, owners, [](int x) { return std::make_unique<int>(x); });
    CHECK(*owners[0] == 9);
}

struct negative : std::runtime_error {
    explicit negative(int i) : std::runtime_error("negative"), item(i) {}
    int item;
};

void check_exceptions() {
    std::vector<int> items = counted(small ? 200 : 5000);
    std::vector<double> results(items.size());
    const auto root = [](int x) {
        if (x < 0)
            throw negative(x);
        return std::sqrt(x);
    };
    parexact::pool pool(4);
    items[150] = -150;
    for (int round = 0; round < (small ? 2 : 50); round++) {
        try {
            pool.map(items, results, root, 1);
            CHECK(false);
        } catch (const negative &thrown) {
            CHECK(thrown.item == -150);
        }
    }
    // All items fail: on one thread the first one is the one reported, whatever the order in time.
    const parexact::local_threads one(1);
    try {
        parexact::map(items, results, [](int x) -> double { throw x; });
        CHECK(false);
    } catch (int item) {
        CHECK(item == 0);
    }
    // The pool is as good as new, and an exception of the library passes as well.
    items[150] = 150;
    pool.map(items, results, root);
    CHECK(results[150] == std::sqrt(150.0));
    CHECK_ERROR(PAREXACT_ERROR_NAN_FOUND, pool.map(items, results, [](int) {
        return parexact::mean(std::array<double, 1>{std::nan("")}, parexact::nan_policy::raise);
    }));
}

// Of several exceptions the one of the lowest index arrives, whether it comes first or last in time.
void check_lowest_index() {
    const std::array<int, 2> items = {0, 1};
    std::array<int, 2> results{};
    parexact::pool pool(2);
    for (int round = 0; round < 10; round++) {
        const int last = round % 2;
        std::atomic<int> begun{0};
        try {
            pool.map(items, results, [&](int x) -> int {
                // If one thread does all of it, the other item never begins.
                begun++;
                for (int waited = 0; waited < 100 && begun < 2; waited++)
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                if (x == last)
                    std::this_thread::sleep_for(std::chrono::milliseconds(5));
                throw x;
            }, 1);
            CHECK(false);
        } catch (int item) {
            CHECK(item == 0 || begun < 2);
        }
    }
}

// Items of one chunk stay with one thread.
void check_chunks() {
    const std::vector<int> items = counted(8);
    std::vector<std::thread::id> threads(items.size());
    parexact::pool pool(2);
    const auto thread_of = [](int) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return std::this_thread::get_id();
    };
    pool.map(items, threads, thread_of, items.size());
    CHECK(std::count(threads.begin(), threads.end(), threads[0]) == 8);
    pool.map_async(items, threads, thread_of, items.size()).wait();
    CHECK(std::count(threads.begin(), threads.end(), threads[0]) == 8);
    CHECK(threads[0] != std::this_thread::get_id());
}

void check_refused() {
    std::vector<int> items(3), few(2);
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::map(items, few, [](int x) { return x; }));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::pool(PAREXACT_MAX_THREADS + 1));
    parexact::pool pool(1), moved = std::move(pool);
    moved.map(items, items, [](int x) { return x + 1; });
    CHECK(items[2] == 1);
    CHECK_ERROR(PAREXACT_ERROR_NULL_POINTER, pool.map(items, items, [](int x) { return x; }));
    pool = std::move(moved);
    parexact::pool &self = pool;
    pool = std::move(self);
    CHECK(pool.map(items, [](int x) { return x; })[0] == 1);
}

} // namespace

int main() {
    check_results();
    check_types();
    check_exceptions();
    check_lowest_index();
    check_chunks();
    check_refused();
    return checks_done();
}
