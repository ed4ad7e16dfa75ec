// Locks: what the standard library's guards ask for, and waits that could never end.
#include "check.hpp"

#include <chrono>
#include <mutex>
#include <thread>

using namespace std::chrono_literals;

namespace {

void check_guards() {
    parexact::lock lock, other;
    {
        const std::lock_guard<parexact::lock> guard(lock);
        CHECK_ERROR(PAREXACT_ERROR_DEADLOCK, lock.lock());
    }
    {
        std::unique_lock<parexact::lock> guard(lock, std::try_to_lock);
        CHECK(guard.owns_lock());
        guard.unlock();
        CHECK(guard.try_lock_for(1s));
    }
    {
        const std::scoped_lock both(lock, other);
        std::thread([&] {
            CHECK(!lock.try_lock());
            CHECK(!other.try_lock_for(1ms));
            CHECK(!other.try_lock_for(-1s)); // tries, and does not wait for ever
        }).join();
    }
    CHECK(lock.try_lock());
    lock.unlock();
    CHECK_ERROR(PAREXACT_ERROR_NOT_OWNER, lock.unlock());
}

void check_exclusion() {
    parexact::lock lock;
    long counter = 0;
    const auto count = [&] {
        for (int i = 0; i < 10000; i++) {
            const std::lock_guard<parexact::lock> guard(lock);
            counter++;
        }
    };
    std::thread first(count), second(count);
    first.join();
    second.join();
    CHECK(counter == 20000);
}

// An exception that leaves a callback releases what it held.
void check_unwinding() {
    parexact::lock lock;
    parexact::pool pool(2);
    const std::array<int, 4> items = {0, 1, 2, 3};
    for (int round = 0; round < 5; round++) {
        try {
            static_cast<void>(pool.map(items, [&](int x) {
                const std::lock_guard<parexact::lock> guard(lock);
                if (x == 2)
                    throw x;
                return x;
            }));
            CHECK(false);
        } catch (int item) {
            CHECK(item == 2);
        }
    }
    // A callback that wants what its caller holds is told so, and the caller with it.
    const std::lock_guard<parexact::lock> guard(lock);
    CHECK_ERROR(PAREXACT_ERROR_DEADLOCK, pool.map(items, [&](int x) {
        const std::lock_guard<parexact::lock> inner(lock);
        return x;
    }));
}

void check_cancelled() {
    parexact::lock lock;
    parexact::control control;
    const parexact::attachment governed = control.attach();
    control.cancel();
    CHECK_ERROR(PAREXACT_ERROR_CANCELLED, lock.lock());
    const parexact::attachment ungoverned(nullptr);
    lock.lock();
    lock.unlock();
}

} // namespace

int main() {
    check_guards();
    check_exclusion();
    check_unwinding();
    check_cancelled();
    return checks_done();
}
