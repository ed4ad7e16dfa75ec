// std::vector<bool> packs its elements into bits
#include "parexact.hpp"

int main() {
    std::vector<double> x(3);
    static_cast<void>(parexact::map(x, [](double value) { return value > 0; }));
}
