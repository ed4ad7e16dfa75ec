// f must return void
#include "parexact.hpp"

int main() {
    parexact::submit([] { return 1; }).wait();
}
