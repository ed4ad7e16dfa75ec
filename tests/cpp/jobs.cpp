// Jobs: what they own, how they end, and what waiting for them throws.
#include "check.hpp"

#include <atomic>
#include <chrono>
#include <thread>

using namespace std::chrono_literals;

namespace {

void check_submit() {
    parexact::pool pool(2);
    int answer = 0;
    const parexact::job job = pool.submit([&] { answer = 42; });
    job.wait();
    job.wait();
    CHECK(answer == 42);
    CHECK(job.wait_for(0s));
    parexact::submit([&] { answer = 43; }).wait();
    CHECK(answer == 43);
    int calls = 0;
    parexact::job counted = pool.submit([&, own = std::make_unique<int>(7)]() mutable { calls += (*own)++; });
    counted.wait();
    CHECK(calls == 7);
}

void check_exceptions() {
    parexact::pool pool(1);
    const parexact::job job = pool.submit([] { throw std::string("thrown"); });
    for (int i = 0; i < 2; i++) {
        try {
            job.wait();
            CHECK(false);
        } catch (const std::string &text) {
            CHECK(text == "thrown");
        }
    }
    CHECK_ERROR(PAREXACT_ERROR_CLOSED, pool.submit([] {
                                               parexact::queue<int> queue;
                                               queue.close();
                                               queue.put(1);
                                           })
                                           .wait());
    // Nobody asks for this one.
    const parexact::job ignored = pool.submit([] { throw 1; });
}

// Counts its copies that live.
struct tracked {
    std::atomic<int> *living;
    explicit tracked(std::atomic<int> &count) : living(&count) { ++*living; }
    tracked(const tracked &other) : living(other.living) { ++*living; }
    tracked &operator=(const tracked &) = delete;
    ~tracked() { --*living; }
};

void check_ownership() {
    std::atomic<int> living{0}, begun{0}, ended{0};
    std::atomic<bool> released{false};
    parexact::pool pool(1);
    {
        std::optional<parexact::job> job;
        {
            const tracked local(living);
            job = pool.submit([&, local] {
                begun++;
                while (!released)
                    std::this_thread::yield();
                ended += *local.living;
            });
        }
        CHECK(living >= 1);
        CHECK(!job->wait_for(1ms));
        CHECK(!job->wait_for(-1s)); // looks, and does not wait for ever
        std::thread releaser([&] {
            std::this_thread::sleep_for(20ms);
            released = true;
        });
        job.reset(); // waits: the callable is alive to its end
        CHECK(ended == 1);
        releaser.join();
    }
    CHECK(begun == 1 && living == 0);
    // A job that is not kept ends where it is made.
    int order = 0;
    static_cast<void>(pool.submit([&] { order = 1; }));
    CHECK(order == 1);
}

void check_moves() {
    parexact::pool pool(2);
    std::atomic<int> done{0};
    parexact::job first = pool.submit([&] { done++; });
    parexact::job second = std::move(first);
    second.wait();
    CHECK_ERROR(PAREXACT_ERROR_NULL_POINTER, first.wait());
    first = pool.submit([&] {
        std::this_thread::sleep_for(5ms);
        done++;
    });
    first = std::move(second); // waits for the job that it was
    CHECK(done == 2);
    parexact::job &self = first;
    first = std::move(self);
    first.wait();
    std::vector<parexact::job> jobs;
    for (int i = 0; i < 20; i++)
        jobs.push_back(pool.submit([&] { done++; }));
    jobs.clear();
    CHECK(done == 22);
}

void check_map_async() {
    parexact::pool pool(2);
    const std::vector<int> items = {1, 2, 3};
    std::array<double, 3> results{};
    const double scale = 2;
    const parexact::job job = pool.map_async(items, results, [scale](int x) { return scale * x; });
    job.wait();
    CHECK(results[2] == 6.0);
    parexact::map_async(items, results, [](int x) { return x; }, 1).wait();
    CHECK(results[2] == 3.0);
    const parexact::job failing = pool.map_async(items, results, [](int x) {
        if (x == 2)
            throw x;
        return x;
    });
    try {
        failing.wait();
        CHECK(false);
    } catch (int item) {
        CHECK(item == 2);
    }
    std::vector<double> few(2);
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, pool.map_async(items, few, [](int x) { return x; }));
}

// Work that is stopped before it has begun is not called, and its callable is destroyed with the job.
void check_cancelled() {
    parexact::pool pool(1);
    std::atomic<int> living{0}, calls{0};
    parexact::control control;
    std::atomic<bool> released{false};
    const parexact::job blocker = pool.submit([&] {
        while (!released)
            std::this_thread::yield();
    });
    {
        std::optional<parexact::job> job;
        {
            const parexact::attachment governed = control.attach();
            job = pool.submit([&, local = tracked(living)] { calls++; });
        }
        control.cancel();
        released = true;
        CHECK_ERROR(PAREXACT_ERROR_CANCELLED, job->wait());
    }
    CHECK(calls == 0 && living == 0);
}

void check_deadlock() {
    // A job that waits for itself is told so, and arrives there as an exception.
    parexact::pool pool(1);
    parexact::job *self = nullptr;
    std::atomic<bool> ready{false};
    parexact::job job = pool.submit([&] {
        while (!ready)
            std::this_thread::yield();
        self->wait();
    });
    self = &job;
    ready = true;
    CHECK_ERROR(PAREXACT_ERROR_DEADLOCK, job.wait());
}

// A pool that ends waits for its jobs, whose handles stay valid.
void check_pool_ends_first() {
    std::optional<parexact::job> job;
    std::atomic<int> done{0};
    {
        parexact::pool pool(2);
        job = pool.submit([&] {
            std::this_thread::sleep_for(5ms);
            done++;
        });
    }
    CHECK(done == 1);
    job->wait();
}

} // namespace

int main() {
    check_submit();
    check_exceptions();
    check_ownership();
    check_moves();
    check_map_async();
    check_cancelled();
    check_deadlock();
    check_pool_ends_first();
    return checks_done();
}
