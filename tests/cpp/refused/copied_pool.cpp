// delete
#include "parexact.hpp"

int main() {
    parexact::pool pool(1);
    parexact::pool copy = pool;
}
