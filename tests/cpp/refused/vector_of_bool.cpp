// std::vector<bool> packs its elements into bits
#include "parexact.hpp"

int main() {
    static_cast<void>(parexact::sum(std::vector<bool>(3)));
}
