#include "parexact.hpp"

double sum_elsewhere(const std::vector<double> &x);

double sum_elsewhere(const std::vector<double> &x) {
    return x.empty() ? parexact::pi(0) : parexact::sum(x);
}
