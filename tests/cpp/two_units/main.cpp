// Two translation units include the header: it defines nothing twice, and they throw each other's errors.
#include "../check.hpp"

double sum_elsewhere(const std::vector<double> &x);

int main() {
    CHECK_DOUBLE(sum_elsewhere({1e100, 1, -1e100}), parexact::sum(std::array<double, 1>{1}));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, sum_elsewhere({}));
    return checks_done();
}
