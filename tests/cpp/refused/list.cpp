// an array must be a contiguous range with data() and size()
#include "parexact.hpp"

#include <list>

int main() {
    static_cast<void>(parexact::sum(std::list<double>(3)));
}
