// Views: shapes, strides, element types that C++ has none for, and arrays of the C interface.
#include "check.hpp"

using parexact::dtype;
using parexact::op;
using parexact::view;

namespace {

// A type for half precision that some library has: its bits.
struct half {
    std::uint16_t bits;
};

} // namespace

template <> struct parexact::element<half> { static constexpr auto type = parexact::dtype::f16; };

namespace {

struct point {
    float x;
    double mass;
    std::int16_t kind;
};

void check_strides() {
    // 0 to 23 in C order, of shape (2, 3, 4).
    std::vector<double> x(24);
    for (std::size_t i = 0; i < 24; i++)
        x[i] = static_cast<double>(i);
    CHECK_DOUBLE(parexact::sum(view(x.data(), {2, 3, 4})), 276.0);
    CHECK_DOUBLE(parexact::sum(view(x.data(), 5)), 10.0);
    CHECK_DOUBLE(parexact::sum(view(x.data() + 23, {4}, {-8})), 86.0);     // 23, 22, 21, 20
    CHECK_DOUBLE(parexact::sum(view(x.data(), {8}, {24})), 84.0);          // every third
    CHECK_DOUBLE(parexact::norm(view(x.data() + 3, {2}, {8})), 5.0);       // 3, 4
    CHECK_DOUBLE(parexact::sum(view(x.data() + 2, {1000, 3}, {0, 8})), 9000.0);
    CHECK_DOUBLE(parexact::sum(view(x.data() + 7, {})), 7.0);              // a scalar
    CHECK_DOUBLE(parexact::sum(view(x.data(), {2, 0, 4})), 0.0);

    // The same array with its axes in the other order.
    const view transposed(x.data(), {4, 3, 2}, {8, 32, 96});
    CHECK_DOUBLE(parexact::dot(transposed, transposed), 4324.0);           // 23·24·47/6
    CHECK_DOUBLE(parexact::reduce(transposed, op::max, {1, 2})[0], 20.0);

    // Lengths of mixed types, of a range, and strides computed as unsigned numbers, which wrap around.
    const std::size_t rows = 2;
    const long columns = 3;
    CHECK_DOUBLE(parexact::sum(view(x.data(), {rows, columns, 4})), 276.0);
    CHECK_DOUBLE(parexact::sum(view(x.data(), std::array<std::size_t, 2>{6, 4})), 276.0);
    CHECK_DOUBLE(parexact::sum(view(x.data() + 3, {rows}, {0 - sizeof(double)})), 5.0);
    const std::vector<int> ones(64, 1);
    CHECK_DOUBLE(parexact::sum(view(x.data() + 5, ones)), 5.0);
}

void check_fields() {
    const point points[] = {{1.5f, 1e100, 7}, {2.5f, 4, 8}, {-1, -1e100, 9}};
    CHECK_DOUBLE(parexact::sum(view(&points[0].x, 3, sizeof(point))), 3.0);
    CHECK_DOUBLE(parexact::sum(view(&points[0].mass, 3, sizeof(point))), 4.0);
    CHECK_DOUBLE(parexact::mean(view(&points[0].kind, 3, sizeof(point))), 8.0);
}

void check_types() {
    const half halves[] = {{0x3c00}, {0x4000}, {0x8001}}; // 1, 2, -2^-24
    CHECK_DOUBLE(parexact::sum(halves), 3.0 - 0x1p-24);
    const std::uint16_t brains[] = {0x3f80, 0xc040}; // 1, -3
    CHECK_DOUBLE(parexact::sum(view(dtype::bf16, brains, 2)), -2.0);
    const unsigned char big_endian[] = {0, 0, 1, 2, 0xff, 0xff, 0xff, 0xff}; // 258, -1
    CHECK_DOUBLE(parexact::sum(view(swapped(dtype::i32), big_endian, 2)), 257.0);
    CHECK(swapped(swapped(dtype::f32)) == dtype::f32);
    const unsigned char truths[] = {0, 7, 255};
    CHECK_DOUBLE(parexact::sum(view(dtype::boolean, truths, 3)), 2.0);

    // At any alignment.
    unsigned char bytes[3 * sizeof(double) + 1];
    const double numbers[] = {1e100, 1, -1e100};
    std::memcpy(bytes + 1, numbers, sizeof numbers);
    CHECK_DOUBLE(parexact::sum(view(dtype::f64, bytes + 1, 3)), 1.0);
    CHECK_DOUBLE(parexact::norm(view(dtype::f64, bytes + 9, 1)), 1.0);
}

void check_c_arrays() {
    const std::int32_t numbers[] = {1, 2, 3, 4, 5, 6};
    const std::int64_t shape[] = {3, 2}, strides[] = {8, 4};
    const parexact_array array = {numbers, PAREXACT_DTYPE_I32, 2, shape, strides};
    CHECK_DOUBLE(parexact::sum(array), 21.0);
    CHECK_DOUBLE(parexact::dot(array, view(numbers, {3, 2})), 91.0);
    const parexact_array scalar = {numbers + 3, PAREXACT_DTYPE_I32, 0, nullptr, nullptr};
    CHECK_DOUBLE(parexact::sum(scalar), 4.0);

    const view copy = view(array);
    const parexact_array again = copy.c_array();
    CHECK(again.data == numbers && again.dtype == PAREXACT_DTYPE_I32 && again.ndim == 2);
    CHECK(again.shape != shape && again.shape[0] == 3 && again.shape[1] == 2 && again.strides[0] == 8);
}

void check_copies() {
    const double x[] = {1, 2, 3, 4};
    view first(x, {2, 2}, {16, 8});
    view second = first;
    first = view(x, 1);
    CHECK_DOUBLE(parexact::sum(first), 1.0);
    CHECK_DOUBLE(parexact::sum(second), 10.0);
    view &self = second;
    second = self;
    CHECK_DOUBLE(parexact::sum(second), 10.0);
    second = std::move(first);
    CHECK_DOUBLE(parexact::sum(second), 1.0);
}

void check_errors() {
    const double x[] = {1, 2, 3, 4};
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, view(x, {2, 2}, {8}));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, view(x, std::vector<int>(65, 1)));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::sum(view(x, {-2, 2})));
    CHECK_ERROR(PAREXACT_ERROR_SIZE_OVERFLOW, parexact::sum(view(x, SIZE_MAX)));
    CHECK_ERROR(PAREXACT_ERROR_SIZE_OVERFLOW, parexact::sum(view(x, {INT64_MAX, 2})));
    CHECK_ERROR(PAREXACT_ERROR_NULL_POINTER, parexact::sum(view(static_cast<double *>(nullptr), 2)));
    CHECK_ERROR(PAREXACT_ERROR_NULL_POINTER, parexact::sum(view(static_cast<int *>(nullptr), 2)));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::sum(view(static_cast<dtype>(13), x, 2)));
    const std::int64_t shape[] = {2};
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::sum(parexact_array{x, 0, -1, shape, nullptr}));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::sum(parexact_array{x, 0, 65, shape, nullptr}));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::sum(parexact_array{x, 0, 1, nullptr, nullptr}));
}

} // namespace

int main() {
    check_strides();
    check_fields();
    check_types();
    check_c_arrays();
    check_copies();
    check_errors();
    return checks_done();
}
