// delete
#include "parexact.hpp"

int main() {
    const double x[] = {1, 2};
    static_cast<void>(parexact::view(x).c_array());
}
