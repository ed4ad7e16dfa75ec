// the results must not be const
#include "parexact.hpp"

int main() {
    const std::vector<double> x(3);
    parexact::map(x, x, [](double value) { return value; });
}
