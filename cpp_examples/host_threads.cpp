// Threads of the program's own call the library at once: std::thread, OpenMP and TBB. The results are those
// of one thread, bit for bit, whatever the number of threads and however they share out the rows.
//
//     c++ -std=c++17 cpp_examples/host_threads.cpp -Iinclude -Ltarget/release -lparexact -o host_threads
//     LD_LIBRARY_PATH=target/release ./host_threads
//
// -fopenmp adds the part with OpenMP, -DWITH_TBB -ltbb the one with TBB.
#include <cstdio>
#include <parexact.hpp>
#include <thread>

#ifdef WITH_TBB
#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>
#endif

namespace {

constexpr std::size_t rows = 64, columns = 10000;
std::vector<double> matrix(rows *columns);

parexact::view row(std::size_t i) { return parexact::view(&matrix[i * columns], columns); }

void show(const char *threads, const parexact::state &state, const parexact::state &expected) {
    std::printf("%-12s sum %.9f, %s\n", threads, state.result().sum,
                state == expected ? "the same bits" : "other bits");
}

} // namespace

int main() {
    parexact::fill(parexact::cauchy{}, 1, 0, 0, matrix);
    const parexact::state expected(matrix);

    // Each thread has a state of its own, which needs no lock. These threads use all processors already, so
    // calls from them need no workers of the library.
    std::array<parexact::state, 4> parts;
    std::array<std::thread, 4> threads;
    for (std::size_t t = 0; t < threads.size(); t++)
        threads[t] = std::thread([&, t] {
            const parexact::local_threads one(1);
            for (std::size_t i = t; i < rows; i += threads.size())
                parts[t].update(row(i));
        });
    for (std::thread &thread : threads)
        thread.join();
    show("std::thread", parts[0] + parts[1] + parts[2] + parts[3], expected);

#ifdef _OPENMP
    // A reduction of OpenMP's own over states. An exception must not leave the loop.
#pragma omp declare reduction(merge : parexact::state : omp_out += omp_in)
    parexact::state total;
#pragma omp parallel for schedule(dynamic) reduction(merge : total)
    for (std::size_t i = 0; i < rows; i++) {
        const parexact::local_threads one(1);
        total.update(row(i));
    }
    show("OpenMP", total, expected);
#endif

#ifdef WITH_TBB
    const parexact::state reduced = tbb::parallel_reduce(
        tbb::blocked_range<std::size_t>(0, rows), parexact::state(),
        [](const tbb::blocked_range<std::size_t> &range, parexact::state state) {
            const parexact::local_threads one(1);
            for (std::size_t i = range.begin(); i != range.end(); i++)
                state.update(row(i));
            return state;
        },
        [](const parexact::state &left, const parexact::state &right) { return left + right; });
    show("TBB", reduced, expected);
#endif
}
