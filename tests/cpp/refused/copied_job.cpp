// delete
#include "parexact.hpp"

int main() {
    parexact::job job = parexact::submit([] {});
    parexact::job copy = job;
}
