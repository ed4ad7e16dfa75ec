// A library whose states have another size is refused, before it writes beyond one. The program's own
// function is called in place of the library's, which answers as such a library would.
#include "check.hpp"

extern "C" std::size_t parexact_state_words(void) { return PAREXACT_STATE_WORDS + 1; }

int main() {
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, parexact::state());
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, parexact::states(3));
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, parexact::pair());
    CHECK_DOUBLE(parexact::sum(std::array<double, 2>{1, 2}), 3.0);
    return checks_done();
}
