#include <cstdio>
#include <parexact.hpp>

// The static library brings the Rust runtime's unwinding tables along; C++ exceptions must not notice.
int main() {
    std::vector<double> x(1000000);
    x.front() = 1e100;
    x[x.size() / 2] = 1.0;
    x.back() = -1e100;
    parexact::set_num_threads(2);
    const double sum = parexact::sum(x);
    try {
        parexact::map(x, x, [](double value) {
            if (value == 1.0)
                throw std::runtime_error(parexact::version());
            return value;
        });
    } catch (const std::exception &error) {
        std::printf("%s %g\n", error.what(), sum);
    }
    return 0;
}
