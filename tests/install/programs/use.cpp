#include <parexact.h>
#include <cstdio>
#include <stdexcept>
#include <vector>

// The static library brings the Rust runtime's unwinding tables along; C++ exceptions must not notice.
int main() {
    std::vector<double> x(1000000);
    x.front() = 1e100;
    x[x.size() / 2] = 1.0;
    x.back() = -1e100;
    double sum = 0;
    try {
        if (parexact_set_num_threads(2) != PAREXACT_OK) return 1;
        if (parexact_sum_f64(x.data(), x.size(), &sum) != PAREXACT_OK) return 1;
        throw std::runtime_error(parexact_version());
    } catch (const std::exception &error) {
        std::printf("%s %g\n", error.what(), sum);
    }
    return 0;
}
