// parexact for C++17: exact sums and statistics, random numbers, pools, jobs, locks and queues.
//
// This file is the manual of the C++ interface. It is a header alone over the C interface and needs nothing
// but the standard library: compile with -std=c++17, link with -lparexact. parexact.h says more about each
// call: what is rounded how, what NaNs and infinities give, what it costs. Calls compile to those of the C
// interface. What copies or allocates beyond that says so.
//
// Arrays. Functions take any contiguous range, that is whatever has data() and size() for std::data and
// std::size: std::vector, std::array, C arrays, span(pointer, count), spans of other libraries. Elements are
// float, double, bool or integers of 8 to 64 bits. Arrays of more dimensions, with strides or of other types
// of element are a view(pointer, shape, strides). Nothing is copied, and empty ranges are not read.
//
// Errors. What fails throws parexact::error, which has the status and the message. What a callback throws
// arrives in the caller: the exception of the lowest index seen. A vector that a function returns may also
// throw std::bad_alloc. After an exception results that go to a caller's range are unspecified; a state or a
// summary is as before, and arrays of states are what parexact.h says of them.
//
// Ownership. Objects own what they are made of, and may be moved, not copied, but for states and summaries,
// which are plain numbers. A call with an object that was moved from throws, with the status NULL_POINTER, or
// does nothing if it is noexcept.
//
// Threads. Functions may be called from any number of threads at once. Callables given to map and integrate
// are called by several threads at once, through a reference to const.

#ifndef PAREXACT_HPP
#define PAREXACT_HPP

#if __cplusplus < 201703L
#error "parexact.hpp needs C++17: compile with -std=c++17 or later"
#endif

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parexact.h"

namespace parexact {

// -- Errors and the version ------------------------------------------------------------------------

// Why a call failed: the status, one of PAREXACT_ERROR_*, and as what() the message of the library, which
// names the argument. Unlike parexact_last_error it may be handed to other threads.
class error : public std::runtime_error {
public:
    error(parexact_status status, const std::string &message)
        : std::runtime_error(message), status_(status) {}

    parexact_status status() const noexcept { return status_; }

private:
    parexact_status status_;
};

namespace detail {

// Out of line, so that a call that succeeds carries none of it.
[[noreturn, gnu::cold, gnu::noinline]] inline void raise(parexact_status status) {
    throw error(status, parexact_last_error());
}

} // namespace detail

// Throws an error unless the status is PAREXACT_OK: for calls of the C interface.
inline void check(parexact_status status) {
    if (status != PAREXACT_OK)
        detail::raise(status);
}

// The version of the library that is loaded, for instance "0.2.0".
[[nodiscard]] inline const char *version() noexcept { return parexact_version(); }

// What the library does and why, as JSON: threads, SIMD path, forks. See parexact_explain.
[[nodiscard]] inline std::string explain() {
    std::string text;
    for (;;) {
        std::size_t needed = 0;
        check(parexact_explain(nullptr, 0, &needed));
        text.resize(needed);
        const parexact_status status = parexact_explain(text.data(), text.size(), &needed);
        // The description may have become longer since its size was asked for.
        if (status == PAREXACT_ERROR_INVALID_ARGUMENT)
            continue;
        check(status);
        text.resize(needed - 1); // without the NUL
        return text;
    }
}

namespace detail {

// The words of states and summaries are in the memory of the program, so the library must agree on how many
// there are. All libraries of one SONAME do; this finds one that was loaded in spite of its name.
inline void check_abi() {
    if (parexact_state_words() != PAREXACT_STATE_WORDS || parexact_summary_words() != PAREXACT_SUMMARY_WORDS)
        throw error(PAREXACT_ERROR_UNSUPPORTED, std::string("libparexact ") + parexact_version() +
                                                    " has states of another size than parexact.hpp");
}

} // namespace detail

// -- Arrays: elements, ranges and views ------------------------------------------------------------

// What NaNs do to a result: make it NaN (the default), count as absent, or make the call fail with
// PAREXACT_ERROR_NAN_FOUND.
enum class nan_policy : std::int32_t {
    propagate = PAREXACT_NAN_PROPAGATE,
    omit = PAREXACT_NAN_OMIT,
    raise = PAREXACT_NAN_RAISE
};

// The type of an array's elements.
enum class dtype : std::int32_t {
    f64 = PAREXACT_DTYPE_F64,
    f32 = PAREXACT_DTYPE_F32,
    i64 = PAREXACT_DTYPE_I64,
    i32 = PAREXACT_DTYPE_I32,
    i16 = PAREXACT_DTYPE_I16,
    i8 = PAREXACT_DTYPE_I8,
    u64 = PAREXACT_DTYPE_U64,
    u32 = PAREXACT_DTYPE_U32,
    u16 = PAREXACT_DTYPE_U16,
    u8 = PAREXACT_DTYPE_U8,
    boolean = PAREXACT_DTYPE_BOOL,
    f16 = PAREXACT_DTYPE_F16,  // IEEE 754 binary16
    bf16 = PAREXACT_DTYPE_BF16 // the upper half of a binary32
};

// The same type in the byte order that is not the machine's.
[[nodiscard]] constexpr dtype swapped(dtype type) noexcept {
    return static_cast<dtype>(static_cast<std::int32_t>(type) ^ PAREXACT_DTYPE_SWAPPED);
}

namespace detail {

template <class T>
constexpr bool is_text = std::is_same_v<T, char> || std::is_same_v<T, wchar_t> ||
                         std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

// Integers are told apart by size and sign: long and long long are one type to the library.
template <class T> constexpr dtype integer_dtype() noexcept {
    constexpr bool is_signed = std::is_signed_v<T>;
    switch (sizeof(T)) {
    case 1: return is_signed ? dtype::i8 : dtype::u8;
    case 2: return is_signed ? dtype::i16 : dtype::u16;
    case 4: return is_signed ? dtype::i32 : dtype::u32;
    default: return is_signed ? dtype::i64 : dtype::u64;
    }
}

} // namespace detail

// The dtype of a C++ type. A program with a type of its own for half precision may specialise it:
//
//     template <> struct parexact::element<half> { static constexpr auto type = parexact::dtype::f16; };
template <class T, class = void> struct element {
    static_assert(!std::is_same_v<T, T>,
                  "parexact: elements must be float, double, bool or integers of 8 to 64 bits, not text, "
                  "long double or classes; for others specialise parexact::element or give parexact::view "
                  "a dtype");
};
template <> struct element<double> { static constexpr dtype type = dtype::f64; };
template <> struct element<float> { static constexpr dtype type = dtype::f32; };
template <> struct element<bool> {
    static_assert(sizeof(bool) == 1);
    static constexpr dtype type = dtype::boolean;
};
template <class T> struct element<T, std::enable_if_t<std::is_integral_v<T> && !detail::is_text<T>>> {
    static_assert(sizeof(T) <= 8, "parexact: integers must have at most 64 bits");
    static constexpr dtype type = detail::integer_dtype<T>();
};

// Elements in memory, which are not owned, for functions that take ranges: span(pointer, count).
template <class T> class span {
public:
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }

private:
    T *data_;
    std::size_t size_;
};

namespace detail {

// What std::data points to; void if there is no such pointer.
template <class Range, class = void> struct pointed_to { using type = void; };
template <class Range>
struct pointed_to<Range, std::void_t<decltype(std::data(std::declval<Range &>())),
                                     decltype(std::size(std::declval<Range &>()))>> {
    using type = std::remove_pointer_t<decltype(std::data(std::declval<Range &>()))>;
};

// The elements of a range, const if they cannot be written.
template <class Range> using element_of = typename pointed_to<std::remove_reference_t<Range>>::type;

template <class Range> constexpr bool is_range = !std::is_void_v<element_of<Range>>;

template <class Range> constexpr bool is_vector_of_bool = false;
template <class Allocator> constexpr bool is_vector_of_bool<std::vector<bool, Allocator>> = true;

// Fails to compile, by a sentence, for what is no contiguous range.
template <class Range> constexpr void require_range() noexcept {
    static_assert(!is_vector_of_bool<std::remove_cv_t<std::remove_reference_t<Range>>>,
                  "parexact: std::vector<bool> packs its elements into bits; take std::vector<unsigned char> "
                  "or std::array<bool, N>");
    static_assert(is_range<Range>, "parexact: an array must be a contiguous range with data() and size(), a "
                                   "parexact::span, a parexact::view or a parexact_array");
}

// Some ranges have sizes of signed types.
template <class Range> constexpr std::size_t size(const Range &range) noexcept(noexcept(std::size(range))) {
    return static_cast<std::size_t>(std::size(range));
}

// A range that can be written, of just this type.
template <class Range, class T>
constexpr bool is_output = std::is_same_v<element_of<Range>, T> && !std::is_const_v<T>;

// Any integer: lets lists such as {rows, 3} mix types.
struct integer {
    std::int64_t value;

    template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
    constexpr integer(Integer number) noexcept : value(static_cast<std::int64_t>(number)) {}
};

// Up to 64 integers: the shape of an array, its strides, or axes. They are copied, but never to the heap.
template <class Integer> class numbers {
public:
    static constexpr std::size_t max_size = 64;

    numbers() noexcept : size_(0) {}
    template <class Number, class = std::enable_if_t<std::is_integral_v<Number>>>
    numbers(Number number) noexcept : size_(1) {
        number_[0] = narrowed(integer(number).value);
    }
    numbers(std::initializer_list<integer> list) : size_(checked(list.size())) {
        const integer *from = list.begin();
        for (std::size_t i = 0; i < list.size(); i++)
            number_[i] = narrowed(from[i].value);
    }
    template <class Range, std::enable_if_t<std::is_integral_v<element_of<const Range>>, int> = 0>
    numbers(const Range &range) : size_(checked(detail::size(range))) {
        for (std::size_t i = 0; i < detail::size(range); i++)
            number_[i] = narrowed(integer(std::data(range)[i]).value);
    }
    // Of 64 places only those in use are copied.
    numbers(const numbers &other) noexcept : size_(other.size_) { copy(other); }
    numbers &operator=(const numbers &other) noexcept {
        size_ = other.size_;
        copy(other);
        return *this;
    }

    // NULL if there are none.
    const Integer *data() const noexcept { return size_ == 0 ? nullptr : number_; }
    std::int32_t size() const noexcept { return size_; }
    Integer operator[](std::int32_t i) const noexcept { return number_[i]; }

private:
    static std::int32_t checked(std::size_t size) {
        if (size > max_size)
            throw error(PAREXACT_ERROR_INVALID_ARGUMENT, "an array has at most 64 dimensions");
        return static_cast<std::int32_t>(size);
    }
    // What does not fit becomes a number that the library refuses.
    static Integer narrowed(std::int64_t number) noexcept {
        const auto narrow = static_cast<Integer>(number);
        return narrow == number ? narrow : std::numeric_limits<Integer>::max();
    }
    void copy(const numbers &other) noexcept {
        for (std::int32_t i = 0; i < size_; i++)
            number_[i] = other.number_[i];
    }

    std::int32_t size_;
    Integer number_[max_size];
};

} // namespace detail

// The lengths of an array along its dimensions, or the distances from element to element in bytes: an
// integer, a list such as {rows, 3}, or a range of integers; at most 64.
using extents = detail::numbers<std::int64_t>;

// Axes of an array, from -ndim to ndim - 1: an integer, a list such as {0, 2}, or a range of integers.
// Negative ones count from the end; none, {}, means all of them.
using axes = detail::numbers<std::int32_t>;

// A view of an array as it lies in memory, at any alignment, which the library only reads. It does not own
// the elements: they must outlive it. Ranges become views by themselves.
class view {
public:
    // A contiguous range as an array of one dimension.
    template <class Range> view(const Range &range) {
        detail::require_range<const Range>();
        if constexpr (detail::is_range<const Range> && !detail::is_vector_of_bool<Range>) {
            data_ = std::data(range);
            type_ = element<std::remove_cv_t<detail::element_of<const Range>>>::type;
            shape_ = extents(std::size(range));
        }
    }
    // `shape` elements at `data`, in C order.
    template <class T>
    view(const T *data, const extents &shape) : view(data, shape, extents()) {}
    // The element with all indices 0 lies at `data`. `strides` has the distances in bytes (not in elements)
    // from one element to the next along each dimension, as in NumPy: negative, 0, or any. An element of a
    // struct has the size of the struct; 0 repeats an element along a dimension.
    template <class T>
    view(const T *data, const extents &shape, const extents &strides)
        : view(element<std::remove_cv_t<T>>::type, data, shape, strides) {}
    // The same with elements of the type named, for those that C++ has no type for. No strides: C order.
    // Throws INVALID_ARGUMENT if there is a number of strides other than that of lengths.
    view(dtype type, const void *data, const extents &shape, const extents &strides = extents())
        : data_(data), type_(type), shape_(shape), strides_(strides) {
        if (strides.size() != 0 && strides.size() != shape.size())
            throw error(PAREXACT_ERROR_INVALID_ARGUMENT, "an array needs as many strides as lengths");
    }
    // The C interface's view. Shape and strides are copied.
    view(const parexact_array &array)
        : data_(array.data), type_(static_cast<dtype>(array.dtype)), shape_(list(array.shape, array.ndim)),
          strides_(list(array.strides, array.strides == nullptr ? 0 : array.ndim)) {}

    // The C interface's view, which points into this one.
    parexact_array c_array() const & noexcept {
        return {data_, static_cast<std::int32_t>(type_), shape_.size(), shape_.data(), strides_.data()};
    }
    parexact_array c_array() const && = delete;

    const extents &shape() const noexcept { return shape_; }

private:
    friend double sum(const view &x);
    friend double norm(const view &x);
    friend double dot(const view &x, const view &y);

    // If this is a plain vector of doubles, the functions that take a pointer and a length are for it. The
    // compiler knows the answer for a range, and leaves the test out.
    bool is_vector() const noexcept {
        return type_ == dtype::f64 && shape_.size() == 1 && strides_.size() == 0;
    }
    const double *vector_data() const noexcept { return static_cast<const double *>(data_); }
    std::size_t vector_size() const noexcept { return static_cast<std::size_t>(shape_[0]); }

    static extents list(const std::int64_t *numbers, std::int32_t count) {
        if (count > 0 && numbers == nullptr)
            throw error(PAREXACT_ERROR_INVALID_ARGUMENT, "a parexact_array needs a shape of ndim lengths");
        // A negative count becomes one that is beyond all dimensions.
        return extents(span<const std::int64_t>(numbers, static_cast<std::size_t>(count)));
    }

    const void *data_;
    dtype type_;
    extents shape_;
    extents strides_;
};

// A mask, for functions that take one: where(mask) selects the elements at whose places the mask is not 0.
// It has the shape of the array, and bool or any integers as elements; strides of 0 broadcast it.
class where {
public:
    explicit where(const view &mask) : mask_(mask) {}

    const view &mask() const noexcept { return mask_; }

private:
    view mask_;
};

// -- Sums and statistics of whole arrays -----------------------------------------------------------
//
// Each is the exact real result of the given values, rounded once. Errors, cost and what NaNs, infinities
// and empty arrays give: as the functions of the C interface with these names.

// Statistics of a set of numbers: count, nan_count, sum, mean, variance, std, min, max.
using stats = parexact_stats;

namespace detail {

inline std::int32_t number(nan_policy policy) noexcept { return static_cast<std::int32_t>(policy); }

[[noreturn, gnu::cold, gnu::noinline]] inline void raise_shapes_differ() {
    throw error(PAREXACT_ERROR_INVALID_ARGUMENT, "x and y must have the same shape");
}

} // namespace detail

// The sum of all elements; +0.0 if there are none.
[[nodiscard, gnu::always_inline]] inline double sum(const view &x) {
    double out = 0;
    if (x.is_vector()) {
        check(parexact_sum_f64(x.vector_data(), x.vector_size(), &out));
    } else {
        const parexact_array array = x.c_array();
        check(parexact_sum(&array, &out));
    }
    return out;
}

// The Euclidean norm of all elements.
[[nodiscard, gnu::always_inline]] inline double norm(const view &x) {
    double out = 0;
    if (x.is_vector()) {
        check(parexact_norm_f64(x.vector_data(), x.vector_size(), &out));
    } else {
        const parexact_array array = x.c_array();
        check(parexact_norm(&array, &out));
    }
    return out;
}

// The dot product of two arrays of one shape, whose types and strides may differ.
// Errors: INVALID_ARGUMENT if the shapes differ.
[[nodiscard, gnu::always_inline]] inline double dot(const view &x, const view &y) {
    double out = 0;
    if (x.is_vector() && y.is_vector()) {
        if (x.vector_size() != y.vector_size())
            detail::raise_shapes_differ();
        check(parexact_dot_f64(x.vector_data(), y.vector_data(), x.vector_size(), &out));
    } else {
        const parexact_array first = x.c_array(), second = y.c_array();
        check(parexact_dot(&first, &second, &out));
    }
    return out;
}

// All statistics in one pass. The divisor of the variance is count - ddof: 0 for the population's, 1 for the
// unbiased estimate.
[[nodiscard]] inline stats describe(const view &x, std::int64_t ddof = 0,
                                    nan_policy policy = nan_policy::propagate) {
    stats out;
    const parexact_array array = x.c_array();
    check(parexact_describe(&array, ddof, detail::number(policy), &out));
    return out;
}

// -- Reductions along axes -------------------------------------------------------------------------
//
// One result for each element of the axes that stay, in C order. Each function is there twice: it returns a
// std::vector, or writes to the caller's range `out`, which has just as many elements, and allocates nothing.

// What reduce computes.
enum class op : std::int32_t {
    sum = PAREXACT_OP_SUM,
    mean = PAREXACT_OP_MEAN,
    variance = PAREXACT_OP_VAR,
    std = PAREXACT_OP_STD,
    min = PAREXACT_OP_MIN,
    max = PAREXACT_OP_MAX,
    norm = PAREXACT_OP_NORM
};

// How many results a reduction has: the product of the lengths of the axes that stay.
// Errors: SIZE_OVERFLOW. Axes and lengths that the library refuses count as none.
[[nodiscard]] inline std::size_t result_count(const extents &shape, const axes &along) {
    if (along.size() == 0)
        return 1;
    std::uint64_t reduced = 0;
    for (std::int32_t i = 0; i < along.size(); i++) {
        const std::int32_t axis = along[i] < 0 ? along[i] + shape.size() : along[i];
        if (axis < 0 || axis >= shape.size())
            return 0;
        reduced |= std::uint64_t{1} << axis;
    }
    std::size_t count = 1;
    bool overflows = false;
    for (std::int32_t axis = 0; axis < shape.size(); axis++) {
        if ((reduced >> axis & 1) != 0)
            continue;
        if (shape[axis] <= 0)
            return 0;
        const auto length = static_cast<std::size_t>(shape[axis]);
        overflows |= count > std::numeric_limits<std::size_t>::max() / length;
        count *= length;
    }
    if (overflows)
        throw error(PAREXACT_ERROR_SIZE_OVERFLOW, "the number of results exceeds the address space");
    return count;
}

// Reduces an array over some of its axes: `ddof` is for variance and std.
template <class Out, std::enable_if_t<detail::is_output<Out, double>, int> = 0>
void reduce(const view &x, op what, const axes &along, Out &&out, std::int64_t ddof = 0,
            nan_policy policy = nan_policy::propagate) {
    const parexact_array array = x.c_array();
    check(parexact_reduce(&array, static_cast<std::int32_t>(what), along.data(), along.size(), ddof,
                          detail::number(policy), std::data(out), detail::size(out)));
}
[[nodiscard]] inline std::vector<double> reduce(const view &x, op what, const axes &along,
                                                std::int64_t ddof = 0,
                                                nan_policy policy = nan_policy::propagate) {
    std::vector<double> out(result_count(x.shape(), along));
    reduce(x, what, along, out, ddof, policy);
    return out;
}

// The mean of all elements; NaN if there are none.
[[nodiscard]] inline double mean(const view &x, nan_policy policy = nan_policy::propagate) {
    double out = 0;
    reduce(x, op::mean, {}, span(&out, 1), 0, policy);
    return out;
}

namespace detail {

// A view of the C interface for an argument that may be missing.
class optional_array {
public:
    optional_array() noexcept : array_(), given_(false) {}
    explicit optional_array(const view &x) noexcept : array_(x.c_array()), given_(true) {}
    explicit optional_array(const where &mask) noexcept : optional_array(mask.mask()) {}
    explicit optional_array(const std::optional<view> &x) noexcept
        : array_(x ? x->c_array() : parexact_array()), given_(x.has_value()) {}

    const parexact_array *get() const noexcept { return given_ ? &array_ : nullptr; }

private:
    parexact_array array_;
    bool given_;
};

inline void describe_axes(const view &x, const optional_array &mask, const axes &along, std::int64_t ddof,
                          nan_policy policy, stats *out, std::size_t size) {
    const parexact_array array = x.c_array();
    check(parexact_describe_axes(&array, mask.get(), along.data(), along.size(), ddof, number(policy), out,
                                 size));
}

} // namespace detail

// All statistics of each slice in one pass, of the elements that a mask selects if there is one.
template <class Out, std::enable_if_t<detail::is_output<Out, stats>, int> = 0>
void describe_axes(const view &x, const axes &along, Out &&out, std::int64_t ddof = 0,
                   nan_policy policy = nan_policy::propagate) {
    detail::describe_axes(x, {}, along, ddof, policy, std::data(out), detail::size(out));
}
template <class Out, std::enable_if_t<detail::is_output<Out, stats>, int> = 0>
void describe_axes(const view &x, const where &mask, const axes &along, Out &&out, std::int64_t ddof = 0,
                   nan_policy policy = nan_policy::propagate) {
    detail::describe_axes(x, detail::optional_array(mask), along, ddof, policy, std::data(out),
                          detail::size(out));
}
[[nodiscard]] inline std::vector<stats> describe_axes(const view &x, const axes &along, std::int64_t ddof = 0,
                                                      nan_policy policy = nan_policy::propagate) {
    std::vector<stats> out(result_count(x.shape(), along));
    describe_axes(x, along, out, ddof, policy);
    return out;
}
[[nodiscard]] inline std::vector<stats> describe_axes(const view &x, const where &mask, const axes &along,
                                                      std::int64_t ddof = 0,
                                                      nan_policy policy = nan_policy::propagate) {
    std::vector<stats> out(result_count(x.shape(), along));
    describe_axes(x, mask, along, out, ddof, policy);
    return out;
}

// Dot products along axes. Matrix products are dot products along an axis of views with strides of 0.
template <class Out, std::enable_if_t<detail::is_output<Out, double>, int> = 0>
void dot_axes(const view &x, const view &y, const axes &along, Out &&out,
              nan_policy policy = nan_policy::propagate) {
    const parexact_array first = x.c_array(), second = y.c_array();
    check(parexact_dot_axes(&first, &second, along.data(), along.size(), detail::number(policy),
                            std::data(out), detail::size(out)));
}
[[nodiscard]] inline std::vector<double> dot_axes(const view &x, const view &y, const axes &along,
                                                  nan_policy policy = nan_policy::propagate) {
    std::vector<double> out(result_count(x.shape(), along));
    dot_axes(x, y, along, out, policy);
    return out;
}

// -- States: sums in pieces ------------------------------------------------------------------------

// 128 bits that are equal for equal sets of values.
using fingerprint = std::array<std::uint64_t, 2>;

// Exact moments of a set of values, which merges with others in any order: 2 KiB without pointers, so that
// it may be copied, stored and sent as bytes. An array of states is an array of parexact_state, also for
// MPI and parexact_mpi_merge. Two threads must not use one state at a time if one of them changes it.
class state {
public:
    // A state of no values.
    state() {
        detail::check_abi();
        check(parexact_state_init(&state_));
    }
    // The state of the elements of an array.
    explicit state(const view &x) : state() { update(x); }
    // A copy of one of the C interface; its words are checked when they are used.
    explicit state(const parexact_state &other) noexcept : state_(other) {}

    // Adds all elements of an array; or those that the mask selects.
    state &update(const view &x) {
        const parexact_array array = x.c_array();
        check(parexact_state_update(&state_, &array));
        return *this;
    }
    state &update(const view &x, const where &mask) {
        const parexact_array array = x.c_array();
        const detail::optional_array selected(mask);
        check(parexact_state_update_axes(&state_, 1, &array, selected.get(), nullptr, 0));
        return *this;
    }
    // Adds the values of another state.
    state &merge(const state &other) {
        check(parexact_state_merge(&state_, &other.state_));
        return *this;
    }
    state &operator+=(const state &other) { return merge(other); }
    friend state operator+(state left, const state &right) { return left.merge(right); }

    // Draws `n` random numbers, from number `offset` on, and adds them; none is stored.
    state &draw(const parexact_distribution &law, std::uint64_t seed, std::uint64_t stream,
                std::uint64_t offset, std::uint64_t n) {
        check(parexact_random_state(&law, seed, stream, offset, n, &state_));
        return *this;
    }

    // The statistics of the values, as describe gives them.
    [[nodiscard]] stats result(std::int64_t ddof = 0, nan_policy policy = nan_policy::propagate) const {
        stats out;
        check(parexact_state_result(&state_, ddof, detail::number(policy), &out));
        return out;
    }
    [[nodiscard]] double norm() const {
        double out = 0;
        check(parexact_state_norm(&state_, &out));
        return out;
    }
    [[nodiscard]] parexact::fingerprint fingerprint() const {
        parexact::fingerprint out{};
        check(parexact_state_fingerprint(&state_, out.data()));
        return out;
    }
    // Do both have the same counts, exact sums and extremes? Compares fingerprints.
    friend bool operator==(const state &left, const state &right) {
        return left.fingerprint() == right.fingerprint();
    }
    friend bool operator!=(const state &left, const state &right) { return !(left == right); }

    // The words, as docs/state-format.md defines them: an array, which is a range.
    auto words() noexcept -> std::int64_t (&)[PAREXACT_STATE_WORDS] { return state_.words; }
    auto words() const noexcept -> const std::int64_t (&)[PAREXACT_STATE_WORDS] { return state_.words; }
    parexact_state *get() noexcept { return &state_; }
    const parexact_state *get() const noexcept { return &state_; }

private:
    parexact_state state_;
};
static_assert(sizeof(state) == sizeof(parexact_state) && std::is_trivially_copyable_v<state> &&
              std::is_standard_layout_v<state>);

// States along axes: one for each result of a reduction, in C order of the axes that stay.
class states {
public:
    // So many states of no values.
    explicit states(std::size_t count) : states_(count) {
        detail::check_abi();
        check(parexact_states_init(states_.data(), count));
    }
    // The states of the slices of an array.
    states(const view &x, const axes &along) : states(result_count(x.shape(), along)) { update(x, along); }

    // Adds the elements of each slice to its state; or those that the mask selects.
    states &update(const view &x, const axes &along) { return update(x, detail::optional_array(), along); }
    states &update(const view &x, const where &mask, const axes &along) {
        return update(x, detail::optional_array(mask), along);
    }
    // Adds each state of another array of as many.
    states &merge(const states &other) {
        if (other.size() != size())
            throw error(PAREXACT_ERROR_INVALID_ARGUMENT, "arrays of states that merge have one length");
        check(parexact_states_merge(data(), other.data(), size()));
        return *this;
    }
    states &operator+=(const states &other) { return merge(other); }

    // The statistics of each state.
    template <class Out, std::enable_if_t<detail::is_output<Out, stats>, int> = 0>
    void results(Out &&out, std::int64_t ddof = 0, nan_policy policy = nan_policy::propagate) const {
        if (detail::size(out) != size())
            throw error(PAREXACT_ERROR_INVALID_ARGUMENT, "there must be as many results as states");
        check(parexact_state_results(data(), size(), ddof, detail::number(policy), std::data(out)));
    }
    [[nodiscard]] std::vector<stats> results(std::int64_t ddof = 0,
                                             nan_policy policy = nan_policy::propagate) const {
        std::vector<stats> out(size());
        results(out, ddof, policy);
        return out;
    }

    std::size_t size() const noexcept { return states_.size(); }
    parexact_state *data() noexcept { return states_.data(); }
    const parexact_state *data() const noexcept { return states_.data(); }
    // A copy of one state.
    state operator[](std::size_t i) const { return state(states_[i]); }

private:
    states &update(const view &x, const detail::optional_array &mask, const axes &along) {
        const parexact_array array = x.c_array();
        check(parexact_state_update_axes(data(), size(), &array, mask.get(), along.data(), along.size()));
        return *this;
    }

    std::vector<parexact_state> states_;
};

// -- Summaries: skewness and kurtosis, covariance and regression, weighted values ------------------

// What summaries tell; parexact.h has the formulas, PAREXACT_RESULT_*.
enum class statistic : std::int32_t {
    count = PAREXACT_RESULT_COUNT,
    nan_count = PAREXACT_RESULT_NAN_COUNT,
    sum = PAREXACT_RESULT_SUM,
    mean = PAREXACT_RESULT_MEAN,
    variance = PAREXACT_RESULT_VARIANCE,
    std = PAREXACT_RESULT_STD,
    min = PAREXACT_RESULT_MIN,
    max = PAREXACT_RESULT_MAX,
    norm = PAREXACT_RESULT_NORM,
    skewness = PAREXACT_RESULT_SKEWNESS,
    kurtosis = PAREXACT_RESULT_KURTOSIS,
    skewness_unbiased = PAREXACT_RESULT_SKEWNESS_UNBIASED,
    kurtosis_unbiased = PAREXACT_RESULT_KURTOSIS_UNBIASED,
    sum_y = PAREXACT_RESULT_SUM_Y,
    mean_y = PAREXACT_RESULT_MEAN_Y,
    variance_y = PAREXACT_RESULT_VARIANCE_Y,
    std_y = PAREXACT_RESULT_STD_Y,
    dot = PAREXACT_RESULT_DOT,
    covariance = PAREXACT_RESULT_COVARIANCE,
    correlation = PAREXACT_RESULT_CORRELATION,
    slope = PAREXACT_RESULT_SLOPE,
    intercept = PAREXACT_RESULT_INTERCEPT,
    sum_weights = PAREXACT_RESULT_SUM_WEIGHTS,
    reliability_variance = PAREXACT_RESULT_RELIABILITY_VARIANCE,
    reliability_std = PAREXACT_RESULT_RELIABILITY_STD,
    min_y = PAREXACT_RESULT_MIN_Y,
    max_y = PAREXACT_RESULT_MAX_Y,
    norm_y = PAREXACT_RESULT_NORM_Y,
    r_squared = PAREXACT_RESULT_R_SQUARED,
    residual_std = PAREXACT_RESULT_RESIDUAL_STD,
    slope_stderr = PAREXACT_RESULT_SLOPE_STDERR,
    intercept_stderr = PAREXACT_RESULT_INTERCEPT_STDERR,
    slope_origin = PAREXACT_RESULT_SLOPE_ORIGIN
};

// What shape, pair and weighted have in common: 6 KiB without pointers, which merge as states do. An array
// of summaries is an array of parexact_summary, also for MPI and parexact_summary_mpi_merge.
template <class Derived, std::int32_t Kind> class summary {
public:
    // Adds another summary of this kind.
    Derived &merge(const summary &other) {
        check(parexact_summary_merge(&summary_, &other.summary_));
        return static_cast<Derived &>(*this);
    }
    Derived &operator+=(const summary &other) { return merge(other); }
    friend Derived operator+(Derived left, const Derived &right) { return left.merge(right); }

    // One statistic, or several at once:
    //     auto [slope, intercept] = pairs.results({statistic::slope, statistic::intercept});
    // Errors: UNSUPPORTED for a statistic that this kind of summary does not have.
    [[nodiscard]] double result(statistic what, std::int64_t ddof = 0,
                                nan_policy policy = nan_policy::propagate) const {
        double out = 0;
        check(parexact_summary_result(&summary_, static_cast<std::int32_t>(what), ddof,
                                      detail::number(policy), &out));
        return out;
    }
    template <std::size_t N>
    [[nodiscard]] std::array<double, N> results(const statistic (&what)[N], std::int64_t ddof = 0,
                                                nan_policy policy = nan_policy::propagate) const {
        std::array<std::int32_t, N> numbers{};
        for (std::size_t i = 0; i < N; i++)
            numbers[i] = static_cast<std::int32_t>(what[i]);
        std::array<double, N> out{};
        check(parexact_summary_results(&summary_, numbers.data(), N, ddof, detail::number(policy),
                                       out.data()));
        return out;
    }
    [[nodiscard]] parexact::fingerprint fingerprint() const {
        parexact::fingerprint out{};
        check(parexact_summary_fingerprint(&summary_, out.data()));
        return out;
    }
    // Do both have the same counts, exact sums and extremes? Compares fingerprints.
    friend bool operator==(const summary &left, const summary &right) {
        return left.fingerprint() == right.fingerprint();
    }
    friend bool operator!=(const summary &left, const summary &right) { return !(left == right); }

    auto words() noexcept -> std::int64_t (&)[PAREXACT_SUMMARY_WORDS] { return summary_.words; }
    auto words() const noexcept -> const std::int64_t (&)[PAREXACT_SUMMARY_WORDS] { return summary_.words; }
    parexact_summary *get() noexcept { return &summary_; }
    const parexact_summary *get() const noexcept { return &summary_; }

protected:
    summary() {
        detail::check_abi();
        check(parexact_summary_init(&summary_, Kind));
    }
    void add(const view &x, const detail::optional_array &y, const detail::optional_array &mask) {
        const parexact_array array = x.c_array();
        check(parexact_summary_update(&summary_, &array, y.get(), mask.get()));
    }

private:
    parexact_summary summary_;
};

// Moments of one variable to the fourth: count to kurtosis_unbiased.
class shape : public summary<shape, PAREXACT_SUMMARY_SHAPE> {
public:
    shape() = default;
    explicit shape(const view &x) { update(x); }

    // Adds all elements of an array; or those that the mask selects.
    shape &update(const view &x) {
        add(x, {}, {});
        return *this;
    }
    shape &update(const view &x, const where &mask) {
        add(x, {}, detail::optional_array(mask));
        return *this;
    }
};

// Moments of pairs (x, y): count to norm, sum_y to intercept, and min_y to slope_origin.
class pair : public summary<pair, PAREXACT_SUMMARY_PAIR> {
public:
    pair() = default;
    pair(const view &x, const view &y) { update(x, y); }

    // Adds the pairs of two arrays of one shape; or those that the mask selects.
    pair &update(const view &x, const view &y) {
        add(x, detail::optional_array(y), {});
        return *this;
    }
    pair &update(const view &x, const view &y, const where &mask) {
        add(x, detail::optional_array(y), detail::optional_array(mask));
        return *this;
    }
};

// Values with weights of any sign: count to max, and sum_weights to reliability_std.
class weighted : public summary<weighted, PAREXACT_SUMMARY_WEIGHTED> {
public:
    weighted() = default;
    weighted(const view &x, const view &weights) { update(x, weights); }

    // Adds values and their weights, of one shape; or those that the mask selects.
    weighted &update(const view &x, const view &weights) {
        add(x, detail::optional_array(weights), {});
        return *this;
    }
    weighted &update(const view &x, const view &weights, const where &mask) {
        add(x, detail::optional_array(weights), detail::optional_array(mask));
        return *this;
    }
};
static_assert(sizeof(pair) == sizeof(parexact_summary) && std::is_trivially_copyable_v<pair> &&
              std::is_standard_layout_v<pair>);

// The weights of values, in a sample.
class weights {
public:
    explicit weights(const view &values) : values_(values) {}

    const view &values() const noexcept { return values_; }

private:
    view values_;
};

// What summarize works on: x, or {x, y} for pairs, or {x, weights(w)} for weighted values; each with a mask
// if wanted, as in {x, where(mask)} and {x, y, where(mask)}. It consists of views, which own no elements.
class sample {
public:
    template <class Range> sample(const Range &x) : x_(x) {}
    sample(const view &x, const where &mask) : x_(x), mask_(mask.mask()) {}
    sample(const view &x, const view &y) : x_(x), y_(y), kind_(PAREXACT_SUMMARY_PAIR) {}
    sample(const view &x, const view &y, const where &mask) : sample(x, y) { mask_ = mask.mask(); }
    sample(const view &x, const weights &w) : x_(x), y_(w.values()), kind_(PAREXACT_SUMMARY_WEIGHTED) {}
    sample(const view &x, const weights &w, const where &mask) : sample(x, w) { mask_ = mask.mask(); }

    const view &x() const noexcept { return x_; }
    // The second variable or the weights, if there are any.
    const std::optional<view> &y() const noexcept { return y_; }
    const std::optional<view> &mask() const noexcept { return mask_; }
    // The kind of summary that has the statistic: of one variable a state (0) has all but four.
    std::int32_t kind(statistic what) const noexcept {
        const bool needs_powers = what >= statistic::skewness && what <= statistic::kurtosis_unbiased;
        return kind_ == 0 && needs_powers ? PAREXACT_SUMMARY_SHAPE : kind_;
    }

private:
    view x_;
    std::optional<view> y_, mask_;
    std::int32_t kind_ = 0;
};

// A statistic along axes, without keeping states or summaries:
//     summarize({x, y, where(mask)}, statistic::slope, {0})
template <class Out, std::enable_if_t<detail::is_output<Out, double>, int> = 0>
void summarize(const sample &data, statistic what, const axes &along, Out &&out, std::int64_t ddof = 0,
               nan_policy policy = nan_policy::propagate) {
    const parexact_array x = data.x().c_array();
    const detail::optional_array y(data.y()), mask(data.mask());
    check(parexact_summarize(data.kind(what), static_cast<std::int32_t>(what), &x, y.get(), mask.get(),
                             along.data(), along.size(), ddof, detail::number(policy), std::data(out),
                             detail::size(out)));
}
[[nodiscard]] inline std::vector<double> summarize(const sample &data, statistic what, const axes &along,
                                                   std::int64_t ddof = 0,
                                                   nan_policy policy = nan_policy::propagate) {
    std::vector<double> out(result_count(data.x().shape(), along));
    summarize(data, what, along, out, ddof, policy);
    return out;
}

namespace detail {

// The statistic of all elements.
inline double summarize_all(const sample &data, statistic what, std::int64_t ddof, nan_policy policy) {
    double out = 0;
    summarize(data, what, {}, span(&out, 1), ddof, policy);
    return out;
}

} // namespace detail

// m3/m2^1.5 of all elements, where m_k is the k-th central moment: SciPy's skew.
[[nodiscard]] inline double skewness(const view &x, nan_policy policy = nan_policy::propagate) {
    return detail::summarize_all(x, statistic::skewness, 0, policy);
}
// m4/m2^2 - 3 of all elements: SciPy's kurtosis.
[[nodiscard]] inline double kurtosis(const view &x, nan_policy policy = nan_policy::propagate) {
    return detail::summarize_all(x, statistic::kurtosis, 0, policy);
}
// The covariance of two arrays of one shape, with divisor count - ddof. (The ddof of numpy.cov is 1.)
[[nodiscard]] inline double covariance(const view &x, const view &y, std::int64_t ddof = 0,
                                       nan_policy policy = nan_policy::propagate) {
    return detail::summarize_all({x, y}, statistic::covariance, ddof, policy);
}
// Pearson's coefficient of two arrays of one shape.
[[nodiscard]] inline double correlation(const view &x, const view &y,
                                        nan_policy policy = nan_policy::propagate) {
    return detail::summarize_all({x, y}, statistic::correlation, 0, policy);
}

// -- Random numbers --------------------------------------------------------------------------------
//
// Number i of (distribution, seed, stream) is always the same number, whoever draws it. Parameters must be
// finite; docs/random.md lists their domains and defines every number. Numbers are for simulation, not for
// cryptography.

// A distribution of the C interface. Those below become one by themselves.
using distribution = parexact_distribution;

struct uniform { // in [low, high)
    double low = 0, high = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_UNIFORM, 0, {low, high, 0}}; }
};
struct normal {
    double mean = 0, sd = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_NORMAL, 0, {mean, sd, 0}}; }
};
struct exponential { // the rate is 1/mean
    double rate = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_EXPONENTIAL, 0, {rate, 0, 0}}; }
};
struct lognormal { // mean and standard deviation of the logarithm
    double mu = 0, sigma = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_LOGNORMAL, 0, {mu, sigma, 0}}; }
};
struct gamma {
    double shape = 1, scale = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_GAMMA, 0, {shape, scale, 0}}; }
};
struct beta {
    double a = 1, b = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_BETA, 0, {a, b, 0}}; }
};
struct chi_squared { // degrees of freedom
    double df = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_CHI_SQUARED, 0, {df, 0, 0}}; }
};
struct student_t {
    double df = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_STUDENT_T, 0, {df, 0, 0}}; }
};
struct fisher_f {
    double df1 = 1, df2 = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_FISHER_F, 0, {df1, df2, 0}}; }
};
struct weibull { // the scale first
    double scale = 1, shape = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_WEIBULL, 0, {scale, shape, 0}}; }
};
struct cauchy {
    double median = 0, scale = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_CAUCHY, 0, {median, scale, 0}}; }
};
struct triangular { // in [low, high], the mode last
    double low = 0, high = 1, mode = 0.5;
    operator distribution() const noexcept { return {PAREXACT_DIST_TRIANGULAR, 0, {low, high, mode}}; }
};
struct poisson { // mean up to 2^53
    double mean = 1;
    operator distribution() const noexcept { return {PAREXACT_DIST_POISSON, 0, {mean, 0, 0}}; }
};
struct binomial { // successes in n trials of probability p
    double n = 1, p = 0.5;
    operator distribution() const noexcept { return {PAREXACT_DIST_BINOMIAL, 0, {n, p, 0}}; }
};
struct geometric { // trials up to and including the first success
    double p = 0.5;
    operator distribution() const noexcept { return {PAREXACT_DIST_GEOMETRIC, 0, {p, 0, 0}}; }
};
struct integer { // low, low + 1, ... below high; both within +-2^53
    double low = 0, high = 2;
    operator distribution() const noexcept { return {PAREXACT_DIST_INTEGER, 0, {low, high, 0}}; }
};

// Fills a range of doubles with the numbers from `offset` on:
//     fill(normal{mean, sd}, seed, stream, offset, x)
template <class Out>
void fill(const distribution &law, std::uint64_t seed, std::uint64_t stream, std::uint64_t offset,
          Out &&out) {
    detail::require_range<Out>();
    static_assert(!detail::is_range<Out> || detail::is_output<Out, double>,
                  "parexact::fill: random numbers are doubles, so the range must have elements of type "
                  "double that can be written");
    check(parexact_random_fill(&law, seed, stream, offset, std::data(out), detail::size(out)));
}

// -- Thread counts ---------------------------------------------------------------------------------

// Sets how many threads a call may use, for the whole process; 0 for the default again.
// Errors: INVALID_ARGUMENT for more than PAREXACT_MAX_THREADS.
inline void set_num_threads(std::size_t n) { check(parexact_set_num_threads(n)); }

// The number of threads in force for the whole process.
[[nodiscard]] inline std::size_t get_num_threads() noexcept { return parexact_get_num_threads(); }

// The number of threads that a call from this thread would use.
[[nodiscard]] inline std::size_t get_num_threads_local() noexcept { return parexact_get_num_threads_local(); }

// Calls from this thread use `n` threads until the end of the scope; 0 for the number of the process.
class [[nodiscard]] local_threads {
public:
    explicit local_threads(std::size_t n) noexcept : before_(parexact_set_num_threads_local(n)) {}
    ~local_threads() { parexact_set_num_threads_local(before_); }
    local_threads(const local_threads &) = delete;
    local_threads &operator=(const local_threads &) = delete;

private:
    std::size_t before_;
};

// -- Progress and cancellation ---------------------------------------------------------------------

// While it lives, a control governs the calls of the thread that made it, and the jobs they start. It ends
// on that thread, in the reverse order of making, as objects with a scope do.
class [[nodiscard]] attachment {
public:
    // NULL: no control governs the calls of this thread, for what must be done after a cancellation.
    explicit attachment(parexact_control *control) noexcept : before_(parexact_control_attach(control)) {}
    ~attachment() { parexact_control_attach(before_); }
    attachment(const attachment &) = delete;
    attachment &operator=(const attachment &) = delete;

private:
    parexact_control *before_;
};

// The wish that calls stop, and their progress:
//
//     parexact::control control;
//     const auto governed = control.attach();
//     parexact::sum(x);    // after control.cancel() throws an error of status CANCELLED
class control {
public:
    control() {
        parexact_control *made = nullptr;
        check(parexact_control_new(&made));
        handle_.reset(made);
    }

    // Governs the calls of this thread until the end of the scope.
    [[nodiscard]] attachment attach() const {
        // NULL would mean no control.
        if (handle_ == nullptr)
            throw error(PAREXACT_ERROR_NULL_POINTER, "the control was moved from");
        return attachment(handle_.get());
    }
    // Any thread may call this at any time, and so may a signal handler: it is one atomic store.
    void cancel() noexcept { parexact_control_cancel(handle_.get()); }
    // Takes a cancellation back, between calls.
    void reset() noexcept { parexact_control_reset(handle_.get()); }

    struct counts {
        std::uint64_t done, total;
    };
    // How far the call is, or the last one: see parexact_control_progress for what is counted.
    [[nodiscard]] counts progress() const noexcept {
        counts now{0, 0};
        parexact_control_progress(handle_.get(), &now.done, &now.total);
        return now;
    }
    parexact_control *get() const noexcept { return handle_.get(); }

private:
    struct release {
        void operator()(parexact_control *handle) const noexcept { parexact_control_free(handle); }
    };
    std::unique_ptr<parexact_control, release> handle_;
};

namespace detail {

// The C interface counts in seconds, and waits for ever below 0; a duration below 0 only looks.
template <class Rep, class Period>
double seconds(const std::chrono::duration<Rep, Period> &timeout) noexcept {
    const double count = std::chrono::duration<double>(timeout).count();
    return count > 0 ? count : 0;
}

constexpr double for_ever = -1;

// The exception of the lowest index seen, on its way from callbacks to the caller, past the frames of C.
class failure {
public:
    // In a handler of the exception.
    void store(std::size_t index) noexcept {
        const std::lock_guard<std::mutex> guard(mutex_);
        if (exception_ == nullptr || index < index_) {
            exception_ = std::current_exception();
            index_ = index;
        }
    }
    // Once the callbacks are over: throws the exception, or an error, or nothing if all is well.
    void check(parexact_status status) const {
        if (status == PAREXACT_ERROR_CALLBACK_FAILED && exception_ != nullptr)
            std::rethrow_exception(exception_);
        parexact::check(status);
    }

private:
    std::mutex mutex_;
    std::exception_ptr exception_;
    std::size_t index_ = 0;
};

// What a map uses while it runs; F is a callable, or a reference to one.
template <class F, class Item, class Result> struct mapping {
    F f;
    const Item *items;
    failure failed;

    static std::int32_t call(const void *item, void *result, void *user_data) noexcept {
        auto &map = *static_cast<mapping *>(user_data);
        const Item *in = static_cast<const Item *>(item);
        try {
            *static_cast<Result *>(result) = static_cast<Result>(std::invoke(std::as_const(map.f), *in));
            return 0;
        } catch (...) {
            map.failed.store(static_cast<std::size_t>(in - map.items));
            return 1;
        }
    }
};

template <class Items, class Results, class F> constexpr void require_map() noexcept {
    require_range<Items>();
    require_range<Results>();
    static_assert(!std::is_const_v<element_of<Results>>, "parexact::map: the results must not be const");
    if constexpr (is_range<Items> && is_range<Results>)
        static_assert(std::is_invocable_r_v<element_of<Results>, const F &, const element_of<Items> &>,
                      "parexact::map: f(item) must be callable on a const f, which threads call at once, and "
                      "give what converts to an element of the results");
}

template <class Items, class Results> std::size_t map_size(const Items &items, const Results &results) {
    if (detail::size(items) != detail::size(results))
        throw error(PAREXACT_ERROR_INVALID_ARGUMENT, "a map needs as many results as items");
    return detail::size(items);
}

template <class Items, class Results, class F>
void map(parexact_pool *pool, const Items &items, Results &results, const F &f, std::size_t chunk) {
    require_map<const Items, Results, F>();
    using item = std::remove_const_t<element_of<const Items>>;
    using result = element_of<Results>;
    mapping<const F &, item, result> map{f, std::data(items), {}};
    map.failed.check(parexact_map(pool, map.call, &map, std::data(items), sizeof(item), std::data(results),
                                  sizeof(result), map_size(items, results), chunk));
}

template <class Items, class F>
auto map(parexact_pool *pool, const Items &items, const F &f, std::size_t chunk) {
    require_range<const Items>();
    using result = std::decay_t<std::invoke_result_t<const F &, const element_of<const Items> &>>;
    static_assert(!std::is_same_v<result, bool>,
                  "parexact::map: std::vector<bool> packs its elements into bits, which threads cannot write "
                  "at once; let f give another type");
    std::vector<result> results(detail::size(items));
    map(pool, items, results, f, chunk);
    return results;
}

// A job, and what its callbacks use until it has ended.
struct work {
    parexact_job *job = nullptr;

    work() = default;
    work(const work &) = delete;
    work &operator=(const work &) = delete;
    virtual ~work() = default;

    // Of the callbacks, once the job is done.
    virtual void check(parexact_status status) const = 0;
};

struct finish {
    void operator()(work *work) const noexcept {
        const parexact_status status = parexact_job_wait(work->job, for_ever);
        parexact_job_free(work->job);
        // A job that is destroyed by its own callback, or in a circle of waits, goes on without its handle,
        // and nobody learns when it ends: what it uses stays for ever.
        if (status != PAREXACT_ERROR_DEADLOCK && status != PAREXACT_ERROR_NO_MEMORY)
            delete work;
    }
};

template <class F> struct task final : work {
    F f;
    failure failed;

    template <class Callable> explicit task(Callable &&callable) : f(std::forward<Callable>(callable)) {}

    void check(parexact_status status) const override { failed.check(status); }

    static std::int32_t call(void *user_data) noexcept {
        auto &self = *static_cast<task *>(user_data);
        try {
            std::invoke(self.f);
            return 0;
        } catch (...) {
            self.failed.store(0);
            return 1;
        }
    }
};

template <class F, class Item, class Result> struct background_map final : work {
    mapping<F, Item, Result> map;

    template <class Callable>
    background_map(Callable &&callable, const Item *items)
        : map{std::forward<Callable>(callable), items, {}} {}

    void check(parexact_status status) const override { map.failed.check(status); }
};

} // namespace detail

// -- Pools, maps and jobs --------------------------------------------------------------------------
//
// Callables run on any worker, several at once; calls of this library that they make run on that worker
// alone. They may throw: the exception arrives in the caller, or where the job is waited for. They must
// neither longjmp nor call pthread_exit.

// Work in the background. It owns its callable, and its destructor waits for the end of the work: so what
// the callable refers to may be destroyed after the job. An exception that nobody has waited for is then
// dropped. Jobs that are not kept end where they are made.
class [[nodiscard]] job {
public:
    // Waits until the job is done. Throws what the callable has thrown, each time it is called.
    // Errors: CANCELLED if its control has stopped it; DEADLOCK if the wait could never end.
    void wait() const { is_done(detail::for_ever); }
    // Waits so long at most, and says whether the job is done. Throws what wait throws.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(const std::chrono::duration<Rep, Period> &timeout) const {
        return is_done(detail::seconds(timeout));
    }

    // For submit and map_async.
    explicit job(std::unique_ptr<detail::work> started) noexcept : work_(started.release()) {}

private:
    bool is_done(double timeout) const {
        if (work_ == nullptr)
            throw error(PAREXACT_ERROR_NULL_POINTER, "the job was moved from");
        const parexact_status status = parexact_job_wait(work_->job, timeout);
        if (status == PAREXACT_ERROR_TIMEOUT)
            return false;
        work_->check(status);
        return true;
    }

    std::unique_ptr<detail::work, detail::finish> work_;
};

namespace detail {

template <class F> job submit(parexact_pool *pool, F &&f) {
    using callable = std::decay_t<F>;
    static_assert(std::is_invocable_v<callable &>, "parexact::submit: f must be callable without arguments");
    if constexpr (std::is_invocable_v<callable &>)
        static_assert(std::is_void_v<std::invoke_result_t<callable &>>,
                      "parexact::submit: f must return void; let it write its result to what it captures, "
                      "and throw if it fails");
    auto made = std::make_unique<task<callable>>(std::forward<F>(f));
    check(parexact_submit(pool, made->call, made.get(), &made->job));
    return job(std::move(made));
}

template <class Items, class Results, class F>
job map_async(parexact_pool *pool, Items &&items, Results &&results, F &&f, std::size_t chunk) {
    require_map<const std::remove_reference_t<Items>, Results, std::decay_t<F>>();
    static_assert(std::is_lvalue_reference_v<Items> && std::is_lvalue_reference_v<Results>,
                  "parexact::map_async: items and results must outlive the job, so they cannot be "
                  "temporaries; give them names");
    using item = std::remove_const_t<element_of<Items>>;
    using result = element_of<Results>;
    auto made = std::make_unique<background_map<std::decay_t<F>, item, result>>(std::forward<F>(f),
                                                                               std::data(items));
    check(parexact_map_async(pool, made->map.call, &made->map, std::data(items), sizeof(item),
                             std::data(results), sizeof(result), map_size(items, results), chunk,
                             &made->job));
    return job(std::move(made));
}

} // namespace detail

// results[i] = f(items[i]) for all items, on all threads in force, the calling one among them. The ranges
// may have any elements, and may be one range. `chunk`: how many items stay with one thread; 0 leaves it to
// the library. After an exception the rest is given up, and the results are unspecified.
// Errors: INVALID_ARGUMENT if the ranges have different lengths; CANCELLED.
template <class Items, class Results, class F, std::enable_if_t<detail::is_range<Results>, int> = 0>
void map(const Items &items, Results &&results, const F &f, std::size_t chunk = 0) {
    detail::map(nullptr, items, results, f, chunk);
}

// The same with the results in a new std::vector.
template <class Items, class F, std::enable_if_t<!detail::is_range<F>, int> = 0>
[[nodiscard]] auto map(const Items &items, const F &f, std::size_t chunk = 0) {
    return detail::map(nullptr, items, f, chunk);
}

// The same in the background: the ranges must outlive the job. The control that is attached now governs it.
template <class Items, class Results, class F>
job map_async(Items &&items, Results &&results, F &&f, std::size_t chunk = 0) {
    return detail::map_async(nullptr, std::forward<Items>(items), std::forward<Results>(results),
                             std::forward<F>(f), chunk);
}

// Calls f() in the background. The control that is attached now governs it; if that is cancelled before the
// job begins, f is not called.
template <class F> job submit(F &&f) { return detail::submit(nullptr, std::forward<F>(f)); }

// A pool of threads of its own. The destructor waits for its maps and jobs.
class pool {
public:
    // `workers`: 0 for get_num_threads().
    explicit pool(std::size_t workers = 0) {
        parexact_pool *made = nullptr;
        check(parexact_pool_new(workers, &made));
        handle_.reset(made);
    }

    // As the functions of these names.
    template <class Items, class Results, class F, std::enable_if_t<detail::is_range<Results>, int> = 0>
    void map(const Items &items, Results &&results, const F &f, std::size_t chunk = 0) {
        detail::map(get(), items, results, f, chunk);
    }
    template <class Items, class F, std::enable_if_t<!detail::is_range<F>, int> = 0>
    [[nodiscard]] auto map(const Items &items, const F &f, std::size_t chunk = 0) {
        return detail::map(get(), items, f, chunk);
    }
    template <class Items, class Results, class F>
    job map_async(Items &&items, Results &&results, F &&f, std::size_t chunk = 0) {
        return detail::map_async(get(), std::forward<Items>(items), std::forward<Results>(results),
                                 std::forward<F>(f), chunk);
    }
    template <class F> job submit(F &&f) { return detail::submit(get(), std::forward<F>(f)); }

    parexact_pool *get() const {
        // NULL would be the library's own pool.
        if (handle_ == nullptr)
            throw error(PAREXACT_ERROR_NULL_POINTER, "the pool was moved from");
        return handle_.get();
    }

private:
    struct release {
        void operator()(parexact_pool *handle) const noexcept { parexact_pool_free(handle); }
    };
    std::unique_ptr<parexact_pool, release> handle_;
};

// -- Locks and queues ------------------------------------------------------------------------------

// A lock for callbacks and any other threads, which std::lock_guard, std::unique_lock and std::scoped_lock
// take. A wait that could never end throws an error of status DEADLOCK, also if this thread has the lock
// already.
class mutex {
public:
    mutex() {
        parexact_lock *made = nullptr;
        check(parexact_lock_new(&made));
        handle_.reset(made);
    }

    // Errors: DEADLOCK; CANCELLED by the control of this thread.
    void lock() { check(parexact_lock_acquire(get(), detail::for_ever)); }
    [[nodiscard]] bool try_lock() { return acquired(0); }
    // Waits so long at most, and says whether this thread has the lock now.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(const std::chrono::duration<Rep, Period> &timeout) {
        return acquired(detail::seconds(timeout));
    }
    // Errors: NOT_OWNER if this thread does not have the lock. In a forked child the parent's locks are
    // nobody's, so that scopes that are left there have nothing to release.
    void unlock() {
        const parexact_status status = parexact_lock_release(get());
        if (status != PAREXACT_ERROR_FORKED)
            check(status);
    }
    parexact_lock *get() const noexcept { return handle_.get(); }

private:
    bool acquired(double timeout) {
        const parexact_status status = parexact_lock_acquire(get(), timeout);
        if (status == PAREXACT_ERROR_TIMEOUT)
            return false;
        check(status);
        return true;
    }

    struct release {
        void operator()(parexact_lock *handle) const noexcept { parexact_lock_free(handle); }
    };
    std::unique_ptr<parexact_lock, release> handle_;
};

// The name of the C interface. A class of this name could have no method lock().
using lock = mutex;

// A queue, first in, first out, between any number of producers and consumers. Items that are trivially
// copyable are copied as bytes, as in C. Others are moved to the heap when they are put and from there when
// they are got; those still inside are destroyed with the queue. A child of fork has no use for the parent's
// queues, and does not destroy their items.
template <class T> class queue {
    static_assert(std::is_object_v<T> && !std::is_const_v<T> && std::is_move_constructible_v<T>,
                  "parexact::queue: items must be movable objects");
    // An item that was not put in time is moved back.
    static_assert(std::is_move_assignable_v<T> || std::is_nothrow_move_constructible_v<T>,
                  "parexact::queue: items that cannot be assigned must have a noexcept move constructor");

public:
    // `capacity`: how many items it holds at most; 0 for any number.
    explicit queue(std::size_t capacity = 0) {
        parexact_queue *made = nullptr;
        check(parexact_queue_new(capacity, sizeof(stored), &made));
        handle_.reset(made);
    }

    // Puts an item at the end, waiting while the queue is full.
    // Errors: CLOSED; CANCELLED by the control of this thread.
    void put(const T &item) { is_put(item, detail::for_ever); }
    void put(T &&item) { is_put(std::move(item), detail::for_ever); }
    // Waits so long at most, and says whether the item is in the queue now; it is as before if not.
    template <class Rep, class Period>
    [[nodiscard]] bool put_for(const T &item, const std::chrono::duration<Rep, Period> &timeout) {
        return is_put(item, detail::seconds(timeout));
    }
    template <class Rep, class Period>
    [[nodiscard]] bool put_for(T &&item, const std::chrono::duration<Rep, Period> &timeout) {
        return is_put(std::move(item), detail::seconds(timeout));
    }

    // Takes the first item, waiting while there is none. Nothing if the queue is closed and empty:
    //     while (auto item = queue.get())
    // Errors: CANCELLED by the control of this thread.
    [[nodiscard]] std::optional<T> get() {
        std::optional<T> item;
        const parexact_status status = take(item, detail::for_ever);
        if (status != PAREXACT_ERROR_CLOSED)
            check(status);
        return item;
    }
    // Waits so long at most. Nothing if no item came.
    // Errors: CLOSED if the queue is closed and empty; CANCELLED by the control of this thread.
    template <class Rep, class Period>
    [[nodiscard]] std::optional<T> get_for(const std::chrono::duration<Rep, Period> &timeout) {
        std::optional<T> item;
        const parexact_status status = take(item, detail::seconds(timeout));
        if (status != PAREXACT_ERROR_TIMEOUT)
            check(status);
        return item;
    }

    // Nothing more can be put; what is inside can still be got.
    void close() { check(parexact_queue_close(handle_.get())); }
    // How many items are inside at the moment.
    [[nodiscard]] std::size_t size() const noexcept { return parexact_queue_length(handle_.get()); }
    // Items are those of T if it is trivially copyable, pointers otherwise.
    parexact_queue *get_handle() const noexcept { return handle_.get(); }

private:
    static constexpr bool is_boxed = !std::is_trivially_copyable_v<T>;
    using stored = std::conditional_t<is_boxed, T *, T>;

    template <class Item> bool is_put(Item &&item, double timeout) {
        if constexpr (is_boxed) {
            auto box = std::make_unique<T>(std::forward<Item>(item));
            const stored pointer = box.get();
            const parexact_status status = parexact_queue_put(handle_.get(), &pointer, timeout);
            if (status == PAREXACT_OK) {
                box.release(); // a consumer may have destroyed it already
                return true;
            }
            if constexpr (!std::is_lvalue_reference_v<Item>)
                restore(item, *box);
            return is_ok_in_time(status);
        } else {
            return is_ok_in_time(parexact_queue_put(handle_.get(), &item, timeout));
        }
    }
    static bool is_ok_in_time(parexact_status status) {
        if (status == PAREXACT_ERROR_TIMEOUT)
            return false;
        check(status);
        return true;
    }
    // The item was moved to a box that is not in the queue: moves it back.
    static void restore(T &item, T &boxed) {
        if constexpr (std::is_move_assignable_v<T>) {
            item = std::move(boxed);
        } else {
            item.~T();
            ::new (static_cast<void *>(&item)) T(std::move(boxed));
        }
    }

    parexact_status take(std::optional<T> &item, double timeout) {
        union slot { // without a value until the queue writes one
            slot() {}
            stored value;
        } slot;
        const parexact_status status = parexact_queue_get(handle_.get(), timeout, &slot.value);
        if (status != PAREXACT_OK)
            return status;
        if constexpr (is_boxed)
            item.emplace(std::move(*std::unique_ptr<T>(slot.value)));
        else
            item.emplace(slot.value);
        return status;
    }

    struct release {
        void operator()(parexact_queue *handle) const noexcept {
            if constexpr (is_boxed) {
                // Nothing may be put after the last item has gone, and a cancelled control must not keep any
                // inside.
                const attachment ungoverned(nullptr);
                parexact_queue_close(handle);
                for (stored item; parexact_queue_get(handle, 0, &item) == PAREXACT_OK;)
                    delete item;
            }
            parexact_queue_free(handle);
        }
    };
    std::unique_ptr<parexact_queue, release> handle_;
};

// -- Pi and other integrals, by the midpoint rule --------------------------------------------------

// The integral of 4/(1+x^2) from 0 to 1 by the midpoint rule with `n` points, 1 to 2^52.
[[nodiscard]] inline double pi(std::uint64_t n) {
    double out = 0;
    check(parexact_pi(n, &out));
    return out;
}

namespace detail {

template <class F> struct integrand {
    const F &f;
    failure failed;

    static std::int32_t call(const double *x, double *y, std::size_t count, void *user_data) noexcept {
        auto &self = *static_cast<integrand *>(user_data);
        try {
            if constexpr (std::is_invocable_v<const F &, const double *, double *, std::size_t>) {
                std::invoke(self.f, x, y, count);
            } else {
                for (std::size_t i = 0; i < count; i++)
                    y[i] = static_cast<double>(std::invoke(self.f, x[i]));
            }
            return 0;
        } catch (...) {
            self.failed.store(0); // blocks have no index: the first in time
            return 1;
        }
    }
};

} // namespace detail

// The integral of f from a to b by the midpoint rule with `n` points, 1 to 2^52, in parallel: f(x) gives a
// double, or f(x, y, count) writes `count` values to y, for `count` points at x.
// Errors: INVALID_ARGUMENT, CANCELLED, and what f throws.
template <class F> [[nodiscard]] double integrate(const F &f, double a, double b, std::uint64_t n) {
    static_assert(std::is_invocable_v<const F &, const double *, double *, std::size_t> ||
                      std::is_invocable_r_v<double, const F &, double>,
                  "parexact::integrate: f(x) or f(x, y, count) must be callable on a const f, which threads "
                  "call at once");
    detail::integrand<F> context{f, {}};
    double out = 0;
    context.failed.check(parexact_integrate(context.call, &context, a, b, n, &out));
    return out;
}

} // namespace parexact

#endif // PAREXACT_HPP
