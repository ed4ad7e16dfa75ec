// States: sums in pieces, of one array and along axes.
#include "check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

using parexact::state;
using parexact::states;
using parexact::view;
using parexact::where;

namespace {

void check_pieces() {
    // 2^53 + 1 + 2: no sum of doubles in this order is exact.
    const std::vector<double> x = {0x1p53, 1, 2};
    const state whole(x);
    CHECK_DOUBLE(whole.result().sum, 0x1p53 + 4); // ties to even: 2^53 + 3
    CHECK(whole.result().count == 3);

    state pieces;
    pieces.update(std::array<float, 1>{2}).update(std::array<int, 1>{1});
    state other;
    other.update(std::array<double, 1>{0x1p53});
    CHECK(pieces != whole);
    pieces += other;
    CHECK(pieces == whole);
    CHECK(std::equal(std::begin(pieces.words()), std::end(pieces.words()), std::begin(whole.words())));
    CHECK(pieces.fingerprint() == whole.fingerprint());
    CHECK_DOUBLE(state(std::array<double, 2>{3, 4}).norm(), 5.0);
    CHECK_DOUBLE(state(std::array<double, 3>{1, 2, 3}).result(1).variance, 1.0);

    const std::array<state, 3> three = {state(view(&x[0], 1)), state(view(&x[1], 1)), state(view(&x[2], 1))};
    CHECK(std::accumulate(three.begin(), three.end(), state()) == whole);
    state twice = whole;
    twice += twice;
    CHECK(twice.result().count == 6);
    const state &self = twice;
    twice = self;
    CHECK(twice.result().count == 6);
}

void check_masks_and_policies() {
    const double x[] = {1, std::nan(""), 5, 9};
    const bool mask[] = {true, true, true, false};
    const state some = state().update(x, where(mask));
    CHECK(some.result().nan_count == 1);
    CHECK_DOUBLE(some.result(0, parexact::nan_policy::omit).mean, 3.0);
    CHECK_ERROR(PAREXACT_ERROR_NAN_FOUND, some.result(0, parexact::nan_policy::raise));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, some.result(-1));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, state().update(x, where(x)));
}

void check_damage() {
    state damaged(std::array<double, 2>{1, 2});
    damaged.words()[1] = -1;
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, damaged.result());
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, damaged.norm());
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, damaged.fingerprint());
    state sound(std::array<double, 1>{7});
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, sound += damaged);
    CHECK_DOUBLE(sound.result().sum, 7.0);
    CHECK_ERROR(PAREXACT_ERROR_BAD_STATE, damaged.update(std::array<double, 1>{7}));
    CHECK(damaged.words()[1] == -1);
}

void check_bytes() {
    // As states travel: through memory, and through MPI's function.
    const std::array<double, 2> x = {1, 2};
    std::array<state, 2> from = {state(x), state(x)}, into = {state(), state(x)};
    int length = 2;
    parexact_mpi_merge(from.data(), into.data(), &length, nullptr);
    CHECK(into[0].result().count == 2 && into[1].result().count == 4);
    unsigned char bytes[sizeof(state)];
    std::memcpy(bytes, from.data(), sizeof bytes);
    parexact_state raw;
    std::memcpy(&raw, bytes, sizeof raw);
    CHECK(state(raw) == from[0]);
    CHECK(raw.words[0] == from[0].get()->words[0]);
}

void check_draw() {
    parexact_state expected;
    const parexact_distribution law = {PAREXACT_DIST_GAMMA, 0, {2.5, 3, 0}};
    CHECK(parexact_state_init(&expected) == PAREXACT_OK);
    CHECK(parexact_random_state(&law, 1, 2, 3, 1000, &expected) == PAREXACT_OK);
    const parexact::gamma gamma{2.5, 3};
    CHECK(state().draw(gamma, 1, 2, 503, 500).draw(gamma, 1, 2, 3, 500) == state(expected));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, state().draw(parexact::gamma{-1}, 1, 2, 3, 10));
}

void check_axes() {
    const double x[2][3] = {{1, 2, 3}, {4, 6, 11}};
    const view matrix(&x[0][0], {2, 3});
    states columns(matrix, {0});
    CHECK(columns.size() == 3);
    CHECK_DOUBLE(columns.results(1)[1].variance, 8.0);
    const bool mask[3] = {true, false, true};
    columns.update(matrix, where(view(mask, {2, 3}, {0, 1})), {0});
    CHECK(columns[0].result().count == 4 && columns[1].result().count == 2);
    states other(3);
    other.update(matrix, 0);
    other += columns;
    std::array<parexact::stats, 3> results;
    other.results(results);
    CHECK(results[0].count == 6 && results[1].count == 4);
    CHECK_DOUBLE(results[2].sum, 42.0);
    CHECK(state(x[0]) == state(view(x[0], 3)));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, other.merge(states(2)));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, other.update(matrix, {1}));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, other.results(parexact::span(results.data(), 2)));
    CHECK(states(0).results().empty());
}

} // namespace

int main() {
    check_pieces();
    check_masks_and_policies();
    check_damage();
    check_bytes();
    check_draw();
    check_axes();
    return checks_done();
}
