// Queues of bytes and of objects: order, ends, timeouts, and what becomes of items.
#include "check.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using parexact::queue;

namespace {

int living;

// Counts objects, and can be moved but not copied.
class counted {
public:
    explicit counted(int number) : number_(number) { living++; }
    counted(counted &&other) noexcept : number_(std::exchange(other.number_, -1)) { living++; }
    counted &operator=(counted &&other) noexcept {
        number_ = std::exchange(other.number_, -1);
        return *this;
    }
    ~counted() { living--; }
    int number() const { return number_; }

private:
    int number_;
};

// Cannot be assigned to.
struct fixed {
    const int number;
    std::string text;
};

// Has no default constructor, and is copied as bytes.
struct plain {
    explicit plain(int a) : number(a), rest{1, 2} {}
    int number;
    double rest[2];
};

void check_bytes() {
    queue<plain> queue;
    queue.put(plain(1));
    const plain second(2);
    queue.put(second);
    CHECK(queue.size() == 2);
    CHECK(queue.get()->number == 1);
    CHECK(queue.get_for(1s)->number == 2);
    CHECK(!queue.get_for(0s));
    CHECK(!queue.get_for(-1s)); // looks, and does not wait for ever
}

void check_objects() {
    {
        queue<counted> queue(3);
        for (int i = 0; i < 3; i++)
            queue.put(counted(i));
        CHECK(living == 3);
        counted fourth(3);
        CHECK(!queue.put_for(std::move(fourth), 1ms));
        CHECK(fourth.number() == 3); // is not lost
        CHECK(queue.get()->number() == 0);
        CHECK(queue.put_for(std::move(fourth), 0s));
        CHECK(queue.get()->number() == 1);
        const auto taken = queue.get();
        CHECK(taken->number() == 2 && living == 3);
    }
    CHECK(living == 0); // the one left inside went with the queue

    queue<std::unique_ptr<int>> owners;
    owners.put(std::make_unique<int>(5));
    CHECK(**owners.get() == 5);
    queue<fixed> texts(1);
    texts.put(fixed{1, "a text that is longer than short ones"});
    fixed other{2, "another text that is longer than short ones"};
    CHECK(!texts.put_for(std::move(other), 0s));
    CHECK(other.text == "another text that is longer than short ones");
    CHECK(!texts.put_for(other, 0s));
    CHECK(texts.get()->text == "a text that is longer than short ones");
}

void check_close() {
    queue<std::string> queue;
    queue.put("first");
    queue.close();
    queue.close();
    CHECK_ERROR(PAREXACT_ERROR_CLOSED, queue.put("second"));
    std::string kept = "kept";
    CHECK_ERROR(PAREXACT_ERROR_CLOSED, queue.put_for(std::move(kept), 1s));
    CHECK(kept == "kept");
    CHECK(queue.get() == std::optional<std::string>("first"));
    CHECK(!queue.get());
    CHECK_ERROR(PAREXACT_ERROR_CLOSED, queue.get_for(1s));
}

// Two producers, two consumers, each item exactly once.
void check_threads() {
    queue<std::string> queue(4);
    long sums[2] = {0, 0};
    std::thread consumers[2], producers[2];
    for (int i = 0; i < 2; i++) {
        consumers[i] = std::thread([&, i] {
            while (const auto item = queue.get())
                sums[i] += std::stol(*item);
        });
        producers[i] = std::thread([&, i] {
            for (int k = 0; k < 500; k++)
                queue.put(std::to_string(2 * k + i));
        });
    }
    for (std::thread &producer : producers)
        producer.join();
    queue.close();
    for (std::thread &consumer : consumers)
        consumer.join();
    CHECK(sums[0] + sums[1] == 999 * 1000 / 2);
}

// A thread that waits to put is told that the queue ends, although the item in its way is destroyed first.
void check_end_while_waiting() {
    using slow = std::shared_ptr<void>;
    const auto sleep = [](void *) { std::this_thread::sleep_for(20ms); };
    std::optional<queue<slow>> queue(1);
    queue->put(slow(nullptr, sleep));
    std::thread producer([&] {
        auto second = std::make_shared<int>(2);
        slow item = second;
        CHECK_ERROR(PAREXACT_ERROR_CLOSED, queue->put(std::move(item)));
        CHECK(item == second);
    });
    std::this_thread::sleep_for(20ms);
    queue.reset();
    producer.join();
}

void check_cancelled() {
    parexact::control control;
    const parexact::attachment governed = control.attach();
    {
        queue<counted> queue;
        queue.put(counted(1));
        control.cancel();
        CHECK_ERROR(PAREXACT_ERROR_CANCELLED, queue.put(counted(2)));
        CHECK_ERROR(PAREXACT_ERROR_CANCELLED, queue.get());
        CHECK(living == 1);
    }
    CHECK(living == 0); // in spite of the cancelled control
}

void check_moves() {
    queue<counted> first;
    first.put(counted(1));
    queue<counted> second = std::move(first);
    CHECK(second.size() == 1 && first.size() == 0);
    CHECK_ERROR(PAREXACT_ERROR_NULL_POINTER, first.put(counted(2)));
    CHECK_ERROR(PAREXACT_ERROR_NULL_POINTER, first.get());
    queue<counted> third;
    third.put(counted(3));
    third = std::move(second);
    CHECK(living == 1 && third.get()->number() == 1);
    CHECK_ERROR(PAREXACT_ERROR_SIZE_OVERFLOW, queue<plain>(SIZE_MAX));
}

} // namespace

int main() {
    check_bytes();
    check_objects();
    check_close();
    check_threads();
    check_end_while_waiting();
    check_cancelled();
    check_moves();
    CHECK(living == 0);
    return checks_done();
}
