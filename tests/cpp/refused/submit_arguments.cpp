// f must be callable without arguments
#include "parexact.hpp"

int main() {
    parexact::submit([](int) {}).wait();
}
