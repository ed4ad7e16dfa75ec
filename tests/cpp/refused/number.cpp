// an array must be a contiguous range with data() and size()
#include "parexact.hpp"

int main() {
    static_cast<void>(parexact::sum(3.0));
}
