// A map in the background, with a display of its progress, that Ctrl-C stops.
//
//     c++ -std=c++17 cpp_examples/background_job.cpp -Iinclude -Ltarget/release -lparexact -o background_job
//     LD_LIBRARY_PATH=target/release ./background_job
#include <csignal>
#include <cstdio>
#include <numeric>
#include <parexact.hpp>

namespace {

parexact::control control;

// All that a signal handler does is set the wish: cancel() is one atomic store.
extern "C" void interrupt(int) { control.cancel(); }

// Some work: the iterations of a chaotic map.
double simulate(int item) {
    double x = 0.5;
    for (int step = 0; step < 1000000; step++)
        x = 3.7 * x * (1 - x);
    return x + item;
}

} // namespace

int main() {
    std::vector<int> items(400);
    std::vector<double> results(items.size());
    std::iota(items.begin(), items.end(), 0);
    std::signal(SIGINT, interrupt);

    parexact::pool pool(2);
    try {
        // The control that is attached when a job is started governs that job.
        const parexact::job job = [&] {
            const auto governed = control.attach();
            return pool.map_async(items, results, simulate, 1);
        }();
        // Between its looks this thread is free for other things. The display goes to the standard error.
        while (!job.wait_for(std::chrono::milliseconds(50))) {
            const auto [done, total] = control.progress();
            std::fprintf(stderr, "\r%3.0f of %.0f", static_cast<double>(done), static_cast<double>(total));
        }
        std::fprintf(stderr, "\n");
    } catch (const parexact::error &error) {
        if (error.status() != PAREXACT_ERROR_CANCELLED)
            throw;
        std::printf("interrupted\n");
        return 130; // as a shell answers for a program that a Ctrl-C has ended
    }
    const auto [done, total] = control.progress();
    std::printf("%.0f of %.0f done\n", static_cast<double>(done), static_cast<double>(total));
}
