// Sums and statistics of contiguous ranges of every element type.
#include "check.hpp"

#include <cmath>
#include <limits>

namespace {

// The extremes of an integer type and 1: their sum is 0 if the type is signed, and 2^bits if it is not. Both
// fit a double, and no type of the same size with the other sign has them.
template <class T> void check_integers() {
    const std::vector<T> x = {std::numeric_limits<T>::max(), std::numeric_limits<T>::min(), T{1}};
    const double expected = std::is_signed_v<T> ? 0.0 : std::ldexp(1.0, 8 * sizeof(T));
    CHECK_DOUBLE(parexact::sum(x), expected);
    CHECK_DOUBLE(parexact::describe(x).max,
                 std::ldexp(1.0, std::numeric_limits<T>::digits) - (std::numeric_limits<T>::digits <= 53));
    CHECK_DOUBLE(parexact::sum(std::vector<T>(7, T{3})), 21.0);
}

void check_element_types() {
    check_integers<signed char>();
    check_integers<unsigned char>();
    check_integers<short>();
    check_integers<unsigned short>();
    check_integers<int>();
    check_integers<unsigned>();
    check_integers<long>();
    check_integers<unsigned long>();
    check_integers<long long>();
    check_integers<unsigned long long>();
    check_integers<std::int8_t>();
    check_integers<std::uint64_t>();
    const float floats[] = {1e30f, 0x1p-20f, -1e30f};
    CHECK_DOUBLE(parexact::sum(floats), 0x1p-20);
    const std::array<bool, 5> flags = {true, false, true, true, false};
    CHECK_DOUBLE(parexact::sum(flags), 3.0);
    CHECK_DOUBLE(parexact::mean(flags), 0.6);
    const parexact::view bools(flags);
    CHECK(bools.c_array().dtype == PAREXACT_DTYPE_BOOL);
}

// A span of another library, whose size is signed.
template <class T> struct foreign_span {
    T *first;
    T *data() const { return first; }
    int size() const { return 4; }
};

void check_ranges() {
    double array[] = {1e100, 3, -1e100, 4};
    const std::vector<double> vector(std::begin(array), std::end(array));
    const std::array<double, 4> fixed = {1e100, 3, -1e100, 4};
    CHECK_DOUBLE(parexact::sum(array), 7.0);
    CHECK_DOUBLE(parexact::sum(vector), 7.0);
    CHECK_DOUBLE(parexact::sum(fixed), 7.0);
    CHECK_DOUBLE(parexact::sum(parexact::span(array, 4)), 7.0);
    CHECK_DOUBLE(parexact::sum(foreign_span<const double>{array}), 7.0);
    CHECK_DOUBLE(parexact::sum(std::vector<double>{1e100, 5, -1e100}), 5.0);
    CHECK_DOUBLE(parexact::sum(parexact::span(array + 1, 1)), 3.0);
    CHECK_DOUBLE(parexact::sum(std::initializer_list<double>{2, 0.5}), 2.5);

    const foreign_span<double> foreign{array};
    parexact::map(foreign, foreign, [](double x) { return 2 * x; });
    CHECK_DOUBLE(parexact::sum(array), 14.0);
    parexact::reduce(parexact::view(vector.data(), {2, 4}, {0, 8}), parexact::op::sum, {0}, foreign);
    CHECK_DOUBLE(array[3], 8.0);
    parexact::fill(parexact::uniform{7, 7}, 0, 0, 0, foreign);
    CHECK_DOUBLE(parexact::sum(foreign), 28.0);
}

void check_functions() {
    const std::vector<double> x = {3, 0, 4}, y = {1e200, 7, -1e200};
    CHECK_DOUBLE(parexact::norm(x), 5.0);
    CHECK_DOUBLE(parexact::norm(std::array<double, 2>{3e300, 4e300}), 5e300);
    CHECK_DOUBLE(parexact::norm(std::array<int, 2>{3, 4}), 5.0);
    CHECK_DOUBLE(parexact::dot(x, y), -1e200);
    CHECK_DOUBLE(parexact::dot(x, std::array<int, 3>{1, 2, 3}), 15.0);
    CHECK_DOUBLE(parexact::dot(std::array<float, 3>{1, 2, 3}, x), 15.0);
    CHECK_DOUBLE(parexact::mean(x), 7.0 / 3);
    CHECK_DOUBLE(parexact::mean(std::array<double, 2>{1e308, 1.7e308}), 1.35e308);
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::dot(x, std::vector<double>(2)));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::dot(x, std::vector<int>(2)));

    const parexact::stats population = parexact::describe(std::array<int, 4>{1, 2, 3, 6});
    CHECK(population.count == 4 && population.nan_count == 0);
    CHECK_DOUBLE(population.sum, 12.0);
    CHECK_DOUBLE(population.mean, 3.0);
    CHECK_DOUBLE(population.variance, 3.5);
    CHECK_DOUBLE(population.min, 1.0);
    CHECK_DOUBLE(population.max, 6.0);
    CHECK_DOUBLE(parexact::describe(std::array<int, 3>{1, 2, 3}, 1).variance, 1.0);
    CHECK_DOUBLE(parexact::describe(std::array<int, 3>{1, 2, 3}, 1).std, 1.0);
}

void check_nan_policies() {
    const std::vector<double> x = {1, std::nan(""), 3};
    CHECK_BITS(parexact::sum(x), CANONICAL_NAN);
    CHECK_BITS(parexact::mean(x), CANONICAL_NAN);
    CHECK_DOUBLE(parexact::mean(x, parexact::nan_policy::omit), 2.0);
    CHECK_ERROR(PAREXACT_ERROR_NAN_FOUND, parexact::mean(x, parexact::nan_policy::raise));
    const parexact::stats omitted = parexact::describe(x, 0, parexact::nan_policy::omit);
    CHECK(omitted.count == 2 && omitted.nan_count == 1);
    CHECK_DOUBLE(omitted.variance, 1.0);
    CHECK_ERROR(PAREXACT_ERROR_NAN_FOUND, parexact::describe(x, 0, parexact::nan_policy::raise));
    CHECK_ERROR(PAREXACT_ERROR_INVALID_ARGUMENT, parexact::describe(x, -1));
}

void check_empty() {
    const std::vector<double> none;
    CHECK_BITS(parexact::sum(none), PLUS_ZERO);
    CHECK_BITS(parexact::norm(none), PLUS_ZERO);
    CHECK_BITS(parexact::dot(none, none), PLUS_ZERO);
    CHECK_BITS(parexact::mean(none), CANONICAL_NAN);
    CHECK_BITS(parexact::sum(std::vector<std::int16_t>()), PLUS_ZERO);
    CHECK_BITS(parexact::sum(std::array<double, 0>()), PLUS_ZERO);
    CHECK_BITS(parexact::sum(parexact::span<const float>(nullptr, 0)), PLUS_ZERO);
    CHECK(parexact::describe(none).count == 0);
}

} // namespace

int main() {
    check_element_types();
    check_ranges();
    check_functions();
    check_nan_policies();
    check_empty();
    return checks_done();
}
