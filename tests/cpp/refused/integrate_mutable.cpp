// f(x) or f(x, y, count) must be callable on a const f
#include "parexact.hpp"

int main() {
    static_cast<void>(parexact::integrate([calls = 0](double x) mutable { return x + calls++; }, 0, 1, 9));
}
