// random numbers are doubles
#include "parexact.hpp"

int main() {
    std::vector<float> x(3);
    parexact::fill(parexact::normal{}, 1, 0, 0, x);
}
