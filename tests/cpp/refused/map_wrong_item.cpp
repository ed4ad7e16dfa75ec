// f(item) must be callable on a const f
#include "parexact.hpp"

int main() {
    std::vector<std::string> x(3);
    std::vector<double> y(3);
    parexact::map(x, y, [](double value) { return value; });
}
