// an array must be a contiguous range with data() and size()
#include "parexact.hpp"

#include <list>

int main() {
    std::list<double> x(3);
    parexact::fill(parexact::normal{}, 1, 0, 0, x);
}
