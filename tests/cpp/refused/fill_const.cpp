// random numbers are doubles
#include "parexact.hpp"

int main() {
    const std::vector<double> x(3);
    parexact::fill(parexact::normal{}, 1, 0, 0, x);
}
