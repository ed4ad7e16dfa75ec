// Controls: scopes that nest, cancellation, progress; and scopes of thread counts.
#include "check.hpp"

#include <csignal>
#include <thread>

namespace {

const std::vector<double> x(1000, 1.0);

parexact::control interrupted;

extern "C" void on_signal(int) { interrupted.cancel(); }

void check_scopes() {
    parexact::control outer, inner;
    {
        const auto first = outer.attach();
        {
            const auto second = inner.attach();
            inner.cancel();
            CHECK_ERROR(PAREXACT_ERROR_CANCELLED, parexact::sum(x));
            {
                const parexact::attachment none(nullptr);
                CHECK_DOUBLE(parexact::sum(x), 1000.0);
            }
            CHECK_ERROR(PAREXACT_ERROR_CANCELLED, parexact::describe(x));
        }
        CHECK_DOUBLE(parexact::sum(x), 1000.0);
        outer.cancel();
        CHECK_ERROR(PAREXACT_ERROR_CANCELLED, parexact::norm(x));
        outer.reset();
        CHECK_DOUBLE(parexact::norm(std::vector<int>(4, 1)), 2.0);
        outer.cancel();
    }
    CHECK_DOUBLE(parexact::sum(x), 1000.0);
    CHECK(parexact_control_attach(nullptr) == nullptr);
}

void check_progress() {
    parexact::control control;
    const auto governed = control.attach();
    CHECK_DOUBLE(parexact::sum(x), 1000.0);
    CHECK(control.progress().done == 1000 && control.progress().total == 1000);
    control.reset();
    CHECK(control.progress().done == 0 && control.progress().total == 0);
}

void check_signal() {
    const auto governed = interrupted.attach();
    std::signal(SIGINT, on_signal);
    CHECK_ERROR(PAREXACT_ERROR_CANCELLED, parexact::map(x, [](double value) {
        std::raise(SIGINT);
        return value;
    }));
    std::signal(SIGINT, SIG_DFL);
    interrupted.reset();
}

void check_moves() {
    parexact::control first;
    parexact::control second = std::move(first);
    first.cancel(); // governs nothing any more: harmless
    CHECK_ERROR(PAREXACT_ERROR_NULL_POINTER, first.attach());
    const auto governed = second.attach();
    CHECK_DOUBLE(parexact::sum(x), 1000.0);
    second.cancel();
    CHECK_ERROR(PAREXACT_ERROR_CANCELLED, parexact::sum(x));
    CHECK(first.progress().total == 0);
}

void check_threads() {
    parexact::set_num_threads(3);
    CHECK(parexact::get_num_threads() == 3 && parexact::get_num_threads_local() == 3);
    {
        const parexact::local_threads outer(2);
        {
            const parexact::local_threads inner(1);
            CHECK(parexact::get_num_threads_local() == 1);
        }
        CHECK(parexact::get_num_threads_local() == 2 && parexact::get_num_threads() == 3);
        std::thread([] { CHECK(parexact::get_num_threads_local() == 3); }).join();
    }
    CHECK(parexact::get_num_threads_local() == 3);
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::set_num_threads(PAREXACT_MAX_THREADS + 1));
    parexact::set_num_threads(0);
}

} // namespace

int main() {
    check_scopes();
    check_progress();
    check_signal();
    check_moves();
    check_threads();
    return checks_done();
}
