// std::vector<bool> packs its elements into bits
#include "parexact.hpp"

int main() {
    const std::vector<bool> mask(3);
    static_cast<void>(parexact::state().update(std::vector<double>(3), parexact::where(mask)));
}
