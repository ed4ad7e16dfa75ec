// elements must be float, double, bool or integers of 8 to 64 bits
#include "parexact.hpp"

int main() {
    struct point {
        double x, y;
    } points[3] = {};
    static_cast<void>(parexact::norm(parexact::view(points, 3)));
}
