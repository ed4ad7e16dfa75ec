// items and results must outlive the job
#include "parexact.hpp"

int main() {
    std::vector<double> x(3);
    parexact::map_async(std::vector<int>(3), x, [](int value) { return value; }).wait();
}
