!> parexact for Fortran: sums, norms and statistics that are correctly rounded, hence the same bits for any
!> number of threads, any order of the values and any number of MPI ranks.
!>
!> This file is the interface and its manual; parexact_procedures.inc beside it, which it includes, has the
!> procedures for each kind of array. They are source on purpose: compiler-specific module files travel badly.
!>
!>     gfortran -c /path/to/include/parexact.f90
!>     gfortran my_program.f90 parexact.o -L/path/to/lib -lparexact
!>
!> First steps:
!>
!>     use parexact
!>     real(c_double)       :: field(1000, 500)
!>     type(parexact_stats) :: stats
!>     ...
!>     call parexact_check(parexact_describe(field, stats))
!>     print *, stats%mean, stats%std
!>
!> Conventions
!>
!> * Names, argument meanings and constants are those of the C header parexact.h, which says more about each
!>   function: ranges, cost, thread safety, sources. Lengths have the kind c_size_t: size(a, kind=c_size_t).
!> * A function that can fail returns a status, an integer(c_int32_t) equal to PAREXACT_OK or to one of
!>   PAREXACT_ERROR_*. parexact_last_error() then says in words what was wrong, and the outputs are as they
!>   were before the call. parexact_check(status) is the short way: it stops the program with that message
!>   unless the status is PAREXACT_OK. Nothing in the library itself prints or stops.
!> * Inputs come first, outputs next, and what may be left out last.
!> * The generic names parexact_sum, _mean, _norm, _dot, _dot_axes, _describe, _describe_axes, _reduce,
!>   _state_update, _state_update_axes, _summary_update and _summarize take arrays as they are, of these
!>   kinds: real(4) and real(8), integer(1), (2), (4) and (8), logical and logical(c_bool), which count as 1
!>   and 0.
!>   Any rank from 0, a scalar, to 7, and any section, such as a(:, ::2) or a(9:2:-1, :): nothing is copied,
!>   except a component of all elements of an array, a%b, or a pointer to that, of which gfortran makes a
!>   copy.
!>   Two arrays in one call, as in parexact_dot, have one kind, or are real(4) and real(8). An array without a
!>   last extent, a(*), must be given as a section, a(:n).
!> * mask, where there is one, is a default logical array of the shape of the others, or a scalar for all of
!>   them: only where it is true, elements count. parexact_sum(a, total, a > 0) needs no copy of a.
!> * dim is an integer of kind 1, 2, 4 or 8, or an array of such integers that are reduced together; ddof is
!>   an integer of these kinds. Give nan_policy by its name: in parexact_describe(a, stats, PAREXACT_NAN_OMIT)
!>   it is taken for a ddof.
!> * If no procedure fits, compilers say so without naming the argument: "no specific function for the
!>   generic". Results are real(c_double), policies and operations integer(c_int32_t), counts c_size_t, a
!>   mask is a default logical.
!> * Other types, such as 16-bit reals or the other byte order, are described by a parexact_array, which each
!>   of these names takes as well; parexact_view makes one of an array.
!> * The source is Fortran 2018, with arguments of assumed rank. gfortran from 11 on compiles it with
!>   -std=f2018 or without -std; 11 cannot tell an expression without elements, such as pack(a, .false.), or
!>   an array whose last upper bound is -1, from an array a(*), and refuses it. LLVM's flang 19 lacks assumed
!>   rank. Programs in older Fortran can use the compiled module: gfortran -std=f2018 -c parexact.f90, then
!>   gfortran -std=f2008 -pedantic for the program.
!> * real(c_double) is double precision, real(8) and real64 with every compiler that has this library's C ABI.
!> * parexact_map and parexact_integrate take Fortran functions as they are, pure recursive ones of one
!>   number: see "Pools, maps and jobs" for why recursive.
!> * Every procedure may be called from any number of threads at the same time, OpenMP ones included, and to
!>   the last moment of a thread and of the program.
module parexact
  use, intrinsic :: iso_c_binding, only: c_associated, c_bool, c_char, c_double, c_f_pointer, c_float, &
       c_int, c_int8_t, c_int16_t, c_int32_t, c_int64_t, c_intptr_t, c_loc, c_null_ptr, c_ptr, c_size_t, &
       c_sizeof
  use, intrinsic :: iso_fortran_env, only: compiler_version
  implicit none
  private

  ! What a program needs in order to declare arguments, so that "use parexact" is enough.
  public :: c_double, c_int, c_int32_t, c_int64_t, c_size_t, c_ptr, c_null_ptr, c_f_pointer, c_loc, c_sizeof

  ! ---------------------------------------------------------------------------- Constants and types

  ! What programs hand over in a parexact_array: the address, the type and the number of dimensions; the
  ! address of ndim integer(c_int64_t) extents; that of as many strides in bytes, which may be negative or 0,
  ! or c_null_ptr if the last dimension is contiguous and the others follow, which for a whole Fortran array
  ! means the reversed shape. parexact_view fills it in for an array of any kind and rank. By hand, for a type
  ! that Fortran does not have:
  !
  !     integer(int16), target     :: half_precision(20, 30)
  !     integer(c_int64_t), target :: extents(2)
  !     extents = [30, 20]
  !     status = parexact_sum(parexact_array(c_loc(half_precision), PAREXACT_DTYPE_F16, 2, c_loc(extents)), &
  !          total)
  !
  ! Array and extents must have the target attribute and outlive the view. Counts in parexact_stats are
  ! unsigned in C; they never exceed huge(0_c_int64_t). A parexact_state is 2 KiB without pointers, to be
  ! stored, sent and merged. An example of a distribution: parexact_distribution(PAREXACT_DIST_NORMAL,
  ! parameter=[0d0, 1d0, 0d0]).

  ! Generated by `make bindings`: constants and types.
  !> Success.
  integer(c_int32_t), parameter, public :: PAREXACT_OK = 0
  !> A required pointer is NULL.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_NULL_POINTER = 1
  !> An argument lies outside its documented range; the message names it.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_INVALID_ARGUMENT = 2
  !> A length or count, times the size of an item, exceeds what memory or the result can hold.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_SIZE_OVERFLOW = 3
  !> The system has no memory left, or not as much as the call needs.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_NO_MEMORY = 4
  !> A NaN was met under PAREXACT_NAN_RAISE.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_NAN_FOUND = 5
  !> The words are not a state of this version, or contradict each other.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_BAD_STATE = 6
  !> A callback answered something else than 0.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_CALLBACK_FAILED = 7
  !> The attached control was cancelled.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_CANCELLED = 8
  !> What was waited for did not come about within the given time.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_TIMEOUT = 9
  !> The queue is closed.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_CLOSED = 10
  !> The lock is not held by this thread.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_NOT_OWNER = 11
  !> The wait could never end.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_DEADLOCK = 12
  !> The handle was made by the parent of this forked process.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_FORKED = 13
  !> What is asked for is valid, but this version cannot do it.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_UNSUPPORTED = 14
  !> A defect of the library itself; please report it.
  integer(c_int32_t), parameter, public :: PAREXACT_ERROR_INTERNAL = 15

  !> NaN in, NaN out: the result of every operation that meets a NaN is NaN.
  integer(c_int32_t), parameter, public :: PAREXACT_NAN_PROPAGATE = 0
  !> NaNs are skipped, as if they were not there.
  integer(c_int32_t), parameter, public :: PAREXACT_NAN_OMIT = 1
  !> A NaN makes the call fail with PAREXACT_ERROR_NAN_FOUND.
  integer(c_int32_t), parameter, public :: PAREXACT_NAN_RAISE = 2

  !> IEEE 754 binary64, double.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_F64 = 0
  !> IEEE 754 binary32, float.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_F32 = 1
  !> int64_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_I64 = 2
  !> int32_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_I32 = 3
  !> int16_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_I16 = 4
  !> int8_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_I8 = 5
  !> uint64_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_U64 = 6
  !> uint32_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_U32 = 7
  !> uint16_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_U16 = 8
  !> uint8_t.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_U8 = 9
  !> One byte: 0 is false, anything else is true and counts as 1.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_BOOL = 10
  !> IEEE 754 binary16: NumPy's float16.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_F16 = 11
  !> bfloat16, the upper half of an IEEE 754 binary32.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_BF16 = 12
  !> Added to any of the others: the byte order that is not the machine's, as in the files of FITS and netCDF.
  !> No change for BOOL, I8 and U8.
  integer(c_int32_t), parameter, public :: PAREXACT_DTYPE_SWAPPED = 64

  !> Sum.
  integer(c_int32_t), parameter, public :: PAREXACT_OP_SUM = 0
  !> Arithmetic mean.
  integer(c_int32_t), parameter, public :: PAREXACT_OP_MEAN = 1
  !> Variance, with divisor count - ddof.
  integer(c_int32_t), parameter, public :: PAREXACT_OP_VAR = 2
  !> Standard deviation, with divisor count - ddof.
  integer(c_int32_t), parameter, public :: PAREXACT_OP_STD = 3
  !> Minimum, -0.0 below +0.0.
  integer(c_int32_t), parameter, public :: PAREXACT_OP_MIN = 4
  !> Maximum, +0.0 above -0.0.
  integer(c_int32_t), parameter, public :: PAREXACT_OP_MAX = 5
  !> Euclidean norm.
  integer(c_int32_t), parameter, public :: PAREXACT_OP_NORM = 6

  !> Words of a state.
  integer(c_int32_t), parameter, public :: PAREXACT_STATE_WORDS = 256
  !> The first of the words that merge by integer addition: four counters, then the digits of both sums.
  integer(c_int32_t), parameter, public :: PAREXACT_STATE_ADDITIVE_FIRST = 1
  !> How many words merge by addition.
  integer(c_int32_t), parameter, public :: PAREXACT_STATE_ADDITIVE_COUNT = 206
  !> The first of the words that merge by the maximum: the inverted key of the minimum, the key of the
  !> maximum, an error.
  integer(c_int32_t), parameter, public :: PAREXACT_STATE_MAX_FIRST = 207
  !> How many words merge by the maximum.
  integer(c_int32_t), parameter, public :: PAREXACT_STATE_MAX_COUNT = 3

  !> Counts, extremes and Σx to Σx⁴ of one variable: skewness and kurtosis.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_SHAPE = 1
  !> Counts, extremes, Σx, Σx², Σy, Σy² and Σxy of pairs: covariance, correlation, regression.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_PAIR = 2
  !> Counts, the extremes of x, Σw, Σw², Σwx and Σwx² of values x with weights w: weighted mean and variance.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_WEIGHTED = 3
  !> Words of a summary, of whatever kind.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_WORDS = 768
  !> The first of the words that merge by integer addition: nine counters, then the digits of the sums.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_ADDITIVE_FIRST = 1
  !> How many words merge by addition.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_ADDITIVE_COUNT = 760
  !> The first of the words that merge by the maximum: for x and then for y the inverted key of the minimum
  !> and the key of the maximum, an error, and two spare words.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_MAX_FIRST = 761
  !> How many words merge by the maximum.
  integer(c_int32_t), parameter, public :: PAREXACT_SUMMARY_MAX_COUNT = 7

  !> How many values, or pairs, the results are about.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_COUNT = 0
  !> How many values are NaN, or pairs have a NaN.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_NAN_COUNT = 1
  !> Σx; of weighted values Σwx.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SUM = 2
  !> Σx/n; of weighted values Σwx/Σw.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_MEAN = 3
  !> Σ(x - mean)²/(n - ddof); of weighted values (Σw·Σwx² - (Σwx)²)/(Σw·(Σw - ddof)).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_VARIANCE = 4
  !> The root of the exact variance.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_STD = 5
  !> The least x, -0.0 below +0.0.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_MIN = 6
  !> The greatest x, +0.0 above -0.0.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_MAX = 7
  !> √Σx².
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_NORM = 8
  !> m3/m2^1.5, where m_k = Σ(x - mean)^k/n.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SKEWNESS = 9
  !> m4/m2² - 3.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_KURTOSIS = 10
  !> The skewness times √(n(n-1))/(n-2).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SKEWNESS_UNBIASED = 11
  !> ((n²-1)·m4/m2² - 3(n-1)²)/((n-2)(n-3)).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_KURTOSIS_UNBIASED = 12
  !> Σy.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SUM_Y = 13
  !> Σy/n.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_MEAN_Y = 14
  !> Σ(y - mean)²/(n - ddof).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_VARIANCE_Y = 15
  !> The root of the exact variance of y.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_STD_Y = 16
  !> Σxy.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_DOT = 17
  !> Σ(x - mean)(y - mean)/(n - ddof).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_COVARIANCE = 18
  !> Pearson's coefficient: Σ(x - mean)(y - mean)/√(Σ(x - mean)²·Σ(y - mean)²).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_CORRELATION = 19
  !> The slope of the regression line of y on x: Σ(x - mean)(y - mean)/Σ(x - mean)².
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SLOPE = 20
  !> The intercept of that line: mean of y - slope·mean of x.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_INTERCEPT = 21
  !> Σw.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SUM_WEIGHTS = 22
  !> (Σw·Σwx² - (Σwx)²)/((Σw)² - Σ(w²)).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_RELIABILITY_VARIANCE = 23
  !> The root of that.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_RELIABILITY_STD = 24
  !> The least y.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_MIN_Y = 25
  !> The greatest y.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_MAX_Y = 26
  !> √Σy².
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_NORM_Y = 27
  !> The square of the correlation.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_R_SQUARED = 28
  !> √(RSS/(n-2)), where RSS is the sum of the squared residuals of the regression line.
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_RESIDUAL_STD = 29
  !> The standard error of the slope: √(RSS/(n-2)/Σ(x - mean)²).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SLOPE_STDERR = 30
  !> The standard error of the intercept: that of the slope times √(Σx²/n).
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_INTERCEPT_STDERR = 31
  !> The slope of the line through the origin: Σxy/Σx².
  integer(c_int32_t), parameter, public :: PAREXACT_RESULT_SLOPE_ORIGIN = 32

  !> Uniform in [low, high); always low if both are equal.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_UNIFORM = 0
  !> Normal: mean, sd. Always the mean if sd is 0.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_NORMAL = 1
  !> Exponential: rate.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_EXPONENTIAL = 2
  !> Lognormal: mu, sigma, the mean and standard deviation of the logarithm. sigma may be 0.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_LOGNORMAL = 3
  !> Gamma: shape, scale. Always 0 if the scale is 0.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_GAMMA = 4
  !> Beta: a, b.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_BETA = 5
  !> Chi-squared: df, degrees of freedom.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_CHI_SQUARED = 6
  !> Student's t: df.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_STUDENT_T = 7
  !> Fisher's F: df1, df2.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_FISHER_F = 8
  !> Weibull: scale, shape. Always 0 if the scale is 0.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_WEIBULL = 9
  !> Cauchy: median, scale. Always the median if the scale is 0.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_CAUCHY = 10
  !> Triangular, in [low, high]: low, high, mode. All three may be equal.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_TRIANGULAR = 11
  !> Poisson: mean, up to 2^53. Values above 2^53 are rounded to doubles.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_POISSON = 12
  !> Binomial: n, p.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_BINOMIAL = 13
  !> Geometric: p; counts trials up to and including the first success, 1, 2, …, as NumPy does.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_GEOMETRIC = 14
  !> Integers low, low + 1, … below high, all equally likely. Both bounds lie in [-2^53, 2^53], where every
  !> integer is a double.
  integer(c_int32_t), parameter, public :: PAREXACT_DIST_INTEGER = 15

  !> The largest thread count there is. Larger ones in the environment mean this one.
  integer(c_int32_t), parameter, public :: PAREXACT_MAX_THREADS = 1024

  !> Statistics of a set of numbers. Each value is the exact real result, rounded once to nearest, ties to
  !> even.
  type, bind(C), public :: parexact_stats
     !> How many values the result is about: all of them, or those that are not NaN under PAREXACT_NAN_OMIT.
     integer(c_int64_t) :: count
     !> How many NaNs there were, under any policy.
     integer(c_int64_t) :: nan_count
     !> Sum; +0.0 if exactly zero or if there are no values.
     real(c_double) :: sum
     !> Arithmetic mean; NaN if there are no values.
     real(c_double) :: mean
     !> Sum of squared deviations from the exact mean, divided by count - ddof; NaN if count <= ddof, or if
     !> there are infinities.
     real(c_double) :: variance
     !> Square root of the exact variance (not of the rounded one); NaN where the variance is.
     real(c_double) :: std
     !> Minimum, -0.0 below +0.0; NaN if there are no values.
     real(c_double) :: min
     !> Maximum, +0.0 above -0.0; NaN if there are no values.
     real(c_double) :: max
  end type parexact_stats

  !> A view of an array, as it lies in memory. The library only reads it, during the call.
  type, bind(C), public :: parexact_array
     !> The element with all indices 0, at any alignment. May be NULL if there are no elements.
     type(c_ptr) :: data = c_null_ptr
     !> One of PAREXACT_DTYPE_*, in the machine's byte order; with PAREXACT_DTYPE_SWAPPED added, in the other
     !> one.
     integer(c_int32_t) :: dtype = PAREXACT_DTYPE_F64
     !> Number of dimensions, 0 to 64; 0 is a scalar.
     integer(c_int32_t) :: ndim = 0
     !> ndim lengths, each at least 0. May be NULL if ndim is 0.
     type(c_ptr) :: shape = c_null_ptr
     !> ndim distances in bytes from one element to the next along each dimension, as in NumPy: negative,
     !> zero, or any. NULL: C-contiguous.
     type(c_ptr) :: strides = c_null_ptr
     !> Room for the shape and the strides that parexact_view finds.
     integer(c_int64_t) :: own_shape(7) = 0
     integer(c_int64_t) :: own_strides(7) = 0
  end type parexact_array

  !> Exact moments of a set of values: counts, sum, sum of squares, extremes. A state is flat, without
  !> pointers, and little-endian, so that it may be copied, stored, sent and merged anywhere. Equal sets have
  !> equal words, whatever the order or the splitting.
  type, bind(C), public :: parexact_state
     !> The words; docs/state-format.md describes them.
     integer(c_int64_t) :: words(0:255)
  end type parexact_state

  !> Exact sums of one of the kinds PAREXACT_SUMMARY_*: flat, without pointers, and little-endian, so that a
  !> summary may be copied, stored, sent and merged anywhere. Equal sets have equal words, whatever the order
  !> or the splitting.
  type, bind(C), public :: parexact_summary
     !> The words; docs/state-format.md describes them.
     integer(c_int64_t) :: words(0:767)
  end type parexact_summary

  !> A distribution and its parameters.
  type, bind(C), public :: parexact_distribution
     !> One of PAREXACT_DIST_*.
     integer(c_int32_t) :: kind = 0
     !> Must be 0.
     integer(c_int32_t) :: reserved = 0
     !> The distribution's parameters in the order given there; those it has no use for are ignored.
     real(c_double) :: parameter(3) = [0, 1, 0]
  end type parexact_distribution
  ! End of the generated constants and types.

  ! ----------------------------------------------------------------------------- Words about errors

  !> parexact_status_name(status): the name of a status, never empty.
  public :: parexact_status_name
  !> parexact_last_error(): the message of the last call of this thread that failed.
  public :: parexact_last_error
  !> parexact_version(): "major.minor.patch".
  public :: parexact_version
  !> call parexact_check(status): stops the program with that message unless the status is PAREXACT_OK.
  public :: parexact_check
  !> status = parexact_explain(text): JSON that says how many threads there are and why, and which SIMD path.
  public :: parexact_explain

  ! ----------------------------------------------------------------------- The workshop's own names

  public :: sum_my_numbers, parallel_stats

  !> total = sum_my_numbers(numbers, n): the sum of numbers(1:n). Then, to show that the memory is shared with
  !> the library, it negates element n/2 counted from 0, which is numbers(n/2 + 1). NaN if the arguments are
  !> unusable.

  !> status = parallel_stats(numbers, n, stats): all the statistics of numbers(1:n), with ddof 0.

  ! --------------------------------------------------------------------------------- Sums and norms

  !> status = parexact_sum(a, out [, mask])
  !>
  !> The exact sum of all elements, rounded once. An exact zero and the sum of nothing are +0.0.
  public :: parexact_sum
  interface parexact_sum
     module procedure sum_views
  end interface parexact_sum

  !> status = parexact_mean(a, out [, mask])
  !>
  !> The exact sum divided by the number of elements, rounded once; NaN if there are none.
  public :: parexact_mean
  interface parexact_mean
     module procedure mean_views
  end interface parexact_mean

  !> status = parexact_norm(a, out [, mask])
  !>
  !> The Euclidean (for rank 2: Frobenius) norm, the root of the exact sum of squares, rounded once; nothing
  !> overflows or underflows on the way.
  public :: parexact_norm
  interface parexact_norm
     module procedure norm_views
  end interface parexact_norm

  !> status = parexact_dot(x, y, out [, nan_policy] [, mask])
  !>
  !> The exact sum of the products of the elements of x and y, which have the same shape, rounded once; no
  !> product overflows or underflows. nan_policy, which is about factors that are NaN, is
  !> PAREXACT_NAN_PROPAGATE unless given.
  public :: parexact_dot
  interface parexact_dot
     module procedure dot_views
  end interface parexact_dot

  !> status = parexact_dot_axes(x, y, dim, out [, nan_policy] [, mask])
  !>
  !> Dot products along some dimensions of two arrays of one shape: out is what sum(x*y, dim) would be,
  !> without the array of products and rounded once.
  !>
  !> status = parexact_dot_axes(view_x, view_y, axes, out [, nan_policy])
  !>
  !> The same for a parexact_array each, over any set of axes, as parexact_reduce. Products of matrices are
  !> dot products of views with strides of 0. out must not overlap x or y.
  public :: parexact_dot_axes
  interface parexact_dot_axes
     module procedure dot_axes_of_views
  end interface parexact_dot_axes

  !> call parexact_view(a, view)
  !>
  !> Describes an array of any kind and rank, or any section of one, for what takes a parexact_array. Both a
  !> and view must have the target attribute, and a must outlive the view; so a must not be a component a%b of
  !> an array, or a pointer to that, of which gfortran gives a copy. Dimension d of an array of rank r
  !> is axis r - d of the view. The view points to itself: give it to procedures as it is, not a copy of it.
  public :: parexact_view

  public :: parexact_sum_f64, parexact_dot_f64, parexact_norm_f64

  !> status = parexact_sum_f64(x, n, total): the same for x(1:n), or for the first n elements of an array of
  !> any rank.

  !> status = parexact_dot_f64(x, y, n, product): of x(1:n) and y(1:n).

  !> status = parexact_norm_f64(x, n, length)

  ! ------------------------------------------------------------------------------------- Statistics

  !> status = parexact_describe(a, stats [, ddof] [, nan_policy] [, mask])
  !>
  !> Count, sum, mean, variance, standard deviation, least and greatest value in one pass over a, each the
  !> exact result rounded once. The variance divides by n - ddof; ddof is 0 unless given (1: the sample
  !> variance), and negative ones are refused. nan_policy is PAREXACT_NAN_PROPAGATE unless given.
  public :: parexact_describe
  interface parexact_describe
     module procedure describe_views
  end interface parexact_describe

  !> status = parexact_reduce(a, op, dim, out [, ddof] [, nan_policy] [, mask])
  !>
  !> Reduces one dimension or several, as the intrinsic sum(a, dim) does: dimensions count from 1, and out is
  !> a real(c_double) array of the shape of a without those in dim, a scalar if none is left. op is one of
  !> PAREXACT_OP_*. Each element of out is the exact result for its part of a, rounded once: just what
  !> parexact_describe or parexact_norm gives for that part.
  !>
  !>     real :: field(360, 180, 40)                        ! longitude, latitude, level
  !>     real(c_double) :: means(40)
  !>     call parexact_check(parexact_reduce(field, PAREXACT_OP_MEAN, [1, 2], means))
  !>
  !> status = parexact_reduce(view, op, axes, out [, ddof] [, nan_policy])
  !>
  !> Reduces a parexact_array over any set of its axes, which are C's: they count from 0, in the order of the
  !> view's shape, and negative ones from the end. No axes means all of them. out is of rank 1, with the last
  !> of the axes that are kept varying fastest.
  !>
  !> ddof and nan_policy are those of parexact_describe; PAREXACT_OP_SUM and PAREXACT_OP_NORM follow
  !> nan_policy too. After a failure the values in out are undefined. out must not overlap a. A section out
  !> that is not contiguous is copied.
  public :: parexact_reduce
  interface parexact_reduce
     module procedure reduce_view
  end interface parexact_reduce

  !> status = parexact_describe_axes(a, dim, stats [, ddof] [, nan_policy] [, mask])
  !>
  !> The statistics of each part that parexact_reduce has a result for, in one pass: stats, of
  !> type(parexact_stats), has the shape of a without the dimensions dim.
  !>
  !> status = parexact_describe_axes(view, mask, axes, axis_count, ddof, nan_policy, stats, n)
  !>
  !> The same for a parexact_array, its axes as for parexact_reduce, and stats(1:n). mask is a parexact_array
  !> as for parexact_state_update_axes; without it, name the arguments that follow.
  public :: parexact_describe_axes
  interface parexact_describe_axes
     procedure :: c_describe_axes
  end interface parexact_describe_axes

  ! ----------------------------------------------------------------------------------------- States
  !
  ! Statistics of values that are never in one place: pieces of a file, time steps, MPI ranks.
  !
  !     status = parexact_state_init(state)
  !     do
  !        ...                                             read the next piece
  !        status = parexact_state_update(state, piece)
  !     end do
  !     status = parexact_state_result(state, stats)
  !
  ! The result is that of one parexact_describe over all the values, to the last bit, whatever the pieces
  ! were. Across MPI ranks, the modules parexact_mpi (for "use mpi") and parexact_mpi_f08 (for "use mpi_f08")
  ! have parexact_allreduce. Without them, MPI can add and compare the words as integers,
  !
  !     associate (first => PAREXACT_STATE_ADDITIVE_FIRST, n => PAREXACT_STATE_ADDITIVE_COUNT)
  !        call MPI_Allreduce(mine%words(first), everything%words(first), n, MPI_INTEGER8, MPI_SUM, &
  !             MPI_COMM_WORLD, ierror)
  !     end associate
  !     associate (first => PAREXACT_STATE_MAX_FIRST, n => PAREXACT_STATE_MAX_COUNT)
  !        call MPI_Allreduce(mine%words(first), everything%words(first), n, MPI_INTEGER8, MPI_MAX, &
  !             MPI_COMM_WORLD, ierror)
  !     end associate
  !
  ! where everything has been through parexact_state_init.

  public :: parexact_state_word_count, parexact_state_init, parexact_state_merge, parexact_state_norm
  public :: parexact_state_fingerprint, parexact_mpi_merge

  !> words = parexact_state_word_count(): PAREXACT_STATE_WORDS of the library that is running.
  !> (parexact_state_words in C; Fortran cannot tell that name from the constant's.)

  !> status = parexact_state_init(state): the state of no values. Every state begins with this.

  !> status = parexact_state_merge(into, from): into becomes the state of the values of both.

  !> status = parexact_state_norm(state, length): the Euclidean norm of the values.

  !> status = parexact_state_fingerprint(state, hash): 128 bits that are equal for equal states, for logs and
  !> tests.

  !> A user function for MPI_Op_create of "use mpi", commutative: inout(i) = in(i) merged with inout(i), for
  !> len states. The datatype must be MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INTEGER8), and counts are
  !> counts of states: with words instead the program crashes. MPI_Op_create of "use mpi_f08" asks for another
  !> interface and does not take this function. parexact_mpi_pair, in the modules named above, gives the
  !> operation and the datatype of either. The function cannot return a status: if a state could not be
  !> merged, parexact_state_result answers PAREXACT_ERROR_BAD_STATE.

  !> status = parexact_state_update(s, a [, mask]): adds the elements of a.
  public :: parexact_state_update
  interface parexact_state_update
     module procedure state_update_views
  end interface parexact_state_update

  !> status = parexact_state_result(s, stats [, ddof] [, nan_policy]): as parexact_describe.
  public :: parexact_state_result

  ! Many states at once, by all threads in force: one for each point of a grid, for instance, whose fields
  ! come one by one.
  !
  !     type(parexact_state) :: states(1000)
  !     status = parexact_states_init(states, size(states, kind=c_size_t))
  !     do
  !        ...                                             read the next field(1000, 500)
  !        status = parexact_state_update_axes(states, field, 2)
  !     end do
  !     status = parexact_state_results(states, size(states, kind=c_size_t), stats)
  !
  ! A call that refuses an argument or a state leaves all states as they were. After PAREXACT_ERROR_CANCELLED,
  ! _FORKED and _INTERNAL all of them answer PAREXACT_ERROR_BAD_STATE until parexact_states_init makes them
  ! anew.

  public :: parexact_states_init, parexact_states_merge, parexact_state_results

  !> status = parexact_states_init(states, n): states(1:n) are states of no values.

  !> status = parexact_states_merge(into, from, n): into(i) becomes the state of the values of into(i) and
  !> from(i).

  !> status = parexact_state_results(states, n, stats [, ddof] [, nan_policy]): stats(i) as
  !> parexact_state_result.

  !> status = parexact_state_update_axes(states, a, dim [, mask])
  !>
  !> Adds the elements of an array along one dimension or several: states has the shape of a without the
  !> dimensions dim, and each state gets its part of a.
  !>
  !> status = parexact_state_update_axes(states, view, axes [, mask])
  !>
  !> Adds the elements of a parexact_array along any set of its axes, as parexact_reduce; mask is a
  !> parexact_array of logicals or integers: parexact_view makes one of a logical array. states must not
  !> overlap a or mask.
  public :: parexact_state_update_axes
  interface parexact_state_update_axes
     module procedure state_update_axes_of_view
  end interface parexact_state_update_axes

  ! -------------------------------------------------------------------------------------- Summaries
  !
  ! What a state is, for other sums: skewness and kurtosis (PAREXACT_SUMMARY_SHAPE, of x), covariance,
  ! correlation and regression (PAREXACT_SUMMARY_PAIR, of x and y), weighted mean and variance
  ! (PAREXACT_SUMMARY_WEIGHTED, of x with weights y).
  !
  !     type(parexact_summary) :: summary
  !     status = parexact_summary_init(summary, PAREXACT_SUMMARY_PAIR)
  !     do
  !        ...                                             read the next x and y
  !        status = parexact_summary_update(summary, x, y)
  !     end do
  !     status = parexact_summary_result(summary, PAREXACT_RESULT_CORRELATION, r)
  !
  ! A parexact_summary is 6 KiB without pointers, to be stored, sent and merged; its words merge as those of a
  ! state, with PAREXACT_SUMMARY_ADDITIVE_FIRST and the other constants of that name.

  public :: parexact_summary_word_count, parexact_summary_init, parexact_summary_merge
  public :: parexact_summary_fingerprint, parexact_summary_mpi_merge

  !> words = parexact_summary_word_count(): PAREXACT_SUMMARY_WORDS of the library that is running.
  !> (parexact_summary_words in C; Fortran cannot tell that name from the constant's.)

  !> status = parexact_summary_init(summary, kind): the summary of no values. Every summary begins with this.

  !> status = parexact_summary_merge(into, from): into becomes the summary of the values of both, which are of
  !> one kind.

  !> status = parexact_summary_fingerprint(summary, hash): as parexact_state_fingerprint.

  !> parexact_summary_mpi_merge: a user function as parexact_mpi_merge. Its datatype is
  !> MPI_Type_contiguous(PAREXACT_SUMMARY_WORDS, MPI_INTEGER8).

  !> status = parexact_summary_update(s, x [, y] [, mask])
  !>
  !> Adds the elements of arrays of one shape. y is left out of a SHAPE, and given for the other kinds.
  !> Without y, mask is given by its name.
  public :: parexact_summary_update
  interface parexact_summary_update
     module procedure summary_update_views
  end interface parexact_summary_update

  !> status = parexact_summary_result(s, result, out [, ddof] [, nan_policy])
  !>
  !> One of PAREXACT_RESULT_*, which the kind of the summary must have, rounded once. ddof and nan_policy are
  !> those of parexact_describe.
  public :: parexact_summary_result

  !> status = parexact_summary_results(s, results, result_count, out [, ddof] [, nan_policy])
  !>
  !> Several results: out(i) is that of results(i), i = 1, ..., result_count.
  public :: parexact_summary_results

  !> status = parexact_summarize(kind, result, x, dim, out [, y] [, mask] [, ddof] [, nan_policy])
  !>
  !> A result along one dimension or several, without keeping summaries: out has the shape of x without the
  !> dimensions dim. kind is one of PAREXACT_SUMMARY_*, or 0 for the results of a state.
  !>
  !>     status = parexact_summarize(PAREXACT_SUMMARY_WEIGHTED, PAREXACT_RESULT_MEAN, field, 2, means, &
  !>          weights)
  !>
  !> status = parexact_summarize(kind, result, view, axes, out [, y] [, mask] [, ddof] [, nan_policy])
  !>
  !> The same for x, y and mask that are a parexact_array each, over any set of axes, as parexact_reduce. out
  !> must not overlap them.
  public :: parexact_summarize
  interface parexact_summarize
     module procedure summarize_view
  end interface parexact_summarize

  ! --------------------------------------------------------------------------------- Random numbers
  !
  ! Value i of (distribution, seed, stream) never depends on who draws it. Ranks draw parts of one stream by
  ! offset:
  !
  !     d = parexact_distribution(PAREXACT_DIST_NORMAL, parameter=[0d0, 1d0, 0d0])
  !     status = parexact_random_fill(d, seed, stream, offset, x)
  !
  ! Seeds, streams and offsets are any 64 bits; C takes negative ones for unsigned.

  public :: my_statistics, parexact_random_state

  !> status = my_statistics(n, seed, stats): draws n standard normals and reduces them; none is stored.

  !> status = parexact_random_fill(d, seed, stream, offset, x [, n])
  !>
  !> Fills x, a real(c_double) array of any rank, in the order of its elements, with the samples from number
  !> offset on; or only its first n elements. A section that is not contiguous is copied.
  public :: parexact_random_fill

  !> status = parexact_random_state(d, seed, stream, offset, n, state): draws the samples and adds them to a
  !> state; none is stored.

  ! ---------------------------------------------------------------------------------------- Threads
  !
  ! By default as many as PAREXACT_NUM_THREADS, RAYON_NUM_THREADS or OMP_NUM_THREADS says, else as many as the
  ! process has processors: the least of what the machine, its control group and the batch system leave to it.
  ! The number of threads changes the speed and never the result.
  !
  ! omp_set_num_threads changes nothing here: the library is not linked with an OpenMP runtime, of which a
  ! program may have several, and its threads are those of its own pool. A program that wants the same number
  ! says so:
  !
  !     status = parexact_set_num_threads(int(omp_get_max_threads(), c_size_t))
  !
  ! Calls from inside a parallel region share the pool, which never has more threads than that number; to keep
  ! each call on the thread that makes it, let that thread call parexact_set_num_threads_local(1_c_size_t).

  public :: parexact_set_num_threads, parexact_get_num_threads
  public :: parexact_set_num_threads_local, parexact_get_num_threads_local

  !> status = parexact_set_num_threads(n): for the whole process, at most PAREXACT_MAX_THREADS; 0 goes back to
  !> the default.

  !> n = parexact_get_num_threads(): the number in force for the process.

  !> previous = parexact_set_num_threads_local(n): for the calls of this thread alone; 0 means none of its
  !> own.

  !> n = parexact_get_num_threads_local(): what a call from this thread would use.

  ! ---------------------------------------------------------------------- Progress and cancellation
  !
  ! A control is a handle, type(c_ptr). Attached to a thread, it governs the calls of that thread: another
  ! thread, or a signal handler, can watch them and cancel them, and a cancelled call answers
  ! PAREXACT_ERROR_CANCELLED. c_null_ptr is harmless.

  public :: parexact_control_new, parexact_control_attach, parexact_control_cancel, parexact_control_progress
  public :: parexact_control_reset, parexact_control_free

  !> status = parexact_control_new(control): to be released by parexact_control_free.

  !> previous = parexact_control_attach(control): to this thread; c_null_ptr detaches.

  !> call parexact_control_cancel(control): from any thread or signal handler.

  !> call parexact_control_progress(control, done, total): how much of the running call is done.

  !> call parexact_control_reset(control): not cancelled any more, and no progress.

  !> call parexact_control_free(control): a thread to which it is still attached keeps it alive.

  ! --------------------------------------------------------------------------- Pools, maps and jobs
  !
  ! Pools, jobs, locks and queues are handles, type(c_ptr), which begin as c_null_ptr. Where a pool is asked
  ! for, c_null_ptr means the library's own. Procedures that are handed over run on any thread, several at
  ! once: they must not change what they share, unless a lock is around it; local variables with an initial
  ! value, being saved, are shared. Procedures of a module are best: one that is internal to a procedure needs
  ! an executable stack, and that procedure to be active.
  !
  ! Declare them recursive, or compile them with -frecursive or -fopenmp. Otherwise gfortran keeps large local
  ! arrays in static memory, which all threads share, and results are silently wrong; and -fcheck=recursion
  ! stops the program. The library's threads have stacks of 2 MiB: let arrays of more than some 100 KiB be
  ! allocatable.

  !> A real function of a real number, for parexact_map and parexact_integrate.
  abstract interface
     pure recursive function parexact_function(x) result(y)
       import :: c_double
       real(c_double), intent(in) :: x
       real(c_double) :: y
     end function parexact_function
  end interface
  public :: parexact_function

  !> What C calls back. Each answers 0, or anything else if it failed. c_f_pointer makes variables of the
  !> addresses.
  !>
  !> One result from one item; an address is c_null_ptr if the size is 0 and there is no array.

  !> Anything to be done in the background.

  !> A block of function values: y(i) from x(i), i = 1, ..., count.

  public :: parexact_pool_new, parexact_pool_free

  !> status = parexact_pool_new(workers, pool): at most PAREXACT_MAX_THREADS, and no more than the system
  !> grants; 0 means parexact_get_num_threads().

  !> call parexact_pool_free(pool): waits for its maps and jobs, and for what they give the pool meanwhile,
  !> and ends its workers.

  !> status = parexact_map(pool, f, x, y [, chunk_size])
  !>
  !> y(i) = f(x(i)) for all i, in parallel. f is a pure recursive function of one argument, as
  !> parexact_function; x and y are arrays of one shape and of its kinds, but not one array: real(4), real(8),
  !> integer(1), (2), (4) or (8), the same for both, or real(8) for y (sections that are not contiguous are
  !> copied). chunk_size, a c_size_t, is how many items stay with one thread; 0, which it is unless given,
  !> leaves that to the library.
  !>
  !> status = parexact_map(pool, fn, user_data, items, item_size, results, result_size, count, chunk_size)
  !>
  !> The same for items and results of any type, in arrays of rank 1, of which the sizes in bytes are given:
  !> c_sizeof(items(1)), or 0 for an array that is not looked at. fn is a parexact_map_fn; if one answers
  !> other than 0, the map answers PAREXACT_ERROR_CALLBACK_FAILED. items and results must not be one array: to
  !> change an array in place, let it be the results, give 0 for item_size, and read the result before writing
  !> it. After a failure results are unspecified.
  public :: parexact_map
  interface parexact_map
     procedure :: c_map
  end interface parexact_map

  public :: parexact_map_async, parexact_submit, parexact_job_wait, parexact_job_free

  !> status = parexact_map_async(pool, fn, user_data, items, item_size, results, result_size, count,
  !> chunk_size, job)
  !>
  !> The map in the background. items and results are addresses, c_loc of arrays with the target attribute,
  !> since those must stay where they are until the job is done; before that nobody else may touch them.

  !> status = parexact_submit(pool, task, user_data, job): runs the task, a parexact_task_fn, in the
  !> background.

  !> status = parexact_job_wait(job, timeout_seconds): what came of the job, as often as asked. Below 0 the
  !> wait has no end; PAREXACT_ERROR_TIMEOUT if it was not done in time.

  !> call parexact_job_free(job): the handle; the job is done all the same.

  ! ------------------------------------------------------------------------------- Locks and queues

  public :: parexact_lock_new, parexact_lock_acquire, parexact_lock_release, parexact_lock_free

  !> status = parexact_lock_new(lock): held by nobody.

  !> status = parexact_lock_acquire(lock, timeout_seconds): for the calling thread. PAREXACT_ERROR_DEADLOCK if
  !> it has it already, or if its holder waits for the calling thread or has ended.

  !> status = parexact_lock_release(lock)

  !> call parexact_lock_free(lock)

  public :: parexact_queue_new, parexact_queue_put, parexact_queue_get, parexact_queue_length, &
       parexact_queue_close
  public :: parexact_queue_free

  !> status = parexact_queue_new(capacity, item_size, queue): first in, first out; of any number of items if
  !> capacity is 0, each of item_size bytes.

  !> status = parexact_queue_put(queue, item, timeout_seconds): a copy of the item, a scalar of any type; what
  !> is more is best put into a derived type. PAREXACT_ERROR_CLOSED if the queue is.

  !> status = parexact_queue_get(queue, timeout_seconds, item): PAREXACT_ERROR_CLOSED if it is closed and
  !> empty.

  !> n = parexact_queue_length(queue): items in the queue at the moment.

  !> status = parexact_queue_close(queue): nothing more can be put; what is inside can be got.

  !> call parexact_queue_free(queue): closes it; what is inside is lost.

  ! -------------------------------------------------------------------------------------- Integrals

  public :: parexact_pi
  !> status = parexact_pi(n, value): the integral of 4/(1+x**2) from 0 to 1 by the midpoint rule with n
  !> points, 1 to 2**52.

  !> status = parexact_integrate(f, a, b, n, out)
  !>
  !> The integral of f, a parexact_function, from a to b by the midpoint rule with n points, an
  !> integer(c_int64_t) from 1 to 2**52, in parallel. The values are summed exactly: the same bits on any
  !> number of threads.
  !>
  !> status = parexact_integrate(f, user_data, a, b, n, integral)
  !>
  !> The same for a parexact_block_fn, which gets blocks of 1024 points, the last one perhaps fewer, and may
  !> fail.
  public :: parexact_integrate
  interface parexact_integrate
     module procedure integrate_function
     procedure :: c_integrate
  end interface parexact_integrate

  !> A Fortran function, for a callback's user_data to point to.
  type :: function_holder
     procedure(parexact_function), pointer, nopass :: f => null()
  end type function_holder

  !> What parexact_view gives as the number of dimensions of an array that it cannot describe.
  integer(c_int32_t), parameter :: NO_VIEW = -huge(0_c_int32_t)

  character(*), parameter :: NO_SHAPE = ' has more than 7 dimensions, or its last extent is not known'

  !> Is this a gfortran of before 12, for get_shape?
  logical, parameter :: OLD_GFORTRAN = index(compiler_version(), 'GCC version 10.') > 0 &
       .or. index(compiler_version(), 'GCC version 11.') > 0

  !> The most dimensions that arrays may have.
  integer(c_int32_t), parameter :: MAX_RANK = 7

  ! ---------------------------------------------------------------------- Interfaces of C functions
  !
  ! As the header has them. A function for which this module has a procedure or a generic name is bound as
  ! c_...; the others are called directly.

  ! Generated by `make bindings`: interfaces.
  abstract interface
     function parexact_map_fn(item, result, user_data) bind(C) result(answer)
       import
       type(c_ptr), value :: item
       type(c_ptr), value :: result
       type(c_ptr), value :: user_data
       integer(c_int32_t) :: answer
     end function parexact_map_fn

     function parexact_task_fn(user_data) bind(C) result(answer)
       import
       type(c_ptr), value :: user_data
       integer(c_int32_t) :: answer
     end function parexact_task_fn

     function parexact_block_fn(x, y, count, user_data) bind(C) result(answer)
       import
       real(c_double), intent(in) :: x(*)
       real(c_double), intent(inout) :: y(*)
       integer(c_size_t), value :: count
       type(c_ptr), value :: user_data
       integer(c_int32_t) :: answer
     end function parexact_block_fn
  end interface
  public :: parexact_map_fn, parexact_task_fn, parexact_block_fn

  interface
     function c_status_name(status) bind(C, name="parexact_status_name") result(answer)
       import
       integer(c_int32_t), value :: status
       type(c_ptr) :: answer
     end function c_status_name

     function c_last_error() bind(C, name="parexact_last_error") result(answer)
       import
       type(c_ptr) :: answer
     end function c_last_error

     function parexact_set_last_error(status, message) bind(C, name="parexact_set_last_error") &
          result(answer)
       import
       integer(c_int32_t), value :: status
       type(c_ptr), value :: message
       integer(c_int32_t) :: answer
     end function parexact_set_last_error

     function c_version() bind(C, name="parexact_version") result(answer)
       import
       type(c_ptr) :: answer
     end function c_version

     function c_explain(buffer, capacity, needed) bind(C, name="parexact_explain") result(answer)
       import
       type(c_ptr), value :: buffer
       integer(c_size_t), value :: capacity
       integer(c_size_t), intent(inout) :: needed
       integer(c_int32_t) :: answer
     end function c_explain

     function sum_my_numbers(numbers, n) bind(C, name="sum_my_numbers") result(answer)
       import
       real(c_double), intent(inout) :: numbers(*)
       integer(c_size_t), value :: n
       real(c_double) :: answer
     end function sum_my_numbers

     function parallel_stats(numbers, n, out) bind(C, name="parallel_stats") result(answer)
       import
       real(c_double), intent(in) :: numbers(*)
       integer(c_size_t), value :: n
       type(parexact_stats), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parallel_stats

     function my_statistics(n, seed, out) bind(C, name="my_statistics") result(answer)
       import
       integer(c_int64_t), value :: n
       integer(c_int64_t), value :: seed
       type(parexact_stats), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function my_statistics

     function parexact_sum_f64(x, n, out) bind(C, name="parexact_sum_f64") result(answer)
       import
       real(c_double), intent(in) :: x(*)
       integer(c_size_t), value :: n
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_sum_f64

     function parexact_norm_f64(x, n, out) bind(C, name="parexact_norm_f64") result(answer)
       import
       real(c_double), intent(in) :: x(*)
       integer(c_size_t), value :: n
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_norm_f64

     function parexact_dot_f64(x, y, n, out) bind(C, name="parexact_dot_f64") result(answer)
       import
       real(c_double), intent(in) :: x(*)
       real(c_double), intent(in) :: y(*)
       integer(c_size_t), value :: n
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_dot_f64

     function c_sum(a, out) bind(C, name="parexact_sum") result(answer)
       import
       type(parexact_array), intent(in) :: a
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function c_sum

     function c_dot(x, y, out) bind(C, name="parexact_dot") result(answer)
       import
       type(parexact_array), intent(in) :: x
       type(parexact_array), intent(in) :: y
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function c_dot

     function c_dot_axes(x, y, axes, axis_count, nan_policy, out, out_len) bind(C, name="parexact_dot_axes") &
          result(answer)
       import
       type(parexact_array), intent(in) :: x
       type(parexact_array), intent(in) :: y
       integer(c_int32_t), intent(in) :: axes(*)
       integer(c_int32_t), value :: axis_count
       integer(c_int32_t), value :: nan_policy
       real(c_double), intent(inout) :: out(*)
       integer(c_size_t), value :: out_len
       integer(c_int32_t) :: answer
     end function c_dot_axes

     function c_norm(a, out) bind(C, name="parexact_norm") result(answer)
       import
       type(parexact_array), intent(in) :: a
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function c_norm

     function c_describe(a, ddof, nan_policy, out) bind(C, name="parexact_describe") result(answer)
       import
       type(parexact_array), intent(in) :: a
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       type(parexact_stats), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function c_describe

     function c_reduce(a, op, axes, axis_count, ddof, nan_policy, out, out_len) bind(C, &
          name="parexact_reduce") result(answer)
       import
       type(parexact_array), intent(in) :: a
       integer(c_int32_t), value :: op
       integer(c_int32_t), intent(in) :: axes(*)
       integer(c_int32_t), value :: axis_count
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       real(c_double), intent(inout) :: out(*)
       integer(c_size_t), value :: out_len
       integer(c_int32_t) :: answer
     end function c_reduce

     function c_describe_axes(a, mask, axes, axis_count, ddof, nan_policy, out, out_len) bind(C, &
          name="parexact_describe_axes") result(answer)
       import
       type(parexact_array), intent(in) :: a
       type(parexact_array), intent(in), optional :: mask
       integer(c_int32_t), intent(in) :: axes(*)
       integer(c_int32_t), value :: axis_count
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       type(parexact_stats), intent(inout) :: out(*)
       integer(c_size_t), value :: out_len
       integer(c_int32_t) :: answer
     end function c_describe_axes

     function parexact_state_word_count() bind(C, name="parexact_state_words") result(answer)
       import
       integer(c_size_t) :: answer
     end function parexact_state_word_count

     function parexact_state_init(s) bind(C, name="parexact_state_init") result(answer)
       import
       type(parexact_state), intent(inout) :: s
       integer(c_int32_t) :: answer
     end function parexact_state_init

     function c_state_update(s, a) bind(C, name="parexact_state_update") result(answer)
       import
       type(parexact_state), intent(inout) :: s
       type(parexact_array), intent(in) :: a
       integer(c_int32_t) :: answer
     end function c_state_update

     function parexact_state_merge(into, from) bind(C, name="parexact_state_merge") result(answer)
       import
       type(parexact_state), intent(inout) :: into
       type(parexact_state), intent(in) :: from
       integer(c_int32_t) :: answer
     end function parexact_state_merge

     function c_state_result(s, ddof, nan_policy, out) bind(C, name="parexact_state_result") result(answer)
       import
       type(parexact_state), intent(in) :: s
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       type(parexact_stats), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function c_state_result

     function parexact_state_norm(s, out) bind(C, name="parexact_state_norm") result(answer)
       import
       type(parexact_state), intent(in) :: s
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_state_norm

     function parexact_state_fingerprint(s, out) bind(C, name="parexact_state_fingerprint") result(answer)
       import
       type(parexact_state), intent(in) :: s
       integer(c_int64_t), intent(inout) :: out(2)
       integer(c_int32_t) :: answer
     end function parexact_state_fingerprint

     subroutine parexact_mpi_merge(in, inout, len, datatype) bind(C, name="parexact_mpi_merge")
       import
       type(parexact_state), intent(in) :: in(*)
       type(parexact_state), intent(inout) :: inout(*)
       integer(c_int), intent(in) :: len
       integer(c_int), intent(in) :: datatype
     end subroutine parexact_mpi_merge

     function parexact_states_init(states, state_count) bind(C, name="parexact_states_init") result(answer)
       import
       type(parexact_state), intent(inout) :: states(*)
       integer(c_size_t), value :: state_count
       integer(c_int32_t) :: answer
     end function parexact_states_init

     function parexact_states_merge(into, from, state_count) bind(C, name="parexact_states_merge") &
          result(answer)
       import
       type(parexact_state), intent(inout) :: into(*)
       type(parexact_state), intent(in) :: from(*)
       integer(c_size_t), value :: state_count
       integer(c_int32_t) :: answer
     end function parexact_states_merge

     function c_state_update_axes(states, state_count, a, mask, axes, axis_count) bind(C, &
          name="parexact_state_update_axes") result(answer)
       import
       type(parexact_state), intent(inout) :: states(*)
       integer(c_size_t), value :: state_count
       type(parexact_array), intent(in) :: a
       type(parexact_array), intent(in), optional :: mask
       integer(c_int32_t), intent(in) :: axes(*)
       integer(c_int32_t), value :: axis_count
       integer(c_int32_t) :: answer
     end function c_state_update_axes

     function c_state_results(states, state_count, ddof, nan_policy, out) bind(C, &
          name="parexact_state_results") result(answer)
       import
       type(parexact_state), intent(in) :: states(*)
       integer(c_size_t), value :: state_count
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       type(parexact_stats), intent(inout) :: out(*)
       integer(c_int32_t) :: answer
     end function c_state_results

     function parexact_summary_word_count() bind(C, name="parexact_summary_words") result(answer)
       import
       integer(c_size_t) :: answer
     end function parexact_summary_word_count

     function parexact_summary_init(s, kind) bind(C, name="parexact_summary_init") result(answer)
       import
       type(parexact_summary), intent(inout) :: s
       integer(c_int32_t), value :: kind
       integer(c_int32_t) :: answer
     end function parexact_summary_init

     function c_summary_update(s, x, y, mask) bind(C, name="parexact_summary_update") result(answer)
       import
       type(parexact_summary), intent(inout) :: s
       type(parexact_array), intent(in) :: x
       type(parexact_array), intent(in), optional :: y
       type(parexact_array), intent(in), optional :: mask
       integer(c_int32_t) :: answer
     end function c_summary_update

     function parexact_summary_merge(into, from) bind(C, name="parexact_summary_merge") result(answer)
       import
       type(parexact_summary), intent(inout) :: into
       type(parexact_summary), intent(in) :: from
       integer(c_int32_t) :: answer
     end function parexact_summary_merge

     function c_summary_result(s, result, ddof, nan_policy, out) bind(C, name="parexact_summary_result") &
          result(answer)
       import
       type(parexact_summary), intent(in) :: s
       integer(c_int32_t), value :: result
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function c_summary_result

     function c_summary_results(s, results, result_count, ddof, nan_policy, out) bind(C, &
          name="parexact_summary_results") result(answer)
       import
       type(parexact_summary), intent(in) :: s
       integer(c_int32_t), intent(in) :: results(*)
       integer(c_size_t), value :: result_count
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       real(c_double), intent(inout) :: out(*)
       integer(c_int32_t) :: answer
     end function c_summary_results

     function parexact_summary_fingerprint(s, out) bind(C, name="parexact_summary_fingerprint") &
          result(answer)
       import
       type(parexact_summary), intent(in) :: s
       integer(c_int64_t), intent(inout) :: out(2)
       integer(c_int32_t) :: answer
     end function parexact_summary_fingerprint

     subroutine parexact_summary_mpi_merge(in, inout, len, datatype) bind(C, &
          name="parexact_summary_mpi_merge")
       import
       type(parexact_summary), intent(in) :: in(*)
       type(parexact_summary), intent(inout) :: inout(*)
       integer(c_int), intent(in) :: len
       integer(c_int), intent(in) :: datatype
     end subroutine parexact_summary_mpi_merge

     function c_summarize(kind, result, x, y, mask, axes, axis_count, ddof, nan_policy, out, out_len) &
          bind(C, name="parexact_summarize") result(answer)
       import
       integer(c_int32_t), value :: kind
       integer(c_int32_t), value :: result
       type(parexact_array), intent(in) :: x
       type(parexact_array), intent(in), optional :: y
       type(parexact_array), intent(in), optional :: mask
       integer(c_int32_t), intent(in) :: axes(*)
       integer(c_int32_t), value :: axis_count
       integer(c_int64_t), value :: ddof
       integer(c_int32_t), value :: nan_policy
       real(c_double), intent(inout) :: out(*)
       integer(c_size_t), value :: out_len
       integer(c_int32_t) :: answer
     end function c_summarize

     function c_random_fill(d, seed, stream, offset, out, n) bind(C, name="parexact_random_fill") &
          result(answer)
       import
       type(parexact_distribution), intent(in) :: d
       integer(c_int64_t), value :: seed
       integer(c_int64_t), value :: stream
       integer(c_int64_t), value :: offset
       real(c_double), intent(inout) :: out(*)
       integer(c_size_t), value :: n
       integer(c_int32_t) :: answer
     end function c_random_fill

     function parexact_random_state(d, seed, stream, offset, n, s) bind(C, name="parexact_random_state") &
          result(answer)
       import
       type(parexact_distribution), intent(in) :: d
       integer(c_int64_t), value :: seed
       integer(c_int64_t), value :: stream
       integer(c_int64_t), value :: offset
       integer(c_int64_t), value :: n
       type(parexact_state), intent(inout) :: s
       integer(c_int32_t) :: answer
     end function parexact_random_state

     function parexact_set_num_threads(n) bind(C, name="parexact_set_num_threads") result(answer)
       import
       integer(c_size_t), value :: n
       integer(c_int32_t) :: answer
     end function parexact_set_num_threads

     function parexact_get_num_threads() bind(C, name="parexact_get_num_threads") result(answer)
       import
       integer(c_size_t) :: answer
     end function parexact_get_num_threads

     function parexact_set_num_threads_local(n) bind(C, name="parexact_set_num_threads_local") &
          result(answer)
       import
       integer(c_size_t), value :: n
       integer(c_size_t) :: answer
     end function parexact_set_num_threads_local

     function parexact_get_num_threads_local() bind(C, name="parexact_get_num_threads_local") result(answer)
       import
       integer(c_size_t) :: answer
     end function parexact_get_num_threads_local

     function parexact_pool_new(workers, out) bind(C, name="parexact_pool_new") result(answer)
       import
       integer(c_size_t), value :: workers
       type(c_ptr), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_pool_new

     subroutine parexact_pool_free(pool) bind(C, name="parexact_pool_free")
       import
       type(c_ptr), value :: pool
     end subroutine parexact_pool_free

     function c_map(pool, fn, user_data, items, item_size, results, result_size, count, chunk_size) bind(C, &
          name="parexact_map") result(answer)
       import
       type(c_ptr), value :: pool
       procedure(parexact_map_fn) :: fn
       type(c_ptr), value :: user_data
       type(*), intent(in) :: items(*)
       integer(c_size_t), value :: item_size
       type(*), intent(inout) :: results(*)
       integer(c_size_t), value :: result_size
       integer(c_size_t), value :: count
       integer(c_size_t), value :: chunk_size
       integer(c_int32_t) :: answer
     end function c_map

     function parexact_map_async(pool, fn, user_data, items, item_size, results, result_size, count, &
          chunk_size, out) bind(C, name="parexact_map_async") result(answer)
       import
       type(c_ptr), value :: pool
       procedure(parexact_map_fn) :: fn
       type(c_ptr), value :: user_data
       type(c_ptr), value :: items
       integer(c_size_t), value :: item_size
       type(c_ptr), value :: results
       integer(c_size_t), value :: result_size
       integer(c_size_t), value :: count
       integer(c_size_t), value :: chunk_size
       type(c_ptr), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_map_async

     function parexact_submit(pool, task, user_data, out) bind(C, name="parexact_submit") result(answer)
       import
       type(c_ptr), value :: pool
       procedure(parexact_task_fn) :: task
       type(c_ptr), value :: user_data
       type(c_ptr), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_submit

     function parexact_job_wait(job, timeout_seconds) bind(C, name="parexact_job_wait") result(answer)
       import
       type(c_ptr), value :: job
       real(c_double), value :: timeout_seconds
       integer(c_int32_t) :: answer
     end function parexact_job_wait

     subroutine parexact_job_free(job) bind(C, name="parexact_job_free")
       import
       type(c_ptr), value :: job
     end subroutine parexact_job_free

     function parexact_lock_new(out) bind(C, name="parexact_lock_new") result(answer)
       import
       type(c_ptr), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_lock_new

     function parexact_lock_acquire(lock, timeout_seconds) bind(C, name="parexact_lock_acquire") &
          result(answer)
       import
       type(c_ptr), value :: lock
       real(c_double), value :: timeout_seconds
       integer(c_int32_t) :: answer
     end function parexact_lock_acquire

     function parexact_lock_release(lock) bind(C, name="parexact_lock_release") result(answer)
       import
       type(c_ptr), value :: lock
       integer(c_int32_t) :: answer
     end function parexact_lock_release

     subroutine parexact_lock_free(lock) bind(C, name="parexact_lock_free")
       import
       type(c_ptr), value :: lock
     end subroutine parexact_lock_free

     function parexact_queue_new(capacity, item_size, out) bind(C, name="parexact_queue_new") result(answer)
       import
       integer(c_size_t), value :: capacity
       integer(c_size_t), value :: item_size
       type(c_ptr), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_queue_new

     function parexact_queue_put(queue, item, timeout_seconds) bind(C, name="parexact_queue_put") &
          result(answer)
       import
       type(c_ptr), value :: queue
       type(*), intent(in) :: item
       real(c_double), value :: timeout_seconds
       integer(c_int32_t) :: answer
     end function parexact_queue_put

     function parexact_queue_get(queue, timeout_seconds, item) bind(C, name="parexact_queue_get") &
          result(answer)
       import
       type(c_ptr), value :: queue
       real(c_double), value :: timeout_seconds
       type(*), intent(inout) :: item
       integer(c_int32_t) :: answer
     end function parexact_queue_get

     function parexact_queue_length(queue) bind(C, name="parexact_queue_length") result(answer)
       import
       type(c_ptr), value :: queue
       integer(c_size_t) :: answer
     end function parexact_queue_length

     function parexact_queue_close(queue) bind(C, name="parexact_queue_close") result(answer)
       import
       type(c_ptr), value :: queue
       integer(c_int32_t) :: answer
     end function parexact_queue_close

     subroutine parexact_queue_free(queue) bind(C, name="parexact_queue_free")
       import
       type(c_ptr), value :: queue
     end subroutine parexact_queue_free

     function parexact_control_new(out) bind(C, name="parexact_control_new") result(answer)
       import
       type(c_ptr), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_control_new

     function parexact_control_attach(control) bind(C, name="parexact_control_attach") result(answer)
       import
       type(c_ptr), value :: control
       type(c_ptr) :: answer
     end function parexact_control_attach

     subroutine parexact_control_cancel(control) bind(C, name="parexact_control_cancel")
       import
       type(c_ptr), value :: control
     end subroutine parexact_control_cancel

     subroutine parexact_control_progress(control, done, total) bind(C, name="parexact_control_progress")
       import
       type(c_ptr), value :: control
       integer(c_int64_t), intent(inout) :: done
       integer(c_int64_t), intent(inout) :: total
     end subroutine parexact_control_progress

     subroutine parexact_control_reset(control) bind(C, name="parexact_control_reset")
       import
       type(c_ptr), value :: control
     end subroutine parexact_control_reset

     subroutine parexact_control_free(control) bind(C, name="parexact_control_free")
       import
       type(c_ptr), value :: control
     end subroutine parexact_control_free

     function parexact_pi(n, out) bind(C, name="parexact_pi") result(answer)
       import
       integer(c_int64_t), value :: n
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function parexact_pi

     function c_integrate(f, user_data, a, b, n, out) bind(C, name="parexact_integrate") result(answer)
       import
       procedure(parexact_block_fn) :: f
       type(c_ptr), value :: user_data
       real(c_double), value :: a
       real(c_double), value :: b
       integer(c_int64_t), value :: n
       real(c_double), intent(inout) :: out
       integer(c_int32_t) :: answer
     end function c_integrate
  end interface
  ! End of the generated interfaces.

  ! The same functions as specifications of lengths need them.
  interface
     pure function status_name(status) bind(C, name="parexact_status_name") result(text)
       import :: c_int32_t, c_ptr
       integer(c_int32_t), value :: status
       type(c_ptr) :: text
     end function status_name

     pure function last_error() bind(C, name="parexact_last_error") result(text)
       import :: c_ptr
       type(c_ptr) :: text
     end function last_error

     pure function version() bind(C, name="parexact_version") result(text)
       import :: c_ptr
       type(c_ptr) :: text
     end function version

     pure function length_of(text) bind(C, name="strlen") result(length)
       import :: c_ptr, c_size_t
       type(c_ptr), value :: text
       integer(c_size_t) :: length
     end function length_of
  end interface

  ! ----------------------------------------------------- Generic names: a procedure for each kind
  !
  ! Generated by `make bindings`: generic names.
  interface parexact_view
     module procedure view_real32, view_real64, view_int8, view_int16, view_int32, view_int64, &
          view_logical, view_bool
  end interface parexact_view

  interface parexact_sum
     module procedure sum_real32, sum_real64, sum_int8, sum_int16, sum_int32, sum_int64, sum_logical, &
          sum_bool
  end interface parexact_sum

  interface parexact_mean
     module procedure mean_real32, mean_real64, mean_int8, mean_int16, mean_int32, mean_int64, &
          mean_logical, mean_bool
  end interface parexact_mean

  interface parexact_norm
     module procedure norm_real32, norm_real64, norm_int8, norm_int16, norm_int32, norm_int64, &
          norm_logical, norm_bool
  end interface parexact_norm

  interface parexact_dot
     module procedure dot_real32, dot_real64, dot_int8, dot_int16, dot_int32, dot_int64, dot_logical, &
          dot_bool, dot_real32_real64, dot_real64_real32
  end interface parexact_dot

  interface parexact_dot_axes
     module procedure dot_axes_real32, dot_axes_real64, dot_axes_int8, dot_axes_int16, dot_axes_int32, &
          dot_axes_int64, dot_axes_logical, dot_axes_bool, dot_axes_real32_real64, dot_axes_real64_real32
  end interface parexact_dot_axes

  interface parexact_describe
     module procedure describe_real32, describe_real64, describe_int8, describe_int16, describe_int32, &
          describe_int64, describe_logical, describe_bool
  end interface parexact_describe

  interface parexact_describe_axes
     module procedure describe_axes_real32, describe_axes_real64, describe_axes_int8, describe_axes_int16, &
          describe_axes_int32, describe_axes_int64, describe_axes_logical, describe_axes_bool
  end interface parexact_describe_axes

  interface parexact_reduce
     module procedure reduce_real32, reduce_real64, reduce_int8, reduce_int16, reduce_int32, reduce_int64, &
          reduce_logical, reduce_bool
  end interface parexact_reduce

  interface parexact_state_update
     module procedure state_update_real32, state_update_real64, state_update_int8, state_update_int16, &
          state_update_int32, state_update_int64, state_update_logical, state_update_bool
  end interface parexact_state_update

  interface parexact_state_update_axes
     module procedure state_update_axes_real32, state_update_axes_real64, state_update_axes_int8, &
          state_update_axes_int16, state_update_axes_int32, state_update_axes_int64, &
          state_update_axes_logical, state_update_axes_bool
  end interface parexact_state_update_axes

  interface parexact_summary_update
     module procedure summary_update_real32, summary_update_real64, summary_update_int8, &
          summary_update_int16, summary_update_int32, summary_update_int64, summary_update_logical, &
          summary_update_bool, summary_update_real32_real64, summary_update_real64_real32
  end interface parexact_summary_update

  interface parexact_summarize
     module procedure summarize_real32, summarize_real64, summarize_int8, summarize_int16, &
          summarize_int32, summarize_int64, summarize_logical, summarize_bool, summarize_real32_real64, &
          summarize_real64_real32
  end interface parexact_summarize

  interface parexact_map
     module procedure map_real32_real32, map_real64_real64, map_int8_int8, map_int16_int16, &
          map_int32_int32, map_int64_int64, map_real32_real64, map_int8_real64, map_int16_real64, &
          map_int32_real64, map_int64_real64
  end interface parexact_map

  abstract interface
     pure recursive function function_real32_real32(x) result(y)
       import :: c_float
       real(c_float), intent(in) :: x
       real(c_float) :: y
     end function function_real32_real32
     pure recursive function function_int8_int8(x) result(y)
       import :: c_int8_t
       integer(c_int8_t), intent(in) :: x
       integer(c_int8_t) :: y
     end function function_int8_int8
     pure recursive function function_int16_int16(x) result(y)
       import :: c_int16_t
       integer(c_int16_t), intent(in) :: x
       integer(c_int16_t) :: y
     end function function_int16_int16
     pure recursive function function_int32_int32(x) result(y)
       import :: c_int32_t
       integer(c_int32_t), intent(in) :: x
       integer(c_int32_t) :: y
     end function function_int32_int32
     pure recursive function function_int64_int64(x) result(y)
       import :: c_int64_t
       integer(c_int64_t), intent(in) :: x
       integer(c_int64_t) :: y
     end function function_int64_int64
     pure recursive function function_real32_real64(x) result(y)
       import :: c_double, c_float
       real(c_float), intent(in) :: x
       real(c_double) :: y
     end function function_real32_real64
     pure recursive function function_int8_real64(x) result(y)
       import :: c_double, c_int8_t
       integer(c_int8_t), intent(in) :: x
       real(c_double) :: y
     end function function_int8_real64
     pure recursive function function_int16_real64(x) result(y)
       import :: c_double, c_int16_t
       integer(c_int16_t), intent(in) :: x
       real(c_double) :: y
     end function function_int16_real64
     pure recursive function function_int32_real64(x) result(y)
       import :: c_double, c_int32_t
       integer(c_int32_t), intent(in) :: x
       real(c_double) :: y
     end function function_int32_real64
     pure recursive function function_int64_real64(x) result(y)
       import :: c_double, c_int64_t
       integer(c_int64_t), intent(in) :: x
       real(c_double) :: y
     end function function_int64_real64
  end interface

  type :: holder_real32_real32
     procedure(function_real32_real32), pointer, nopass :: f => null()
  end type holder_real32_real32

  type :: holder_int8_int8
     procedure(function_int8_int8), pointer, nopass :: f => null()
  end type holder_int8_int8

  type :: holder_int16_int16
     procedure(function_int16_int16), pointer, nopass :: f => null()
  end type holder_int16_int16

  type :: holder_int32_int32
     procedure(function_int32_int32), pointer, nopass :: f => null()
  end type holder_int32_int32

  type :: holder_int64_int64
     procedure(function_int64_int64), pointer, nopass :: f => null()
  end type holder_int64_int64

  type :: holder_real32_real64
     procedure(function_real32_real64), pointer, nopass :: f => null()
  end type holder_real32_real64

  type :: holder_int8_real64
     procedure(function_int8_real64), pointer, nopass :: f => null()
  end type holder_int8_real64

  type :: holder_int16_real64
     procedure(function_int16_real64), pointer, nopass :: f => null()
  end type holder_int16_real64

  type :: holder_int32_real64
     procedure(function_int32_real64), pointer, nopass :: f => null()
  end type holder_int32_real64

  type :: holder_int64_real64
     procedure(function_int64_real64), pointer, nopass :: f => null()
  end type holder_int64_real64
  ! End of the generated generic names.

contains

  ! ----------------------------------------------------------------------------- Words about errors

  ! The results that are words have explicit lengths: gfortran keeps deferred ones in static memory, which
  ! threads share.

  recursive function parexact_status_name(status) result(name)
    integer(c_int32_t), intent(in) :: status
    character(length_of(status_name(status))) :: name
    call copy(status_name(status), name)
  end function parexact_status_name

  recursive function parexact_last_error() result(message)
    character(length_of(last_error())) :: message
    call copy(last_error(), message)
  end function parexact_last_error

  recursive function parexact_version() result(text)
    character(length_of(version())) :: text
    call copy(version(), text)
  end function parexact_version

  recursive subroutine parexact_check(status)
    integer(c_int32_t), intent(in) :: status
    character(:), allocatable :: message
    if (status == PAREXACT_OK) return
    ! By way of a variable: gfortran 12 crashes on a function in the stop code itself.
    message = 'parexact: ' // parexact_status_name(status) // ': ' // parexact_last_error()
    error stop message
  end subroutine parexact_check

  recursive function parexact_explain(text) result(status)
    character(:), allocatable, intent(inout) :: text
    integer(c_int32_t) :: status
    character(kind=c_char), allocatable, target :: buffer(:)
    type(c_ptr) :: address
    integer(c_size_t) :: needed

    needed = 0
    status = c_explain(c_null_ptr, 0_c_size_t, needed)
    if (status /= PAREXACT_OK) return
    allocate (buffer(needed))
    address = c_loc(buffer) ! gfortran takes a length of c_loc(buffer) itself for that of the next argument
    status = c_explain(address, needed, needed)
    if (status /= PAREXACT_OK) return
    text = repeat(' ', int(needed) - 1)
    call copy(address, text)
  end function parexact_explain

  !> Copies the characters of a C string of this length.
  recursive subroutine copy(from, to)
    type(c_ptr), intent(in) :: from
    character(*), intent(inout) :: to
    character(kind=c_char), pointer :: characters(:)
    integer :: i
    call c_f_pointer(from, characters, [len(to)])
    do i = 1, len(to)
       to(i:i) = characters(i)
    end do
  end subroutine copy

  ! ------------------------------------------------------------------- Generic names: views of arrays
  !
  ! Each of these is called by a procedure of parexact_procedures.inc for every kind of array, with its views.
  ! Those that programs call with their own views are the ones named in the interfaces above.

  recursive function sum_views(a, out, mask) result(status)
    type(parexact_array), intent(in) :: a
    real(c_double), intent(inout) :: out
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    if (is_no_view(a, 'a', status)) return
    if (present(mask)) then
       status = masked(PAREXACT_RESULT_SUM, a, out, mask)
    else
       status = c_sum(a, out)
    end if
  end function sum_views

  recursive function mean_views(a, out, mask) result(status)
    type(parexact_array), intent(in) :: a
    real(c_double), intent(inout) :: out
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    if (is_no_view(a, 'a', status)) return
    status = masked(PAREXACT_RESULT_MEAN, a, out, mask)
  end function mean_views

  recursive function norm_views(a, out, mask) result(status)
    type(parexact_array), intent(in) :: a
    real(c_double), intent(inout) :: out
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    if (is_no_view(a, 'a', status)) return
    if (present(mask)) then
       status = masked(PAREXACT_RESULT_NORM, a, out, mask)
    else
       status = c_norm(a, out)
    end if
  end function norm_views

  !> A result of all elements that a mask selects.
  recursive function masked(result, a, out, mask) result(status)
    integer(c_int32_t), intent(in) :: result
    type(parexact_array), intent(in) :: a
    real(c_double), intent(inout) :: out
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    real(c_double) :: results(1)
    status = c_summarize(0_c_int32_t, result, a, mask=mask, axes=[integer(c_int32_t) ::], &
         axis_count=0_c_int32_t, ddof=0_c_int64_t, nan_policy=PAREXACT_NAN_PROPAGATE, out=results, &
         out_len=1_c_size_t)
    if (status == PAREXACT_OK) out = results(1)
  end function masked

  recursive function dot_views(x, y, out, nan_policy, mask) result(status)
    type(parexact_array), intent(in) :: x, y
    real(c_double), intent(inout) :: out
    integer(c_int32_t), intent(in), optional :: nan_policy
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    real(c_double) :: results(1)
    if (is_no_view(x, 'x', status)) return
    if (is_no_view(y, 'y', status)) return
    if (.not. present(nan_policy) .and. .not. present(mask)) then
       status = c_dot(x, y, out)
       return
    end if
    status = dots(x, y, [integer(c_int32_t) ::], results, nan_policy, mask)
    if (status == PAREXACT_OK) out = results(1)
  end function dot_views

  !> Dot products along axes of views.
  recursive function dots(x, y, axes, out, nan_policy, mask) result(status)
    type(parexact_array), intent(in) :: x, y
    integer(c_int32_t), intent(in) :: axes(:)
    real(c_double), intent(inout), contiguous :: out(:)
    integer(c_int32_t), intent(in), optional :: nan_policy
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    associate (n => size(axes, kind=c_int32_t), policy => policy_or_default(nan_policy), &
         results => size(out, kind=c_size_t))
       if (present(mask)) then
          status = c_summarize(PAREXACT_SUMMARY_PAIR, PAREXACT_RESULT_DOT, x, y, mask, axes, n, &
               0_c_int64_t, policy, out, results)
       else
          status = c_dot_axes(x, y, axes, n, policy, out, results)
       end if
    end associate
  end function dots

  recursive function dot_axes_views(x, y, dim, out, nan_policy, mask) result(status)
    type(parexact_array), intent(in) :: x, y
    class(*), intent(in) :: dim(..)
    real(c_double), intent(inout), target, contiguous :: out(..)
    integer(c_int32_t), intent(in), optional :: nan_policy
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    integer(c_int32_t), allocatable :: axes(:)
    integer(c_size_t) :: count
    real(c_double), pointer :: results(:)
    if (is_no_view(y, 'y', status)) return
    status = axes_of(dim, x, 'x', out, 'out', axes, count)
    if (status /= PAREXACT_OK) return
    call c_f_pointer(c_loc(out), results, [count])
    status = dots(x, y, axes, results, nan_policy, mask)
  end function dot_axes_views

  recursive function dot_axes_of_views(x, y, axes, out, nan_policy) result(status)
    type(parexact_array), intent(in) :: x, y
    integer(c_int32_t), intent(in) :: axes(:)
    real(c_double), intent(inout), contiguous :: out(:)
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    if (is_no_view(x, 'x', status)) return
    if (is_no_view(y, 'y', status)) return
    status = dots(x, y, axes, out, nan_policy)
  end function dot_axes_of_views

  recursive function describe_views(a, stats, ddof, nan_policy, mask) result(status)
    type(parexact_array), intent(in) :: a
    type(parexact_stats), intent(inout) :: stats
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    integer(c_int64_t) :: divisor
    type(parexact_stats) :: all_stats(1)
    if (is_no_view(a, 'a', status)) return
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    if (present(mask)) then
       status = c_describe_axes(a, mask, [integer(c_int32_t) ::], 0_c_int32_t, divisor, &
            policy_or_default(nan_policy), all_stats, 1_c_size_t)
       if (status == PAREXACT_OK) stats = all_stats(1)
    else
       status = c_describe(a, divisor, policy_or_default(nan_policy), stats)
    end if
  end function describe_views

  recursive function describe_axes_views(a, dim, stats, ddof, nan_policy, mask) result(status)
    type(parexact_array), intent(in) :: a
    class(*), intent(in) :: dim(..)
    type(parexact_stats), intent(inout), target, contiguous :: stats(..)
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    integer(c_int32_t), allocatable :: axes(:)
    integer(c_int64_t) :: divisor
    integer(c_size_t) :: count
    type(parexact_stats), pointer :: results(:)
    status = axes_of(dim, a, 'a', stats, 'stats', axes, count)
    if (status /= PAREXACT_OK) return
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    call c_f_pointer(c_loc(stats), results, [count])
    status = c_describe_axes(a, mask, axes, size(axes, kind=c_int32_t), divisor, &
         policy_or_default(nan_policy), results, size(results, kind=c_size_t))
  end function describe_axes_views

  recursive function reduce_views(a, op, dim, out, ddof, nan_policy, mask) result(status)
    type(parexact_array), intent(in) :: a
    integer(c_int32_t), intent(in) :: op
    class(*), intent(in) :: dim(..)
    real(c_double), intent(inout), target, contiguous :: out(..)
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    integer(c_int32_t), allocatable :: axes(:)
    integer(c_int64_t) :: divisor
    integer(c_size_t) :: count
    real(c_double), pointer :: results(:)
    status = axes_of(dim, a, 'a', out, 'out', axes, count)
    if (status /= PAREXACT_OK) return
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    call c_f_pointer(c_loc(out), results, [count])
    associate (n => size(axes, kind=c_int32_t), policy => policy_or_default(nan_policy))
       if (present(mask) .and. op >= PAREXACT_OP_SUM .and. op <= PAREXACT_OP_NORM) then
          ! The results of a state have the order of the operations.
          status = c_summarize(0_c_int32_t, PAREXACT_RESULT_SUM + op - PAREXACT_OP_SUM, a, mask=mask, &
               axes=axes, axis_count=n, ddof=divisor, nan_policy=policy, out=results, &
               out_len=size(results, kind=c_size_t))
       else
          status = c_reduce(a, op, axes, n, divisor, policy, results, size(results, kind=c_size_t))
       end if
    end associate
  end function reduce_views

  recursive function reduce_view(a, op, axes, out, ddof, nan_policy) result(status)
    type(parexact_array), intent(in) :: a
    integer(c_int32_t), intent(in) :: op
    integer(c_int32_t), intent(in) :: axes(:)
    real(c_double), intent(inout), contiguous :: out(:)
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    integer(c_int64_t) :: divisor
    if (is_no_view(a, 'a', status)) return
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    status = c_reduce(a, op, axes, size(axes, kind=c_int32_t), divisor, policy_or_default(nan_policy), out, &
         size(out, kind=c_size_t))
  end function reduce_view

  recursive function state_update_views(s, a, mask) result(status)
    type(parexact_state), intent(inout) :: s
    type(parexact_array), intent(in) :: a
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    type(parexact_state) :: states(1)
    if (is_no_view(a, 'a', status)) return
    if (present(mask)) then
       states(1) = s
       status = c_state_update_axes(states, 1_c_size_t, a, mask, [integer(c_int32_t) ::], 0_c_int32_t)
       s = states(1)
    else
       status = c_state_update(s, a)
    end if
  end function state_update_views

  recursive function state_update_axes_views(states, a, dim, mask) result(status)
    type(parexact_state), intent(inout), target, contiguous :: states(..)
    type(parexact_array), intent(in) :: a
    class(*), intent(in) :: dim(..)
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    integer(c_int32_t), allocatable :: axes(:)
    integer(c_size_t) :: count
    type(parexact_state), pointer :: list(:)
    status = axes_of(dim, a, 'a', states, 'states', axes, count)
    if (status /= PAREXACT_OK) return
    call c_f_pointer(c_loc(states), list, [count])
    status = c_state_update_axes(list, size(list, kind=c_size_t), a, mask, axes, size(axes, kind=c_int32_t))
  end function state_update_axes_views

  recursive function state_update_axes_of_view(states, a, axes, mask) result(status)
    type(parexact_state), intent(inout), contiguous :: states(:)
    type(parexact_array), intent(in) :: a
    integer(c_int32_t), intent(in) :: axes(:)
    type(parexact_array), intent(in), optional :: mask
    integer(c_int32_t) :: status
    if (is_no_view(a, 'a', status)) return
    status = c_state_update_axes(states, size(states, kind=c_size_t), a, mask, axes, &
         size(axes, kind=c_int32_t))
  end function state_update_axes_of_view

  recursive function parexact_state_result(s, stats, ddof, nan_policy) result(status)
    type(parexact_state), intent(in) :: s
    type(parexact_stats), intent(inout) :: stats
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    integer(c_int64_t) :: divisor
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    status = c_state_result(s, divisor, policy_or_default(nan_policy), stats)
  end function parexact_state_result

  recursive function parexact_state_results(states, state_count, stats, ddof, nan_policy) result(status)
    type(parexact_state), intent(in) :: states(*)
    integer(c_size_t), intent(in) :: state_count
    type(parexact_stats), intent(inout) :: stats(*)
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    integer(c_int64_t) :: divisor
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    status = c_state_results(states, state_count, divisor, policy_or_default(nan_policy), stats)
  end function parexact_state_results

  recursive function summary_update_views(s, x, y, mask) result(status)
    type(parexact_summary), intent(inout) :: s
    type(parexact_array), intent(in) :: x
    type(parexact_array), intent(in), optional :: y, mask
    integer(c_int32_t) :: status
    if (is_no_view(x, 'x', status)) return
    status = c_summary_update(s, x, y, mask)
  end function summary_update_views

  recursive function parexact_summary_result(s, result, out, ddof, nan_policy) result(status)
    type(parexact_summary), intent(in) :: s
    integer(c_int32_t), intent(in) :: result
    real(c_double), intent(inout) :: out
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    integer(c_int64_t) :: divisor
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    status = c_summary_result(s, result, divisor, policy_or_default(nan_policy), out)
  end function parexact_summary_result

  recursive function parexact_summary_results(s, results, result_count, out, ddof, nan_policy) result(status)
    type(parexact_summary), intent(in) :: s
    integer(c_int32_t), intent(in) :: results(*)
    integer(c_size_t), intent(in) :: result_count
    real(c_double), intent(inout) :: out(*)
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    integer(c_int64_t) :: divisor
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    status = c_summary_results(s, results, result_count, divisor, policy_or_default(nan_policy), out)
  end function parexact_summary_results

  recursive function summarize_views(kind, result, x, dim, out, y, mask, ddof, nan_policy) result(status)
    integer(c_int32_t), intent(in) :: kind, result
    type(parexact_array), intent(in) :: x
    class(*), intent(in) :: dim(..)
    real(c_double), intent(inout), target, contiguous :: out(..)
    type(parexact_array), intent(in), optional :: y, mask
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    integer(c_int32_t), allocatable :: axes(:)
    integer(c_size_t) :: count
    real(c_double), pointer :: results(:)
    status = axes_of(dim, x, 'x', out, 'out', axes, count)
    if (status /= PAREXACT_OK) return
    call c_f_pointer(c_loc(out), results, [count])
    status = summarize_view(kind, result, x, axes, results, y, mask, ddof, nan_policy)
  end function summarize_views

  recursive function summarize_view(kind, result, x, axes, out, y, mask, ddof, nan_policy) result(status)
    integer(c_int32_t), intent(in) :: kind, result
    type(parexact_array), intent(in) :: x
    integer(c_int32_t), intent(in) :: axes(:)
    real(c_double), intent(inout), contiguous :: out(:)
    type(parexact_array), intent(in), optional :: y, mask
    class(*), intent(in), optional :: ddof
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: status
    integer(c_int64_t) :: divisor
    if (is_no_view(x, 'x', status)) return
    if (is_no_integer(ddof, 'ddof', divisor, status)) return
    status = c_summarize(kind, result, x, y, mask, axes, size(axes, kind=c_int32_t), divisor, &
         policy_or_default(nan_policy), out, size(out, kind=c_size_t))
  end function summarize_view

  recursive function parexact_random_fill(d, seed, stream, offset, x, n) result(status)
    type(parexact_distribution), intent(in) :: d
    integer(c_int64_t), intent(in) :: seed, stream, offset
    real(c_double), intent(inout), target, contiguous :: x(..)
    integer(c_size_t), intent(in), optional :: n
    integer(c_int32_t) :: status
    real(c_double), pointer :: samples(:)
    integer(c_int32_t) :: ndim
    integer(c_int64_t) :: extents(MAX_RANK)
    integer(c_size_t) :: wanted
    call get_shape(x, ndim, extents)
    if (ndim == NO_VIEW .and. .not. present(n)) then
       status = refuse('x' // NO_SHAPE)
       return
    end if
    wanted = 0
    if (ndim /= NO_VIEW) wanted = product(extents(:ndim))
    if (present(n)) then
       if (ndim /= NO_VIEW .and. n > wanted) then
          status = refuse('n is ' // text(int(n, c_int64_t)) // ', but x has ' // &
               text(int(wanted, c_int64_t)) // ' elements')
          return
       end if
       wanted = n
    end if
    call c_f_pointer(c_loc(x), samples, [wanted])
    status = c_random_fill(d, seed, stream, offset, samples, wanted)
  end function parexact_random_fill

  ! ------------------------------------------------------------------- What the procedures above share

  !> Makes a view without data yet of an array: Fortran's last dimension is C's first. True if that is all, as
  !> there are no elements, or as there can be no view.
  recursive function is_without_elements(a, dtype, view) result(answer)
    type(*), intent(in), target :: a(..)
    integer(c_int32_t), intent(in) :: dtype
    type(parexact_array), intent(inout), target :: view
    logical :: answer
    integer(c_int64_t) :: extents(MAX_RANK)
    view%data = c_null_ptr
    view%dtype = dtype
    call get_shape(a, view%ndim, extents)
    answer = view%ndim == NO_VIEW
    if (answer) return
    view%own_shape(:view%ndim) = extents(view%ndim:1:-1)
    view%own_strides = 0 ! right where there are no two elements
    view%shape = c_loc(view%own_shape)
    view%strides = c_loc(view%own_strides)
    answer = any(extents(:view%ndim) == 0)
  end function is_without_elements

  !> The number of dimensions of an array, NO_VIEW if they are too many or the last extent is not known, and
  !> the extents.
  !>
  !> The upper bound of an extent that is not known is -1. With gfortran the results of expressions without
  !> elements have that, too, but not behind the interface to C. There gfortran 11 changes the bounds of the
  !> caller's array, so with that compiler such an expression is refused.
  recursive subroutine get_shape(a, ndim, extents)
    type(*), intent(in), target :: a(..)
    integer(c_int32_t), intent(out) :: ndim
    integer(c_int64_t), intent(out) :: extents(MAX_RANK)
    integer :: d
    ndim = rank(a)
    extents = 0
    if (ndim > MAX_RANK) then
       ndim = NO_VIEW
       return
    end if
    if (c_associated(c_loc(a)) .and. .not. OLD_GFORTRAN) then
       call get_bounds(a, extents)
    else
       do d = 1, ndim
          extents(d) = ubound(a, d, c_int64_t)
       end do
       ! Without an address there are no elements.
       if (.not. c_associated(c_loc(a))) extents = max(extents, 0_c_int64_t)
    end if
    if (any(extents < 0)) ndim = NO_VIEW
  end subroutine get_shape

  !> The upper bounds of an array, whose lower bounds are 1 behind the interface to C.
  recursive subroutine get_bounds(a, bounds) bind(C, name="")
    type(*), intent(in) :: a(..)
    integer(c_int64_t), intent(inout) :: bounds(*)
    integer :: d
    do d = 1, rank(a)
       bounds(d) = ubound(a, d, c_int64_t)
    end do
  end subroutine get_bounds

  !> Notes the address of the second element along a dimension.
  recursive subroutine set_stride(view, dim, second)
    type(parexact_array), intent(inout) :: view
    integer, intent(in) :: dim
    type(c_ptr), intent(in) :: second
    view%own_strides(view%ndim - dim + 1) = transfer(second, 0_c_intptr_t) - transfer(view%data, 0_c_intptr_t)
  end subroutine set_stride

  !> Refuses such a view of the argument `name`.
  recursive function is_no_view(view, name, status) result(refused)
    type(parexact_array), intent(in) :: view
    character(*), intent(in) :: name
    integer(c_int32_t), intent(out) :: status
    logical :: refused
    refused = view%ndim == NO_VIEW
    status = PAREXACT_OK
    if (refused) status = refuse(name // NO_SHAPE)
  end function is_no_view

  !> Refuses a mask that has not the shape of the array that it belongs to; a scalar is made to fit.
  recursive function is_misfit(mask, view, status) result(refused)
    type(parexact_array), intent(inout), target :: mask
    type(parexact_array), intent(in) :: view
    integer(c_int32_t), intent(out) :: status
    logical :: refused
    refused = is_no_view(mask, 'mask', status)
    if (refused .or. view%ndim == NO_VIEW) return
    if (mask%ndim == 0) then
       mask%ndim = view%ndim
       mask%own_shape = view%own_shape
       return
    end if
    refused = mask%ndim /= view%ndim
    if (.not. refused) refused = any(mask%own_shape(:mask%ndim) /= view%own_shape(:mask%ndim))
    if (refused) status = refuse('mask has the shape ' // shape_text(mask%own_shape(mask%ndim:1:-1)) // &
         '; it must be a scalar or have ' // shape_text(view%own_shape(view%ndim:1:-1)) // &
         ', the shape of the array')
  end function is_misfit

  !> The axes of a view that the dimensions dim are of the argument `name`, if the shape of the results, the
  !> argument `results_name`, is the shape that is left; and how many results there are. Neither the library
  !> nor its messages know dimensions, so what is wrong with them is told here.
  recursive function axes_of(dim, view, name, results, results_name, axes, count) result(status)
    class(*), intent(in) :: dim(..)
    type(parexact_array), intent(in) :: view
    character(*), intent(in) :: name, results_name
    type(*), intent(in), target :: results(..)
    integer(c_int32_t), allocatable, intent(out) :: axes(:)
    integer(c_size_t), intent(out) :: count
    integer(c_int32_t) :: status
    logical :: reduced(MAX_RANK)
    integer(c_int64_t) :: d, first, found(MAX_RANK)
    integer(c_int32_t) :: i, found_rank
    count = 0
    if (is_no_view(view, name, status)) return
    call get_shape(results, found_rank, found)
    if (found_rank == NO_VIEW) then
       status = refuse(results_name // NO_SHAPE)
       return
    end if
    reduced = .false.
    select rank (dim)
    rank (0)
       if (is_no_integer(dim, 'dim', d, status)) return
       status = mark(d, 'dim')
    rank (1)
       if (size(dim, kind=c_int64_t) == 0) then
          reduced = .true. ! as in C: all of them
       else
          first = lbound(dim, 1, c_int64_t) ! 0 for gfortran's results of expressions
          do i = 1, size(dim, kind=c_int32_t)
             if (is_no_integer(dim(first + i - 1), 'dim', d, status)) return
             status = mark(d, 'dim(' // text(int(i, c_int64_t)) // ')')
             if (status /= PAREXACT_OK) return
          end do
       end if
    rank default
       status = refuse('dim must be an integer or an array of rank 1')
    end select
    if (status /= PAREXACT_OK) return
    associate (shape_of_array => view%own_shape(view%ndim:1:-1))
       associate (left => pack(shape_of_array, .not. reduced(:view%ndim)))
          if (size(left) == found_rank) then
             if (all(left == found(:found_rank))) then
                axes = pack([(view%ndim - i, i=1, view%ndim)], reduced(:view%ndim))
                count = product(left)
                return
             end if
          end if
          status = refuse(results_name // ' has the shape ' // shape_text(found(:found_rank)) // &
               '; it must have ' // shape_text(left) // ', the shape of ' // name // &
               ' without the dimensions that are reduced')
       end associate
    end associate

  contains

    recursive function mark(d, place) result(status)
      integer(c_int64_t), intent(in) :: d
      character(*), intent(in) :: place
      integer(c_int32_t) :: status
      status = PAREXACT_OK
      if (d < 1 .or. d > view%ndim) then
         if (view%ndim == 0) then
            status = refuse(place // ' is ' // text(d) // ', but ' // name // ' is a scalar')
         else
            status = refuse(place // ' is ' // text(d) // '; it must be 1 to ' // &
                 text(int(view%ndim, c_int64_t)))
         end if
      else if (reduced(d)) then
         status = refuse('dim has ' // text(d) // ' more than once')
      else
         reduced(d) = .true.
      end if
    end function mark

  end function axes_of

  !> Have x and y, of `count` elements, different shapes?
  recursive function differ(x, y, count, status) result(refused)
    type(*), intent(in), target :: x(..), y(..)
    integer(c_size_t), intent(out) :: count
    integer(c_int32_t), intent(out) :: status
    logical :: refused
    integer(c_int32_t) :: rank_of_x, rank_of_y
    integer(c_int64_t) :: shape_of_x(MAX_RANK), shape_of_y(MAX_RANK)
    call get_shape(x, rank_of_x, shape_of_x)
    call get_shape(y, rank_of_y, shape_of_y)
    count = 0
    status = PAREXACT_OK
    refused = rank_of_x == NO_VIEW .or. rank_of_y == NO_VIEW
    if (refused) then
       status = refuse(merge('x', 'y', rank_of_x == NO_VIEW) // NO_SHAPE)
       return
    end if
    refused = rank_of_x /= rank_of_y .or. any(shape_of_x /= shape_of_y)
    if (refused) status = refuse('x and y must have the same shape, and have ' // &
         shape_text(shape_of_x(:rank_of_x)) // ' and ' // shape_text(shape_of_y(:rank_of_y)))
    if (.not. refused) count = product(shape_of_x(:rank_of_x))
  end function differ

  !> The value of an argument that is an integer of any kind, 0 if it is absent; anything else is refused.
  recursive function is_no_integer(argument, name, value, status) result(refused)
    class(*), intent(in), optional :: argument
    character(*), intent(in) :: name
    integer(c_int64_t), intent(out) :: value
    integer(c_int32_t), intent(out) :: status
    logical :: refused
    value = 0
    refused = .false.
    status = PAREXACT_OK
    if (.not. present(argument)) return
    select type (argument)
    type is (integer(c_int8_t))
       value = int(argument, c_int64_t)
    type is (integer(c_int16_t))
       value = int(argument, c_int64_t)
    type is (integer(c_int32_t))
       value = int(argument, c_int64_t)
    type is (integer(c_int64_t))
       value = argument
    class default
       refused = .true.
       status = refuse(name // ' must be an integer of kind 1, 2, 4 or 8')
    end select
  end function is_no_integer

  !> Refuses arguments for the library, in these words.
  recursive function refuse(message) result(status)
    character(*), intent(in) :: message
    integer(c_int32_t) :: status
    character(kind=c_char), target :: characters(len(message) + 1)
    integer :: i
    do i = 1, len(message)
       characters(i) = message(i:i)
    end do
    characters(len(message) + 1) = achar(0, c_char)
    status = parexact_set_last_error(PAREXACT_ERROR_INVALID_ARGUMENT, c_loc(characters))
  end function refuse

  !> A number in words of a message.
  recursive function text(number)
    integer(c_int64_t), intent(in) :: number
    character(digit_count(number)) :: text
    write (text, '(i0)') number
  end function text

  !> The length of such a number.
  pure recursive function digit_count(number)
    integer(c_int64_t), intent(in) :: number
    integer :: digit_count
    integer(c_int64_t) :: rest
    digit_count = merge(2, 1, number < 0)
    rest = number / 10
    do while (rest /= 0)
       digit_count = digit_count + 1
       rest = rest / 10
    end do
  end function digit_count

  !> A shape in words of a message: (3, 5), or () for a scalar.
  recursive function shape_text(extents) result(words)
    integer(c_int64_t), intent(in) :: extents(:)
    character(shape_length(extents)) :: words
    integer :: i, place
    words(1:1) = '('
    place = 2
    do i = 1, size(extents)
       if (i > 1) then
          words(place:place + 1) = ', '
          place = place + 2
       end if
       write (words(place:place + digit_count(extents(i)) - 1), '(i0)') extents(i)
       place = place + digit_count(extents(i))
    end do
    words(place:) = ')'
  end function shape_text

  !> The length of such a shape.
  pure recursive function shape_length(extents) result(length)
    integer(c_int64_t), intent(in) :: extents(:)
    integer :: length, i
    length = 2 + 2 * max(0, size(extents) - 1)
    do i = 1, size(extents)
       length = length + digit_count(extents(i))
    end do
  end function shape_length

  recursive function policy_or_default(nan_policy) result(value)
    integer(c_int32_t), intent(in), optional :: nan_policy
    integer(c_int32_t) :: value
    value = PAREXACT_NAN_PROPAGATE
    if (present(nan_policy)) value = nan_policy
  end function policy_or_default

  recursive function size_or_0(argument) result(value)
    integer(c_size_t), intent(in), optional :: argument
    integer(c_size_t) :: value
    value = 0
    if (present(argument)) value = argument
  end function size_or_0

  ! ----------------------------------------------------------------- Fortran functions as callbacks

  recursive function integrate_function(f, a, b, n, out) result(status)
    procedure(parexact_function) :: f
    real(c_double), intent(in) :: a, b
    integer(c_int64_t), intent(in) :: n
    real(c_double), intent(inout) :: out
    integer(c_int32_t) :: status
    type(function_holder), target :: holder
    holder%f => f
    status = c_integrate(call_for_block, c_loc(holder), a, b, n, out)
  end function integrate_function

  recursive function call_for_block(x, y, count, user_data) bind(C, name="") result(answer)
    real(c_double), intent(in) :: x(*)
    real(c_double), intent(inout) :: y(*)
    integer(c_size_t), value :: count
    type(c_ptr), value :: user_data
    integer(c_int32_t) :: answer
    type(function_holder), pointer :: holder
    integer(c_size_t) :: i
    call c_f_pointer(user_data, holder)
    do i = 1, count
       y(i) = holder%f(x(i))
    end do
    answer = 0
  end function call_for_block

  include 'parexact_procedures.inc'

end module parexact
