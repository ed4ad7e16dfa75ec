// Summaries: skewness and kurtosis, pairs, weighted values.
#include "check.hpp"

#include <cmath>

using parexact::nan_policy;
using parexact::statistic;
using parexact::view;
using parexact::weights;
using parexact::where;

namespace {

// Deviations -1 (three times) and 3 from the mean 2: m2 = 3, m3 = 6, m4 = 21.
const int skewed[] = {1, 1, 5, 1};
// y = 3x + 1, but for the last.
const double x[] = {0, 1, 2, 3};
const double y[] = {1, 4, 7, 14};

void check_shape() {
    const parexact::shape shape(skewed);
    CHECK_DOUBLE(shape.result(statistic::skewness), static_cast<double>(2 / std::sqrt(3.0L)));
    CHECK_DOUBLE(shape.result(statistic::kurtosis), -2.0 / 3);
    CHECK_DOUBLE(parexact::kurtosis(skewed), -2.0 / 3);
    CHECK_DOUBLE(parexact::skewness(skewed), shape.result(statistic::skewness));
    CHECK_DOUBLE(shape.result(statistic::variance, 1), 4.0);
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, shape.result(statistic::slope));

    parexact::shape pieces(view(skewed, 2));
    pieces.update(view(skewed + 3, 1));
    const bool mask[] = {true, false};
    pieces += parexact::shape().update(view(skewed + 2, 2), where(mask));
    CHECK(pieces == shape && !(pieces != shape));
    CHECK(pieces.fingerprint() == shape.fingerprint());
    CHECK((shape + shape).result(statistic::count) == 8);
}

void check_pair() {
    // Sxx = 5, Sxy = 21, Syy = 93.
    const parexact::pair pair(x, y);
    const auto [slope, intercept, covariance] =
        pair.results({statistic::slope, statistic::intercept, statistic::covariance}, 1);
    CHECK_DOUBLE(slope, 4.2);
    CHECK_DOUBLE(intercept, 0.2);
    CHECK_DOUBLE(covariance, 7.0);
    CHECK_DOUBLE(pair.result(statistic::r_squared), 441.0 / 465);
    CHECK_DOUBLE(pair.result(statistic::max_y), 14.0);
    CHECK_DOUBLE(parexact::covariance(x, y), 5.25);
    CHECK_DOUBLE(parexact::covariance(x, y, 1), 7.0);
    CHECK_DOUBLE(parexact::correlation(view(x, 3), view(y, 3)), 1.0);
    CHECK_DOUBLE(parexact::correlation(x, std::array<float, 4>{3, 2, 1, 0}), -1.0);

    const std::array<std::int8_t, 4> mask = {1, 1, 1, 0};
    CHECK_DOUBLE(parexact::pair().update(x, y, where(mask)).result(statistic::slope), 3.0);
    parexact::pair pieces(view(x, 3), view(y, 3));
    pieces.merge(parexact::pair(view(x + 3, 1), view(y + 3, 1)));
    CHECK(pieces == pair);
    const double holed[] = {1, std::nan(""), 7, 14};
    CHECK_BITS(parexact::covariance(x, holed), CANONICAL_NAN);
    CHECK_DOUBLE(parexact::covariance(x, holed, 0, nan_policy::omit), 58.0 / 9);
    CHECK_ERROR(PAREXACT_ERROR_NAN_FOUND, parexact::correlation(x, holed, nan_policy::raise));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::pair(x, view(y, 3)));
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, pair.results({statistic::slope, statistic::skewness}));
}

void check_weighted() {
    // Σw = 8, Σwx = 12, Σwx² = 30.
    const int w[] = {2, 3, 0, 3};
    const parexact::weighted weighted(x, w);
    CHECK_DOUBLE(weighted.result(statistic::sum_weights), 8.0);
    CHECK_DOUBLE(weighted.result(statistic::mean), 1.5);
    CHECK_DOUBLE(weighted.result(statistic::variance), (8.0 * 30 - 144) / 64);
    const bool mask[] = {true, true, true, false};
    CHECK_DOUBLE(parexact::weighted().update(x, w, where(mask)).result(statistic::mean), 0.6);
    parexact::weighted twice = weighted;
    CHECK_DOUBLE((twice += weighted).result(statistic::sum_weights), 16.0);
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, weighted.result(statistic::slope));
}

void check_damage() {
    parexact::pair damaged(x, y);
    damaged.words()[1] = -1;
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, damaged.result(statistic::slope));
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, damaged.fingerprint());
    parexact::pair sound(x, y);
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, sound += damaged);
    CHECK_DOUBLE(sound.result(statistic::slope), 4.2);
    CHECK(sound.get()->words[1] == 4);
}

void check_along_axes() {
    const double columns[4][2] = {{0, 0}, {1, 1}, {2, 2}, {3, 5}};
    const view a(&columns[0][0], {4, 2}), b(x, {4, 2}, {8, 0});
    const std::vector<double> slopes = parexact::summarize({b, a}, statistic::slope, {0});
    CHECK(slopes.size() == 2);
    CHECK_DOUBLE(slopes[0], 1.0);
    CHECK_DOUBLE(slopes[1], 1.6);
    const bool first[] = {true, true, true, false};
    const where mask(view(first, {4, 2}, {1, 0}));
    CHECK_DOUBLE(parexact::summarize({b, a, mask}, statistic::slope, 0)[1], 1.0);
    double out[2];
    parexact::summarize(a, statistic::skewness, 0, out);
    CHECK_BITS(out[0], PLUS_ZERO);
    parexact::summarize({a, mask}, statistic::sum, 0, out);
    CHECK_DOUBLE(out[1], 3.0);
    CHECK_DOUBLE(parexact::summarize({a, mask}, statistic::norm, {})[0], std::sqrt(10.0));
    parexact::summarize({a, mask}, statistic::kurtosis, 0, out);
    CHECK_DOUBLE(out[0], -1.5);
    CHECK_DOUBLE(parexact::summarize({a, weights(b)}, statistic::mean, 0)[1], 20.0 / 6);
    CHECK_DOUBLE(parexact::summarize({a, weights(b), mask}, statistic::mean, 0)[1], 5.0 / 3);
    CHECK_DOUBLE(parexact::summarize(skewed, statistic::variance, {}, 1)[0], 4.0);
    CHECK_DOUBLE(parexact::summarize({x, y}, statistic::covariance, {}, 1)[0], 7.0);
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, parexact::summarize(x, statistic::slope, {}));
    CHECK_ERROR(PAREXACT_ERROR_UNSUPPORTED, parexact::summarize({x, y}, statistic::skewness, {}));
}

} // namespace

int main() {
    check_shape();
    check_pair();
    check_weighted();
    check_damage();
    check_along_axes();
    return checks_done();
}
