// elements must be float, double, bool or integers of 8 to 64 bits
#include "parexact.hpp"

int main() {
    static_cast<void>(parexact::sum(std::string("123")));
}
