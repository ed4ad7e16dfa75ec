// items must be movable objects
#include "parexact.hpp"

int main() {
    parexact::queue<int &> queue;
}
