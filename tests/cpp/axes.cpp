// Reductions along axes, returned and written to the caller's ranges, with masks.
#include "check.hpp"

#include <cmath>

using parexact::axes;
using parexact::nan_policy;
using parexact::op;
using parexact::view;
using parexact::where;

namespace {

bool equal(const std::vector<double> &x, std::initializer_list<double> expected) {
    if (x.size() != expected.size())
        return false;
    for (std::size_t i = 0; i < x.size(); i++)
        if (bits_of(x[i]) != bits_of(expected.begin()[i]))
            return false;
    return true;
}

const double data[2][3] = {{1, 2, 3}, {4, 6, 11}};
const view matrix(&data[0][0], {2, 3});

void check_reduce() {
    CHECK(equal(parexact::reduce(matrix, op::sum, {0}), {5, 8, 14}));
    CHECK(equal(parexact::reduce(matrix, op::sum, {1}), {6, 21}));
    CHECK(equal(parexact::reduce(matrix, op::sum, -1), {6, 21}));
    CHECK(equal(parexact::reduce(matrix, op::sum, {}), {27}));
    CHECK(equal(parexact::reduce(matrix, op::sum, {0, 1}), {27}));
    CHECK(equal(parexact::reduce(matrix, op::sum, std::vector<long>{1, 0}), {27}));
    CHECK(equal(parexact::reduce(matrix, op::mean, {1}), {2, 7}));
    CHECK(equal(parexact::reduce(matrix, op::variance, {0}, 1), {4.5, 8, 32}));
    CHECK(equal(parexact::reduce(matrix, op::variance, {0}), {2.25, 4, 16}));
    CHECK(equal(parexact::reduce(matrix, op::std, {0}), {1.5, 2, 4}));
    CHECK(equal(parexact::reduce(matrix, op::min, {1}), {1, 4}));
    CHECK(equal(parexact::reduce(matrix, op::max, {1}), {3, 11}));
    CHECK(equal(parexact::reduce(std::array<double, 2>{3, 4}, op::norm, {0}), {5}));

    std::array<double, 2> out{};
    parexact::reduce(matrix, op::sum, {1}, out);
    CHECK_DOUBLE(out[1], 21.0);
    double raw[3];
    parexact::reduce(matrix, op::variance, {0}, raw, 1);
    CHECK_DOUBLE(raw[2], 32.0);
    parexact::reduce(matrix, op::sum, {0, 1}, parexact::span(raw + 1, 1));
    CHECK_DOUBLE(raw[1], 27.0);

    const double holed[] = {1, std::nan(""), 3};
    CHECK(equal(parexact::reduce(holed, op::mean, 0, 0, nan_policy::omit), {2}));
    CHECK_ERROR(PAREXACT_ERROR_NAN_FOUND, parexact::reduce(holed, op::mean, 0, 0, nan_policy::raise));
}

void check_result_count() {
    const std::vector<std::int64_t> huge = {INT64_MAX, INT64_MAX, 2};
    CHECK(parexact::result_count(matrix.shape(), {1}) == 2);
    CHECK(parexact::result_count(matrix.shape(), {}) == 1);
    CHECK(parexact::result_count(matrix.shape(), {2}) == 0);
    CHECK(parexact::result_count({5, 0, 7}, {0}) == 0);
    CHECK(parexact::result_count({5, 0, 7}, {1}) == 35);
    CHECK(parexact::result_count(huge, {0, 1}) == 2);
    CHECK_ERROR(PAREXACT_ERROR_SIZE_OVERFLOW, parexact::result_count(huge, {2}));
    CHECK(parexact::reduce(view(&data[0][0], {5, 0, 7}), op::sum, {1}).size() == 35);
    CHECK(parexact::reduce(view(&data[0][0], {5, 0, 7}), op::sum, {0}).empty());
}

void check_refused() {
    std::array<double, 3> out{};
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::reduce(matrix, op::sum, {1}, out));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::reduce(matrix, op::variance, {0}, -1));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::describe_axes(matrix, where(out), {0}));
    // What is refused is the axis, not a number of results that no caller gave.
    for (const axes &bad : {axes{2}, axes{-3}, axes{0, 0}, axes(INT64_MAX), axes(std::int64_t{1} << 32)}) {
        try {
            CHECK(parexact::reduce(matrix, op::sum, bad).empty() && false); // is not reached
        } catch (const parexact::error &error) {
            CHECK(error.status() == PAREXACT_ERROR_INVALID_ARGUMENT);
            CHECK(std::strstr(error.what(), "ax") != nullptr);
        }
    }
}

void check_describe_axes() {
    const std::vector<parexact::stats> columns = parexact::describe_axes(matrix, {0}, 1);
    CHECK(columns.size() == 3 && columns[1].count == 2);
    CHECK_DOUBLE(columns[1].variance, 8.0);
    parexact::stats rows[2];
    parexact::describe_axes(matrix, {1}, rows);
    CHECK_DOUBLE(rows[1].mean, 7.0);

    const bool selected[2][3] = {{true, false, true}, {true, true, false}};
    const where mask(view(&selected[0][0], {2, 3}));
    CHECK_DOUBLE(parexact::describe_axes(matrix, mask, {1})[0].sum, 4.0);
    CHECK_DOUBLE(parexact::describe_axes(matrix, mask, {1}, 1)[1].variance, 2.0);
    parexact::describe_axes(matrix, mask, {1}, rows);
    CHECK(rows[1].count == 2 && bits_of(rows[1].max) == bits_of(6.0));
    // One row of integers as a mask of all rows.
    const std::array<std::int32_t, 3> row = {0, -1, 5};
    CHECK_DOUBLE(parexact::describe_axes(matrix, where(view(row.data(), {2, 3}, {0, 4})), {})[0].sum, 22.0);
}

void check_dot_axes() {
    CHECK(equal(parexact::dot_axes(matrix, matrix, {1}), {14, 173}));
    // A (2 × 3) times its transpose: both as arrays of shape (2, 2, 3).
    const view left(&data[0][0], {2, 2, 3}, {24, 0, 8}), right(&data[0][0], {2, 2, 3}, {0, 24, 8});
    double product[2][2];
    parexact::dot_axes(left, right, -1, parexact::span(&product[0][0], 4));
    CHECK_DOUBLE(product[0][0], 14.0);
    CHECK_DOUBLE(product[0][1], 49.0);
    CHECK_DOUBLE(product[1][0], 49.0);
    CHECK_DOUBLE(product[1][1], 173.0);
    const double holed[] = {1, std::nan(""), 3};
    CHECK(equal(parexact::dot_axes(holed, holed, 0, nan_policy::omit), {10}));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::dot_axes(matrix, holed, {0}));
}

} // namespace

int main() {
    check_reduce();
    check_result_count();
    check_refused();
    check_describe_axes();
    check_dot_axes();
    return checks_done();
}
