// Integrals of functions of a point and of blocks, π, and what the library says about itself.
#include "check.hpp"

#include <string>

namespace {

double four(double) { return 4; }

void check_integrals() {
    // The midpoint rule is exact for straight lines: x + 1 from 0 to 2 is 4, with points that are dyadic.
    const double one = 1;
    CHECK_DOUBLE(parexact::integrate([&](double x) { return x + one; }, 0, 2, 1 << 12), 4.0);
    CHECK_DOUBLE(parexact::integrate(four, -1, 2, 3), 12.0);
    // With 2 points x² is taken at ¼ and ¾: (1/16 + 9/16)/2.
    const auto square = [](const double *x, double *y, std::size_t count) {
        for (std::size_t i = 0; i < count; i++)
            y[i] = x[i] * x[i];
    };
    CHECK_DOUBLE(parexact::integrate(square, 0, 1, 2), 0.3125);
    CHECK_DOUBLE(parexact::integrate([](double x) { return x * x; }, 0, 1, 2), 0.3125);
    // 4/(1+x²) at ½.
    CHECK_DOUBLE(parexact::pi(1), 3.2);
}

void check_errors() {
    const auto thrower = [](double x) {
        if (x > 0.5)
            throw std::string("beyond a half");
        return x;
    };
    try {
        static_cast<void>(parexact::integrate(thrower, 0, 1, 1 << 20));
        CHECK(false);
    } catch (const std::string &text) {
        CHECK(text == "beyond a half");
    }
    CHECK_DOUBLE(parexact::integrate(thrower, 0, 0.5, 4), 0.125);
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::integrate(four, 0, 1, 0));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::pi(0));
}

void check_explain() {
    const std::string text = parexact::explain();
    CHECK(text.front() == '{' && text.back() == '}');
    CHECK(text.find('\0') == std::string::npos);
    CHECK(text.find(std::string("\"") + parexact::version() + "\"") != std::string::npos);
    CHECK(std::string(parexact::version()) == parexact_version());
}

// An error keeps its message, whatever fails afterwards, and is a std::exception.
void check_exception() {
    try {
        parexact::check(parexact_pi(0, nullptr));
        CHECK(false);
    } catch (const std::exception &first) {
        const std::string said = first.what();
        CHECK(said == parexact_last_error() && !said.empty());
        CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::pi(0));
        CHECK(said == first.what());
        const parexact::error copy = dynamic_cast<const parexact::error &>(first);
        CHECK(copy.status() == PAREXACT_ERROR_NULL_POINTER && said == copy.what());
    }
    parexact::check(PAREXACT_OK);
}

} // namespace

int main() {
    check_integrals();
    check_errors();
    check_explain();
    check_exception();
    return checks_done();
}
