// Distributions are those of the C interface, with the parameters in its order.
#include "check.hpp"

namespace {

template <class Law>
void check_law(const char *name, const Law &law, std::int32_t kind, double first, double second,
               double third) {
    const parexact_distribution expected_law = {kind, 0, {first, second, third}};
    std::vector<double> x(100), expected(100);
    parexact::fill(law, 1, 2, 1000, x);
    CHECK(parexact_random_fill(&expected_law, 1, 2, 1000, expected.data(), expected.size()) == PAREXACT_OK);
    if (x != expected) {
        checks_failed++;
        std::fprintf(stderr, "%s: %.17g, expected %.17g\n", name, x[0], expected[0]);
    }
}

// The last parameter of those that have fewer than three counts for nothing.
void check_laws() {
    check_law("uniform", parexact::uniform{-1, 3}, PAREXACT_DIST_UNIFORM, -1, 3, 9);
    check_law("uniform", parexact::uniform{}, PAREXACT_DIST_UNIFORM, 0, 1, 9);
    check_law("normal", parexact::normal{5, 2}, PAREXACT_DIST_NORMAL, 5, 2, 9);
    check_law("normal", parexact::normal{}, PAREXACT_DIST_NORMAL, 0, 1, 9);
    check_law("exponential", parexact::exponential{4}, PAREXACT_DIST_EXPONENTIAL, 4, 9, 9);
    check_law("exponential", parexact::exponential{}, PAREXACT_DIST_EXPONENTIAL, 1, 9, 9);
    check_law("lognormal", parexact::lognormal{1, 0.5}, PAREXACT_DIST_LOGNORMAL, 1, 0.5, 9);
    check_law("gamma", parexact::gamma{2.5, 3}, PAREXACT_DIST_GAMMA, 2.5, 3, 9);
    check_law("beta", parexact::beta{2, 3}, PAREXACT_DIST_BETA, 2, 3, 9);
    check_law("chi_squared", parexact::chi_squared{5}, PAREXACT_DIST_CHI_SQUARED, 5, 9, 9);
    check_law("student_t", parexact::student_t{5}, PAREXACT_DIST_STUDENT_T, 5, 9, 9);
    check_law("fisher_f", parexact::fisher_f{5, 7}, PAREXACT_DIST_FISHER_F, 5, 7, 9);
    check_law("weibull", parexact::weibull{2, 3}, PAREXACT_DIST_WEIBULL, 2, 3, 9);
    check_law("cauchy", parexact::cauchy{1, 2}, PAREXACT_DIST_CAUCHY, 1, 2, 9);
    check_law("triangular", parexact::triangular{1, 5, 2}, PAREXACT_DIST_TRIANGULAR, 1, 5, 2);
    check_law("poisson", parexact::poisson{12}, PAREXACT_DIST_POISSON, 12, 9, 9);
    check_law("binomial", parexact::binomial{20, 0.25}, PAREXACT_DIST_BINOMIAL, 20, 0.25, 9);
    check_law("geometric", parexact::geometric{0.125}, PAREXACT_DIST_GEOMETRIC, 0.125, 9, 9);
    check_law("integer", parexact::integer{-3, 9}, PAREXACT_DIST_INTEGER, -3, 9, 9);
}

void check_fill() {
    // Parts of a stream, whatever they are drawn into.
    std::vector<double> whole(10);
    parexact::fill(parexact::normal{}, 7, 0, 0, whole);
    std::array<double, 4> part{};
    parexact::fill(parexact::normal{}, 7, 0, 6, part);
    double raw[3];
    parexact::fill(parexact::normal{}, 7, 0, 2, raw);
    parexact::fill(parexact::normal{}, 7, 0, 5, parexact::span(raw + 1, 1));
    CHECK_DOUBLE(part[3], whole[9]);
    CHECK_DOUBLE(raw[0], whole[2]);
    CHECK_DOUBLE(raw[1], whole[5]);
    CHECK_DOUBLE(raw[2], whole[4]);
    parexact::fill(parexact::normal{}, 7, 0, 0, std::vector<double>());

    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::fill(parexact::normal{0, -1}, 7, 0, 0, raw));
    CHECK_ERROR(PAREXACT_ERROR_SIZE_OVERFLOW, parexact::fill(parexact::normal{}, 7, 0, UINT64_MAX, raw));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT,
                parexact::fill(parexact::distribution{99, 0, {0, 0, 0}}, 7, 0, 0, raw));
}

} // namespace

int main() {
    check_laws();
    check_fill();
    return checks_done();
}
