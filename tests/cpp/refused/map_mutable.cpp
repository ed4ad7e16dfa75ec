// f(item) must be callable on a const f
#include "parexact.hpp"

int main() {
    std::vector<double> x(3);
    parexact::map(x, x, [sum = 0.0](double value) mutable { return sum += value; });
}
