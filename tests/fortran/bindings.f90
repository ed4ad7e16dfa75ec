! Every procedure and every generic name of the module, errors included.
!
! Real values are compared by their bits: -0.0 differs from +0.0, and a NaN equals itself.
program bindings
  use parexact
  use, intrinsic :: iso_c_binding, only: c_associated, c_bool, c_float, c_int16_t, c_int8_t, c_loc, c_sizeof
  use, intrinsic :: iso_fortran_env, only: error_unit
  implicit none

  integer :: failed = 0

  call sizes()
  call words()
  call workshop_names()
  call generics()
  call sections()
  call views()
  call other_types()
  call dots()
  call reductions()
  call reductions_of_views()
  call policies()
  call states()
  call states_along_axes()
  call dots_along_axes()
  call summaries()
  call summaries_along_axes()
  call random_numbers()
  call threads()
  call controls()

  if (failed > 0) then
     write (error_unit, '(i0, a)') failed, ' checks failed'
     error stop
  end if

contains

  subroutine check(condition, what)
    logical, intent(in) :: condition
    character(*), intent(in) :: what
    if (condition) return
    failed = failed + 1
    write (error_unit, '(2a)') 'bindings.f90: failed: ', what
  end subroutine check

  subroutine check_status(status, expected, what)
    integer(c_int32_t), intent(in) :: status, expected
    character(*), intent(in) :: what
    if (status == expected) return
    failed = failed + 1
    write (error_unit, '(8a)') 'bindings.f90: ', what, ' answered ', parexact_status_name(status), &
         ', expected ', parexact_status_name(expected), '; last error: ', parexact_last_error()
  end subroutine check_status

  subroutine ok(status, what)
    integer(c_int32_t), intent(in) :: status
    character(*), intent(in) :: what
    call check_status(status, PAREXACT_OK, what)
  end subroutine ok

  subroutine check_real(value, expected, what)
    real(c_double), intent(in) :: value, expected
    character(*), intent(in) :: what
    if (transfer(value, 0_c_int64_t) == transfer(expected, 0_c_int64_t)) return
    failed = failed + 1
    write (error_unit, '(3a, g0, a, g0)') 'bindings.f90: ', what, ' is ', value, ', expected ', expected
  end subroutine check_real

  function bits(pattern) result(value)
    integer(c_int64_t), intent(in) :: pattern
    real(c_double) :: value
    value = transfer(pattern, value)
  end function bits

  function nan() result(value)
    real(c_double) :: value
    value = bits(int(z'7ff8000000000000', c_int64_t))
  end function nan

  logical function same(a, b)
    type(parexact_stats), intent(in) :: a, b
    same = all(transfer(a, [0_c_int64_t]) == transfer(b, [0_c_int64_t]))
  end function same

  subroutine sizes()
    type(parexact_stats) :: stats
    type(parexact_array) :: view
    type(parexact_state) :: state
    type(parexact_summary) :: summary
    call check(c_sizeof(summary) == 8 * PAREXACT_SUMMARY_WORDS, 'size of parexact_summary')
    call check(parexact_summary_word_count() == PAREXACT_SUMMARY_WORDS, 'parexact_summary_word_count')
    call check(lbound(summary%words, 1) == 0, 'words of a summary count from 0')
    call check(c_sizeof(stats) == 64, 'size of parexact_stats')
    ! The struct in C, and the room for what parexact_view finds.
    call check(c_sizeof(view) == 32 + 2 * 7 * 8, 'size of parexact_array')
    call check(c_sizeof(state) == 8 * PAREXACT_STATE_WORDS, 'size of parexact_state')
    call check(parexact_state_word_count() == PAREXACT_STATE_WORDS, 'parexact_state_word_count')
    call check(lbound(state%words, 1) == 0, 'words count from 0')
  end subroutine sizes

  subroutine words()
    character(:), allocatable :: text, message
    type(parexact_stats) :: stats
    real(c_double) :: total
    integer(c_int32_t) :: s, other
    text = parexact_version()
    call check(len(text) >= 5 .and. index(text, '.') > 1, 'parexact_version')
    do s = PAREXACT_OK, PAREXACT_ERROR_INTERNAL
       call check(len(parexact_status_name(s)) > 0, 'parexact_status_name')
       do other = PAREXACT_OK, s - 1
          call check(parexact_status_name(s) /= parexact_status_name(other), 'names of statuses differ')
       end do
    end do
    call check(len(parexact_status_name(-1)) > 0, 'name of an unknown status')

    call ok(parexact_explain(text), 'parexact_explain')
    call check(text(1:1) == '{' .and. text(len(text):) == '}', 'parexact_explain is JSON')

    call check(len(parexact_last_error()) >= 0, 'parexact_last_error before any failure')
    call check_status(parexact_describe([1.0_c_double], stats, ddof=-1), PAREXACT_ERROR_INVALID_ARGUMENT, &
                      'negative ddof')
    message = parexact_last_error()
    call check(index(message, 'ddof') > 0, 'the message names the argument')
    call ok(parexact_sum([1.0_c_double], total), 'parexact_sum')
    call check(parexact_last_error() == message, 'success leaves the message')
    call parexact_check(PAREXACT_OK)
  end subroutine words

  subroutine workshop_names()
    real(c_double) :: numbers(100), kept(100)
    type(parexact_stats) :: stats
    integer :: i
    numbers = [(real(i, c_double), i = 1, 100)]
    kept = numbers
    call check_real(sum_my_numbers(numbers, 100_c_size_t), 5050.0_c_double, 'sum_my_numbers')
    call check_real(numbers(51), -51.0_c_double, 'the element that sum_my_numbers changes')
    numbers(51) = 51
    call check(all(abs(numbers - kept) <= 0), 'the elements that sum_my_numbers leaves')
    call check_real(sum_my_numbers(numbers, 0_c_size_t), 0.0_c_double, 'sum_my_numbers of nothing')
    call check_real(sum_my_numbers(numbers, huge(0_c_size_t)), nan(), 'sum_my_numbers of too much')

    call ok(parallel_stats(numbers, 100_c_size_t, stats), 'parallel_stats')
    call check(stats%count == 100 .and. stats%nan_count == 0, 'parallel_stats count')
    call check_real(stats%sum, 5050.0_c_double, 'parallel_stats sum')
    call check_real(stats%mean, 50.5_c_double, 'parallel_stats mean')
    call check_real(stats%variance, 833.25_c_double, 'parallel_stats variance')
    call check_real(stats%std, sqrt(833.25_c_double), 'parallel_stats std')
    call check_real(stats%min, 1.0_c_double, 'parallel_stats min')
    call check_real(stats%max, 100.0_c_double, 'parallel_stats max')
  end subroutine workshop_names

  !> A field whose sum differs from the sum in memory order: only an exact sum gives 2*size(field).
  subroutine make_field(field)
    real(c_double), intent(out) :: field(:, :, :)
    integer :: i, j, k
    do k = 1, size(field, 3)
       do j = 1, size(field, 2)
          do i = 1, size(field, 1)
             field(i, j, k) = merge(1.0e100_c_double, -1.0e100_c_double, mod(i, 2) == 0)
             if (mod(i, 4) > 1) field(i, j, k) = real(i + 10 * j + 100 * k, c_double)
          end do
       end do
    end do
  end subroutine make_field

  subroutine generics()
    real(c_double) :: field(8, 6, 4), total, expected, length, expected_length
    real(c_double), allocatable :: nothing(:), nothing2(:, :), row(:)
    type(parexact_stats) :: stats, expected_stats

    call make_field(field)
    row = reshape(field, [size(field)])
    expected = 0
    expected_length = 0
    call ok(parexact_sum_f64(row, size(row, kind=c_size_t), expected), 'parexact_sum_f64')
    call ok(parexact_norm_f64(row, size(row, kind=c_size_t), expected_length), 'parexact_norm_f64')
    call ok(parallel_stats(row, size(row, kind=c_size_t), expected_stats), 'parallel_stats')
    call check(expected > 0 .and. expected < 1.0e6_c_double, 'the large values cancel')

    ! rank 3, 2, 1, and any rank by sequence association
    call ok(parexact_sum(field, total), 'sum, rank 3')
    call check_real(total, expected, 'sum, rank 3')
    call ok(parexact_sum(reshape(field, [8, 24]), total), 'sum, rank 2')
    call check_real(total, expected, 'sum, rank 2')
    call ok(parexact_sum(row, total), 'sum, rank 1')
    call check_real(total, expected, 'sum, rank 1')
    total = 0
    call ok(parexact_sum_f64(field, size(field, kind=c_size_t), total), 'sum_f64 of a field')
    call check_real(total, expected, 'sum_f64 of a field')

    call ok(parexact_norm(field, length), 'norm, rank 3')
    call check_real(length, expected_length, 'norm, rank 3')
    call ok(parexact_norm(reshape(field, [8, 24]), length), 'norm, rank 2')
    call check_real(length, expected_length, 'norm, rank 2')
    call ok(parexact_norm(row, length), 'norm, rank 1')
    call check_real(length, expected_length, 'norm, rank 1')
    call ok(parexact_norm([3.0_c_double, 4.0_c_double], length), 'norm of a constructor')
    call check_real(length, 5.0_c_double, 'norm of a constructor')

    call ok(parexact_describe(field, stats), 'describe, rank 3')
    call check(same(stats, expected_stats), 'describe, rank 3')
    call ok(parexact_describe(reshape(field, [8, 24]), stats), 'describe, rank 2')
    call check(same(stats, expected_stats), 'describe, rank 2')
    call ok(parexact_describe(row, stats, 0, PAREXACT_NAN_PROPAGATE), 'describe, rank 1')
    call check(same(stats, expected_stats), 'describe, rank 1')

    allocate (nothing(0), nothing2(0, 5))
    total = 1
    call ok(parexact_sum(nothing, total), 'sum of nothing')
    call check_real(total, 0.0_c_double, 'sum of nothing')
    call ok(parexact_norm(nothing2, length), 'norm of nothing')
    call check_real(length, 0.0_c_double, 'norm of nothing')
    call ok(parexact_describe(nothing2, stats), 'describe nothing')
    call check(stats%count == 0, 'count of nothing')
    call check_real(stats%mean, nan(), 'mean of nothing')

    call ok(parexact_sum([1e308_c_double, 1e308_c_double, -1e308_c_double], total), 'sum without overflow')
    call check_real(total, 1e308_c_double, 'sum without overflow')
    call ok(parexact_describe([0.1_c_double, 0.1_c_double, 0.1_c_double], stats), 'constant column')
    call check_real(stats%mean, 0.1_c_double, 'mean of a constant column')
    call check_real(stats%variance, 0.0_c_double, 'variance of a constant column')
  end subroutine generics

  !> Non-contiguous actual arguments: sections, strides, negative strides, vector subscripts, components.
  subroutine sections()
    type :: particle
       real(c_double) :: mass
       integer :: charge
    end type particle
    real(c_double) :: a(10, 10), cube(5, 4, 5), total, length
    real(c_double), pointer :: p(:)
    real(c_double), target :: v(12)
    type(particle) :: particles(7)
    type(parexact_stats) :: stats
    type(parexact_state) :: state
    integer :: i, j
    a = reshape([((real(i + 100 * j, c_double), i = 1, 10), j = 1, 10)], [10, 10])
    v = [(real(i, c_double), i = 1, 12)]
    call check_section(a(:, 3), 'a column')
    call check_section(a(3, :), 'a row')
    call check_section(a(10:1:-3, 2), 'every third, backwards')
    call check_section(a([2, 7, 7], 5), 'a vector subscript')
    do i = 1, size(particles)
       particles(i) = particle(real(i, c_double), -i)
    end do
    call check_section(particles%mass, 'a component')
    p => v(2:12:2)
    call check_section(p, 'a pointer with a stride')
    call ok(parexact_sum(p, total), 'sum of a pointer with a stride')
    call check_real(total, 42.0_c_double, 'sum of a pointer with a stride')

    ! rank 2: the interior, every second column, a transposed expression
    call ok(parexact_sum(a(2:9, 2:9), total), 'sum of the interior')
    call check_real(total, sum(a(2:9, 2:9)), 'sum of the interior') ! small integers: exact either way
    call ok(parexact_describe(a(:, ::2), stats), 'describe every second column')
    call check(stats%count == 50, 'count of every second column')
    call check_real(stats%sum, sum(a(:, ::2)), 'sum of every second column')
    call check_real(stats%max, 910.0_c_double, 'max of every second column')
    call ok(parexact_norm(transpose(a), length), 'norm of a transposed field')
    call check_real(length, sqrt(sum(a * a)), 'norm of a transposed field')
    call ok(parexact_state_init(state), 'state_init')
    call ok(parexact_state_update(state, a(1:9:4, 10:1:-2)), 'update by a section')
    call ok(parexact_state_result(state, stats), 'result of a section')
    call check(stats%count == 15, 'count of a section')
    call check_real(stats%sum, sum(a(1:9:4, 10:1:-2)), 'sum of a section')
    call check_real(stats%min, 201.0_c_double, 'min of a section')
    ! rank 3: backwards, with a stride, in part
    cube = reshape(a, [5, 4, 5])
    call ok(parexact_sum(cube(5:1:-1, ::2, 2:3), total), 'sum of a section of rank 3')
    call check_real(total, sum(cube(5:1:-1, ::2, 2:3)), 'sum of a section of rank 3')
    call assumed_shape(a(::3, ::3))
  end subroutine sections

  !> A section that arrives through an assumed-shape argument keeps its strides.
  subroutine assumed_shape(a)
    real(c_double), intent(in) :: a(:, :)
    type(parexact_stats) :: stats
    call ok(parexact_describe(a, stats), 'describe an assumed-shape section')
    call check(stats%count == 16, 'count of an assumed-shape section')
    call check_real(stats%sum, sum(a), 'sum of an assumed-shape section')
  end subroutine assumed_shape

  subroutine check_section(section, what)
    real(c_double), intent(in) :: section(:)
    character(*), intent(in) :: what
    real(c_double) :: total, length, copy(size(section)), expected, expected_length
    type(parexact_stats) :: stats, expected_stats
    integer :: i
    do i = 1, size(section)
       copy(i) = section(i)
    end do
    expected = 0
    expected_length = 0
    call ok(parexact_sum_f64(copy, size(copy, kind=c_size_t), expected), what)
    call ok(parexact_norm_f64(copy, size(copy, kind=c_size_t), expected_length), what)
    call ok(parallel_stats(copy, size(copy, kind=c_size_t), expected_stats), what)
    call ok(parexact_sum(section, total), what)
    call check_real(total, expected, 'sum of ' // what)
    call ok(parexact_norm(section, length), what)
    call check_real(length, expected_length, 'norm of ' // what)
    call ok(parexact_describe(section, stats), what)
    call check(same(stats, expected_stats), 'statistics of ' // what)
  end subroutine check_section

  subroutine views()
    real(c_double), target :: a(3, 4)
    integer(c_int64_t), target :: extents(2), length(1)
    real(c_double) :: total, norm
    type(parexact_array) :: view
    type(parexact_stats) :: stats, expected
    type(parexact_state) :: state
    integer :: i
    a = reshape([(real(i, c_double), i = 1, 12)], [3, 4])
    extents = [4, 3]
    view = parexact_array(c_loc(a), PAREXACT_DTYPE_F64, 2, c_loc(extents), c_null_ptr)
    call ok(parexact_sum(view, total), 'sum of a view')
    call check_real(total, 78.0_c_double, 'sum of a view')
    call ok(parexact_norm(view, norm), 'norm of a view')
    call check_real(norm, sqrt(650.0_c_double), 'norm of a view')
    call ok(parexact_describe(a, expected, ddof=1), 'describe')
    call ok(parexact_describe(view, stats, 1, PAREXACT_NAN_RAISE), 'describe a view')
    call check(same(stats, expected), 'describe a view')
    call ok(parexact_state_init(state), 'state_init')
    call ok(parexact_state_update(state, view), 'update by a view')
    call ok(parexact_state_result(state, stats, ddof=1), 'result')
    call check(same(stats, expected), 'update by a view')

    total = 7
    call check_status(parexact_sum(parexact_array(c_null_ptr, PAREXACT_DTYPE_F64, 2, c_loc(extents), &
         c_null_ptr), total), PAREXACT_ERROR_NULL_POINTER, 'a view without data')
    call check_status(parexact_sum(parexact_array(c_loc(a), 13, 2, c_loc(extents), c_null_ptr), total), &
         PAREXACT_ERROR_INVALID_ARGUMENT, 'a view of an unknown type')
    call check_status(parexact_norm(parexact_array(c_loc(a), PAREXACT_DTYPE_F64, 65, c_loc(extents), &
         c_null_ptr), total), PAREXACT_ERROR_INVALID_ARGUMENT, 'a view with too many dimensions')
    length = huge(length)
    call check_status(parexact_sum(parexact_array(c_loc(a), PAREXACT_DTYPE_F64, 1, c_loc(length), &
         c_null_ptr), total), PAREXACT_ERROR_SIZE_OVERFLOW, 'a view of too much')
    call check_status(parexact_sum_f64(a, huge(0_c_size_t), total), PAREXACT_ERROR_SIZE_OVERFLOW, &
         'too long a vector')
    call check_status(parexact_norm_f64(a, -1_c_size_t, total), PAREXACT_ERROR_SIZE_OVERFLOW, &
         'a negative length')
    call check_real(total, 7.0_c_double, 'an output after failures')
  end subroutine views

  !> Numbers of every type, and strides of all kinds, by way of a view.
  subroutine other_types()
    integer(c_int64_t), target :: wide(3), extents(2), strides(2)
    real(c_float), target :: singles(4, 3)
    integer(c_int32_t), target :: integers(6)
    integer(c_int16_t), target :: shorts(4)
    integer(c_int8_t), target :: octets(5)
    logical(c_bool), target :: flags(5)
    real(c_double) :: total, length
    type(parexact_stats) :: stats
    wide = [huge(wide), huge(wide), -huge(wide)]
    extents = [3, 1]
    call ok(parexact_sum(parexact_array(c_loc(wide), PAREXACT_DTYPE_I64, 1, c_loc(extents), c_null_ptr), &
         total), 'sum of int64')
    call check_real(total, 2.0_c_double**63, 'sum of int64') ! 2^63 - 1, rounded
    wide = [2_c_int64_t**53 + 1, -2_c_int64_t**53, 0_c_int64_t]
    call ok(parexact_sum(parexact_array(c_loc(wide), PAREXACT_DTYPE_I64, 1, c_loc(extents), c_null_ptr), &
         total), 'sum of int64')
    call check_real(total, 1.0_c_double, 'sum of int64 beyond 2^53')
    wide = -1
    call ok(parexact_norm(parexact_array(c_loc(wide), PAREXACT_DTYPE_U64, 1, c_loc(extents), c_null_ptr), &
         length), 'uint64')
    call check_real(length, sqrt(3.0_c_double) * 2.0_c_double**64, 'norm of uint64')

    singles = reshape([real(c_float) :: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, huge(1.0_c_float)], [4, 3])
    extents = [3, 2]
    strides = [16, -8]
    call ok(parexact_describe(parexact_array(c_loc(singles(3, 1)), PAREXACT_DTYPE_F32, 2, c_loc(extents), &
         c_loc(strides)), stats), 'rows 3 and 1 of a real(c_float) array')
    call check(stats%count == 6, 'count of rows of a real(c_float) array')
    call check_real(stats%sum, 36.0_c_double, 'sum of rows of a real(c_float) array')
    call check_real(stats%max, 11.0_c_double, 'max of rows of a real(c_float) array')

    integers = [1, -2, 3, -4, 5, huge(integers)]
    extents(1) = 6
    call ok(parexact_sum(parexact_array(c_loc(integers), PAREXACT_DTYPE_I32, 1, c_loc(extents), c_null_ptr), &
         total), 'int32')
    call check_real(total, 2147483650.0_c_double, 'sum of int32')
    shorts = [-32767_c_int16_t, -32767_c_int16_t, 1_c_int16_t, 7_c_int16_t]
    extents(1) = 4
    strides(1) = 0
    call ok(parexact_sum(parexact_array(c_loc(shorts), PAREXACT_DTYPE_I16, 1, c_loc(extents), &
         c_loc(strides)), total), 'int16')
    call check_real(total, -131068.0_c_double, 'sum of a repeated int16')
    octets = [-1_c_int8_t, 0_c_int8_t, 127_c_int8_t, -127_c_int8_t, 1_c_int8_t]
    extents(1) = 5
    call ok(parexact_sum(parexact_array(c_loc(octets), PAREXACT_DTYPE_I8, 1, c_loc(extents), c_null_ptr), &
         total), 'int8')
    call check_real(total, 0.0_c_double, 'sum of int8')
    call ok(parexact_sum(parexact_array(c_loc(octets), PAREXACT_DTYPE_U8, 1, c_loc(extents), c_null_ptr), &
         total), 'uint8')
    call check_real(total, 512.0_c_double, 'sum of uint8')
    call ok(parexact_sum(parexact_array(c_loc(octets), PAREXACT_DTYPE_BOOL, 1, c_loc(extents), c_null_ptr), &
         total), 'bytes')
    call check_real(total, 4.0_c_double, 'number of bytes that are not 0')
    flags = [.true._c_bool, .false._c_bool, .true._c_bool, .true._c_bool, .false._c_bool]
    call ok(parexact_sum(parexact_array(c_loc(flags), PAREXACT_DTYPE_BOOL, 1, c_loc(extents), c_null_ptr), &
         total), 'logical')
    call check_real(total, 3.0_c_double, 'number of true elements')
  end subroutine other_types

  subroutine dots()
    real(c_double) :: x(6), y(6), a(4, 5), product, other
    real(c_double), allocatable :: nothing(:)
    integer(c_int64_t), target :: extents(1), strides(1)
    real(c_double), target :: values(6)
    integer :: i
    x = [1e200_c_double, 1.0_c_double, 1e200_c_double, 2.0_c_double, 3.0_c_double, 4.0_c_double]
    y = [1e200_c_double, 2.0_c_double, -1e200_c_double, 3.0_c_double, 4.0_c_double, -5.0_c_double]
    product = 0
    call ok(parexact_dot_f64(x, y, 6_c_size_t, product), 'dot_f64')
    call check_real(product, 0.0_c_double, 'dot_f64 without overflow')
    call ok(parexact_dot(x(:5), y(:5), product), 'dot, rank 1')
    call check_real(product, 20.0_c_double, 'dot, rank 1')
    call ok(parexact_dot(x(6:2:-2), y([1, 3, 5]), product), 'dot of sections')
    call check_real(product, 2 * 1e200_c_double, 'dot of sections')
    a = reshape([(real(i, c_double), i = 1, 20)], [4, 5])
    call ok(parexact_dot(a, a, product), 'dot, rank 2')
    call check_real(product, 2870.0_c_double, 'dot, rank 2')
    call ok(parexact_dot(a(::3, 5:1:-1), a(2:3, :), product), 'dot of sections of rank 2')
    call check_real(product, sum(a(::3, 5:1:-1) * a(2:3, :)), 'dot of sections of rank 2')
    call ok(parexact_dot(transpose(a), reshape(a, [5, 4]), other), 'dot of expressions')
    call check_real(other, sum(transpose(a) * reshape(a, [5, 4])), 'dot of expressions')
    allocate (nothing(0))
    call ok(parexact_dot(nothing, nothing, product), 'dot of nothing')
    call check_real(product, 0.0_c_double, 'dot of nothing')
    call ok(parexact_dot([bits(1_c_int64_t), 1.0_c_double], [0.5_c_double, 1.0_c_double], product), &
         'dot that underflows')
    call check_real(product, 1.0_c_double, 'dot that underflows')

    values = [(real(i, c_double), i = 1, 6)]
    extents = 3
    strides = -16
    call ok(parexact_dot(parexact_array(c_loc(values), PAREXACT_DTYPE_F64, 1, c_loc(extents), c_null_ptr), &
         parexact_array(c_loc(values(6)), PAREXACT_DTYPE_F64, 1, c_loc(extents), c_loc(strides)), product), &
         'dot of views')
    call check_real(product, 20.0_c_double, 'dot of views') ! 1*6 + 2*4 + 3*2

    product = 7
    call check_status(parexact_dot(x, y(:5), product), PAREXACT_ERROR_INVALID_ARGUMENT, &
         'dot of different lengths')
    call check_status(parexact_dot(a, transpose(a), product), PAREXACT_ERROR_INVALID_ARGUMENT, &
         'dot of different shapes')
    call check_status(parexact_dot_f64(x, y, huge(0_c_size_t), product), PAREXACT_ERROR_SIZE_OVERFLOW, &
         'dot of too much')
    call check_real(product, 7.0_c_double, 'an output after failures')
  end subroutine dots

  !> One dimension of arrays and sections, against the statistics of each line.
  subroutine reductions()
    real(c_double) :: a(7, 5), cube(4, 3, 5), rows(7), columns(5), wide(14)
    real(c_double) :: plane12(4, 3), plane13(4, 5), plane23(3, 5), plane21(3, 4)
    real(c_double), allocatable :: nothing(:, :), none(:)
    type(parexact_stats) :: stats
    real(c_double) :: length
    integer :: i, j, k
    integer(c_int32_t) :: op
    do j = 1, 5
       do i = 1, 7
          a(i, j) = merge(1.0e100_c_double, -1.0e100_c_double, mod(i, 2) == 0) + real(i * j, c_double)
       end do
    end do
    a(3:, :) = reshape([(real(i * i, c_double) / 7, i = 1, 25)], [5, 5])
    do op = PAREXACT_OP_SUM, PAREXACT_OP_NORM
       call ok(parexact_reduce(a, op, 1, columns), 'reduce dimension 1')
       call ok(parexact_reduce(a, op, 2, rows, ddof=0), 'reduce dimension 2')
       do j = 1, 5
          call ok(parexact_describe(a(:, j), stats), 'describe a column')
          call ok(parexact_norm(a(:, j), length), 'norm of a column')
          call check_real(columns(j), field_of(stats, length, op), 'reduction of a column')
       end do
       do i = 1, 7
          call ok(parexact_describe(a(i, :), stats), 'describe a row')
          call ok(parexact_norm(a(i, :), length), 'norm of a row')
          call check_real(rows(i), field_of(stats, length, op), 'reduction of a row')
       end do
    end do

    call ok(parexact_reduce(a(7:3:-2, ::2), PAREXACT_OP_MAX, 2, rows(:3)), 'reduce a section')
    call check(all(rows(:3) >= maxval(a(7:3:-2, ::2), 2) .and. rows(:3) <= maxval(a(7:3:-2, ::2), 2)), &
         'max of a section')
    wide = 0
    call ok(parexact_reduce(a, PAREXACT_OP_MIN, 2, wide(14:2:-2)), 'reduce into a section')
    call check(all(wide(14:2:-2) >= minval(a, 2) .and. wide(14:2:-2) <= minval(a, 2)), 'min in a section')
    call check(all(abs(wide(1::2)) <= 0), 'what lies between')
    call ok(parexact_reduce(a, PAREXACT_OP_VAR, 1, columns, 2), 'variance with ddof 2')
    call ok(parexact_describe(a(:, 4), stats, 2), 'variance with ddof 2')
    call check_real(columns(4), stats%variance, 'variance with ddof 2')

    cube = reshape([(i * 37 - i * i * 0.125_c_double, i = 1, 60)], [4, 3, 5])
    call ok(parexact_reduce(cube, PAREXACT_OP_SUM, 1, plane23), 'reduce dimension 1 of 3')
    call ok(parexact_reduce(cube, PAREXACT_OP_SUM, 2, plane13), 'reduce dimension 2 of 3')
    call ok(parexact_reduce(cube, PAREXACT_OP_SUM, 3, plane12), 'reduce dimension 3 of 3')
    do k = 1, 5
       do j = 1, 3
          call check_real(plane23(j, k), sum(cube(:, j, k)), 'sum of dimension 1')
          do i = 1, 4
             call check_real(plane13(i, k), sum(cube(i, :, k)), 'sum of dimension 2')
             call check_real(plane12(i, j), sum(cube(i, j, :)), 'sum of dimension 3')
          end do
       end do
    end do
    call ok(parexact_reduce(cube(4:1:-1, :, 2:5:3), PAREXACT_OP_MEAN, 3, plane12), &
         'reduce a section of rank 3')
    call check_real(plane12(1, 2), (cube(4, 2, 2) + cube(4, 2, 5)) / 2, 'mean of a section of rank 3')

    allocate (nothing(0, 5), none(0))
    columns = 1
    call ok(parexact_reduce(nothing, PAREXACT_OP_SUM, 1, columns), 'reduce nothing')
    call check(all(abs(columns) <= 0), 'sums of nothing')
    call ok(parexact_reduce(nothing, PAREXACT_OP_SUM, 2, none), 'reduce to nothing')

    plane21 = 0
    a(2, 3) = nan()
    call ok(parexact_reduce(a, PAREXACT_OP_NORM, 1, columns), 'NaN')
    call check_real(columns(3), nan(), 'NaN propagates')
    call ok(parexact_reduce(a, PAREXACT_OP_MIN, 2, rows, nan_policy=PAREXACT_NAN_OMIT), 'NaN')
    call check_real(rows(2), minval(a(2, [1, 2, 4, 5])), 'NaN is omitted')
    call check_status(parexact_reduce(a, PAREXACT_OP_MAX, 1, columns, 0, PAREXACT_NAN_RAISE), &
         PAREXACT_ERROR_NAN_FOUND, 'NaN raises')

    call refused(parexact_reduce(a, PAREXACT_OP_SUM, 0, rows), 'dim is 0; it must be 1 to 2', 'dimension 0')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, 3, rows), 'dim is 3; it must be 1 to 2', &
         'dimension 3 of 2')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, -1, rows), 'dim is -1; it must be 1 to 2', &
         'dimension -1')
    call refused(parexact_reduce(cube, PAREXACT_OP_SUM, huge(1), plane12), &
         'dim is 2147483647; it must be 1 to 3', 'dimension huge')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, 1, rows), &
         'out has the shape (7); it must have (5), the shape of a without the dimensions that are reduced', &
         'an output for the other dimension')
    call refused(parexact_reduce(cube, PAREXACT_OP_SUM, 3, plane21), &
         'out has the shape (3, 4); it must have (4, 3), the shape of a', 'a transposed output')
    call refused(parexact_reduce(a, 7, 1, columns), 'op', 'operation 7')
    call refused(parexact_reduce(a, PAREXACT_OP_STD, 1, columns, ddof=-1), 'ddof', 'ddof -1')
    call refused(parexact_reduce(a, PAREXACT_OP_STD, 1, columns, nan_policy=4), 'nan_policy', 'policy 4')
  end subroutine reductions

  subroutine reductions_of_views()
    real(c_double), target :: a(4, 3, 5)
    integer(c_int64_t), target :: extents(3), strides(3)
    real(c_double) :: out(12), whole(1), plane(5)
    type(parexact_array) :: view
    integer(c_int32_t), allocatable :: all_axes(:)
    integer :: i
    a = reshape([(real(i, c_double), i = 1, 60)], [4, 3, 5])
    extents = [5, 3, 4]
    view = parexact_array(c_loc(a), PAREXACT_DTYPE_F64, 3, c_loc(extents), c_null_ptr)
    call ok(parexact_reduce(view, PAREXACT_OP_SUM, [0], out), 'reduce axis 0') ! dimension 3
    call check(all(abs(out - reshape(sum(a, 3), [12])) <= 0), 'reduce axis 0')
    call ok(parexact_reduce(view, PAREXACT_OP_SUM, [-1, 1], plane), 'reduce two axes')
    call check(all(abs(plane - sum(sum(a, 1), 1)) <= 0), 'reduce two axes')
    allocate (all_axes(0))
    call ok(parexact_reduce(view, PAREXACT_OP_MEAN, all_axes, whole, ddof=1), 'reduce all axes')
    call check_real(whole(1), 30.5_c_double, 'reduce all axes')
    strides = [96, 0, -8]
    view = parexact_array(c_loc(a(4, 1, 1)), PAREXACT_DTYPE_F64, 3, c_loc(extents), c_loc(strides))
    call ok(parexact_reduce(view, PAREXACT_OP_MAX, [2, 1], plane), 'reduce a view with strides')
    call check(all(abs(plane - a(4, 1, :)) <= 0), 'reduce a view with strides')
    call refused(parexact_reduce(view, PAREXACT_OP_SUM, [1, -2], out(:20 - 8)), 'ax', 'an axis twice')
    call refused(parexact_reduce(view, PAREXACT_OP_SUM, [3], out), 'axes[0] is 3; it must be -3 to 2', &
         'axis 3 of 3')
    call refused(parexact_reduce(view, PAREXACT_OP_SUM, [0], out(:11)), 'out_len', 'a short output')
  end subroutine reductions_of_views

  !> What an operation computes, among the statistics.
  function field_of(stats, length, op) result(value)
    type(parexact_stats), intent(in) :: stats
    real(c_double), intent(in) :: length
    integer(c_int32_t), intent(in) :: op
    real(c_double) :: value, fields(0:6)
    fields = [stats%sum, stats%mean, stats%variance, stats%std, stats%min, stats%max, length]
    value = fields(op)
  end function field_of

  !> An invalid argument that the message names.
  subroutine refused(status, named, what)
    integer(c_int32_t), intent(in) :: status
    character(*), intent(in) :: named, what
    call check_status(status, PAREXACT_ERROR_INVALID_ARGUMENT, what)
    call check(index(parexact_last_error(), named) > 0, what // ' is not named in: ' // parexact_last_error())
  end subroutine refused

  subroutine policies()
    real(c_double) :: x(4)
    type(parexact_stats) :: stats, before
    x = [1.0_c_double, nan(), 3.0_c_double, 5.0_c_double]
    call ok(parexact_describe(x, stats), 'propagate')
    call check(stats%count == 4 .and. stats%nan_count == 1, 'counts under propagate')
    call check_real(stats%mean, nan(), 'mean under propagate')
    call ok(parexact_describe(x, stats, nan_policy=PAREXACT_NAN_OMIT), 'omit')
    call check(stats%count == 3 .and. stats%nan_count == 1, 'counts under omit')
    call check_real(stats%mean, 3.0_c_double, 'mean under omit')
    call ok(parexact_describe(x, stats, ddof=1, nan_policy=PAREXACT_NAN_OMIT), 'omit, ddof 1')
    call check_real(stats%std, 2.0_c_double, 'std under omit, ddof 1')
    before = stats
    call check_status(parexact_describe(x, stats, nan_policy=PAREXACT_NAN_RAISE), PAREXACT_ERROR_NAN_FOUND, &
         'raise')
    call check_status(parexact_describe(x, stats, nan_policy=3), PAREXACT_ERROR_INVALID_ARGUMENT, &
         'an unknown policy')
    call check_status(parexact_describe(x, stats, ddof=-huge(1)), PAREXACT_ERROR_INVALID_ARGUMENT, &
         'a negative ddof')
    call check(same(stats, before), 'an output after failures')
    call ok(parexact_describe(x(3:), stats, ddof=2), 'ddof 2 of two values')
    call check_real(stats%mean, 4.0_c_double, 'mean of two values')
    call check_real(stats%variance, nan(), 'variance of two values, ddof 2')
  end subroutine policies

  subroutine states()
    real(c_double) :: field(8, 6, 4), length, expected_length
    type(parexact_state) :: whole, left, right, merged, added, pair(2), others(2), damaged
    type(parexact_stats) :: stats, expected
    integer(c_int64_t) :: hash(2), other_hash(2)
    integer :: first, last
    call make_field(field)
    call ok(parexact_describe(field, expected, ddof=1), 'describe')
    call ok(parexact_norm(field, expected_length), 'norm')

    call ok(parexact_state_init(whole), 'state_init')
    call ok(parexact_state_update(whole, field), 'update, rank 3')
    call ok(parexact_state_result(whole, stats, ddof=1), 'result')
    call check(same(stats, expected), 'result equals describe')
    call ok(parexact_state_norm(whole, length), 'state_norm')
    call check_real(length, expected_length, 'state_norm')

    call ok(parexact_state_init(left), 'state_init')
    call ok(parexact_state_init(right), 'state_init')
    call ok(parexact_state_update(left, field(:, :, 1)), 'update, rank 2')
    call ok(parexact_state_update(left, field(:, 1, 2)), 'update, rank 1')
    call ok(parexact_state_update(right, field(:, 2:, 2)), 'update, rank 2')
    call ok(parexact_state_update(right, field(:, :, 3:)), 'update, rank 3')
    merged = left
    call ok(parexact_state_merge(merged, right), 'merge')
    call check(all(merged%words == whole%words), 'merged pieces are the whole')

    added = left
    first = PAREXACT_STATE_ADDITIVE_FIRST
    last = first + PAREXACT_STATE_ADDITIVE_COUNT - 1
    added%words(first:last) = left%words(first:last) + right%words(first:last)
    first = PAREXACT_STATE_MAX_FIRST
    last = first + PAREXACT_STATE_MAX_COUNT - 1
    added%words(first:last) = max(left%words(first:last), right%words(first:last))
    hash = 0
    other_hash = 1
    call ok(parexact_state_fingerprint(whole, hash), 'fingerprint')
    call ok(parexact_state_fingerprint(added, other_hash), 'fingerprint of added words')
    call check(all(hash == other_hash), 'added words have the same fingerprint')

    pair = [left, right]
    others = [right, left]
    call parexact_mpi_merge(others, pair, 2, 0)
    call check(all(pair(1)%words == whole%words) .and. all(pair(2)%words == whole%words), &
         'mpi_merge of two states')

    damaged = whole
    damaged%words(1) = -1
    before: block
      type(parexact_state) :: kept
      kept = damaged
      stats = expected
      length = 7
      hash = 7
      call check_status(parexact_state_result(damaged, stats), PAREXACT_ERROR_BAD_STATE, &
           'result of a damaged state')
      call check_status(parexact_state_norm(damaged, length), PAREXACT_ERROR_BAD_STATE, &
           'norm of a damaged state')
      call check_status(parexact_state_fingerprint(damaged, hash), PAREXACT_ERROR_BAD_STATE, &
                        'fingerprint of a damaged state')
      call check_status(parexact_state_update(damaged, field), PAREXACT_ERROR_BAD_STATE, &
           'update of a damaged state')
      call check_status(parexact_state_merge(damaged, whole), PAREXACT_ERROR_BAD_STATE, &
           'merge into a damaged state')
      call check_status(parexact_state_merge(merged, damaged), PAREXACT_ERROR_BAD_STATE, &
           'merge of a damaged state')
      call check(same(stats, expected), 'statistics after failures')
      call check_real(length, 7.0_c_double, 'norm after failures')
      call check(all(hash == 7), 'fingerprint after failures')
      call check(all(damaged%words == kept%words) .and. all(merged%words == whole%words), &
           'states after failures')
    end block before
    others(1) = damaged
    call parexact_mpi_merge(others, pair, 1, 0)
    call check_status(parexact_state_result(pair(1), stats), PAREXACT_ERROR_BAD_STATE, &
                      'result after mpi_merge of damage')
    call check_status(parexact_state_result(whole, stats, ddof=-1), PAREXACT_ERROR_INVALID_ARGUMENT, &
                      'result, negative ddof')
    call check_status(parexact_state_result(whole, stats, nan_policy=9), PAREXACT_ERROR_INVALID_ARGUMENT, &
                      'result, policy 9')
  end subroutine states

  subroutine states_along_axes()
    real(c_double), target :: field(8, 6, 4)
    type(parexact_state) :: rows(8), columns(6), plane(8, 4), one, everything(1)
    type(parexact_stats) :: stats(6), expected
    type(parexact_array) :: view, mask
    logical, target :: where(8, 6), where3(8, 6, 4)
    logical(c_bool), target :: small(8, 6)
    integer(c_int64_t), target :: extents(2)
    integer :: i, k
    call make_field(field)
    where = field(:, :, 1) > 0
    where3 = field > 0
    small = where

    ! Rank 2, with a mask and without, of sections as well.
    call ok(parexact_states_init(columns, 6_c_size_t), 'states_init')
    call ok(parexact_state_update_axes(columns, field(:, :, 1), 1), 'update_axes, rank 2')
    call ok(parexact_state_update_axes(columns, field(8:1:-1, :, 2), 1, where), 'update_axes, rank 2, where')
    call ok(parexact_state_results(columns, 6_c_size_t, stats, ddof=1), 'state_results')
    do i = 1, 6
       call ok(parexact_describe([field(:, i, 1), pack(field(8:1:-1, i, 2), where(:, i))], expected, &
            ddof=1), 'describe')
       call check(same(stats(i), expected), 'results of columns')
    end do
    call ok(parexact_states_init(rows, 8_c_size_t), 'states_init')
    call ok(parexact_state_update_axes(rows, field(:, :, 3), 2), 'update_axes along dimension 2')
    call ok(parexact_state_init(one), 'state_init')
    call ok(parexact_state_update(one, field(3, :, 3)), 'state_update')
    call check(all_equal(rows(3), one), 'states of rows')

    ! Rank 3.
    call ok(parexact_states_init(plane, 32_c_size_t), 'states_init')
    call ok(parexact_state_update_axes(plane, field, 2, where3), 'update_axes, rank 3, where')
    call ok(parexact_state_init(one), 'state_init')
    do k = 1, 2
       call ok(parexact_state_update(one, pack(field(5, :, 4), where3(5, :, 4))), 'state_update')
       if (k == 1) call ok(parexact_state_update_axes(plane, field, 2, where3), 'update_axes, rank 3, twice')
    end do
    call check(all_equal(plane(5, 4), one), 'states of a plane')
    call ok(parexact_state_update_axes(plane, field, 2), 'update_axes, rank 3')
    call check(plane(1, 1)%words(PAREXACT_STATE_ADDITIVE_FIRST) == 6 + 2 * count(where3(1, :, 1)), &
         'count of a plane')

    ! Views, with masks of one byte.
    extents = [6, 8]
    view = parexact_array(c_loc(field), PAREXACT_DTYPE_F64, 2, c_loc(extents))
    mask = parexact_array(c_loc(small), PAREXACT_DTYPE_U8, 2, c_loc(extents))
    call ok(parexact_states_init(columns, 6_c_size_t), 'states_init')
    call ok(parexact_state_update_axes(columns, view, [1], mask), 'update_axes of a view, where')
    call ok(parexact_describe_axes(view, mask, [1], 1, 0_c_int64_t, PAREXACT_NAN_PROPAGATE, stats, &
         6_c_size_t), 'describe_axes')
    do i = 1, 6
       call check(columns(i)%words(PAREXACT_STATE_ADDITIVE_FIRST) == count(where(:, i)), &
            'what a mask selects')
       call check(stats(i)%count == count(where(:, i)), 'describe_axes')
    end do
    call check_status(parexact_describe_axes(view, axes=[0], axis_count=1, ddof=0_c_int64_t, &
                                             nan_policy=PAREXACT_NAN_OMIT, out=stats, out_len=6_c_size_t), &
                      PAREXACT_ERROR_INVALID_ARGUMENT, 'describe_axes into 6 of 8')
    call ok(parexact_states_init(everything, 1_c_size_t), 'states_init')
    call ok(parexact_state_update_axes(everything, view, [integer(c_int32_t) ::]), &
         'update_axes over all axes')
    call ok(parexact_states_merge(everything, columns, 1_c_size_t), 'states_merge')
    call check(everything(1)%words(PAREXACT_STATE_ADDITIVE_FIRST) == 48 + count(where(:, 1)), 'merged states')

    ! Refused in Fortran's words.
    call check_status(parexact_state_update_axes(columns, field(:, :, 1), 2), &
         PAREXACT_ERROR_INVALID_ARGUMENT, 'wrong shape')
    call check(index(parexact_last_error(), &
         'states has the shape (6); it must have (8), the shape of a') > 0, &
         'the message about the shape of states')
    call check_status(parexact_state_update_axes(columns, field(:, :, 1), 3), &
         PAREXACT_ERROR_INVALID_ARGUMENT, 'dim 3')
    call check(index(parexact_last_error(), 'dim is 3') > 0, 'the message about dim')
    call check_status(parexact_state_update_axes(columns, field(:, :, 1), 1, where(:, :5)), &
         PAREXACT_ERROR_INVALID_ARGUMENT, 'a mask of another shape')
  end subroutine states_along_axes

  !> Two fields of small integers, whose products are exact.
  subroutine make_fields(x, y)
    real(c_double), intent(out) :: x(3, 4, 2), y(3, 4, 2)
    integer :: i
    x = reshape([(real(mod(7 * i, 11), c_double), i = 1, 24)], [3, 4, 2])
    y = reshape([(real(mod(5 * i, 13) - 6, c_double), i = 1, 24)], [3, 4, 2])
  end subroutine make_fields

  subroutine dots_along_axes()
    real(c_double), target :: x(3, 4, 2), y(3, 4, 2), a(3, 4), b(4, 2)
    real(c_double) :: columns(4), rows(3), planes(3, 4), product(6)
    integer(c_int64_t), target :: extents(3), strides_a(3), strides_b(3)
    real(c_double), allocatable :: expected(:, :), out(:, :)
    type(parexact_array) :: view_a, view_b
    integer :: dim, i
    call make_fields(x, y)
    call ok(parexact_dot_axes(x(:, :, 1), y(:, :, 1), 1, columns), 'dot_axes, rank 2')
    call check(equal_reals(columns, sum(x(:, :, 1) * y(:, :, 1), 1)), 'dot_axes, rank 2')
    call ok(parexact_dot_axes(x(3:1:-1, :, 1), y(:, :, 2), 2, rows), 'dot_axes of sections')
    call check(equal_reals(rows, sum(x(3:1:-1, :, 1) * y(:, :, 2), 2)), 'dot_axes of sections')
    do dim = 1, 3
       expected = sum(x * y, dim)
       if (allocated(out)) deallocate (out)
       allocate (out(size(expected, 1), size(expected, 2)))
       call ok(parexact_dot_axes(x, y, dim, out), 'dot_axes, rank 3')
       call check(all(out >= expected .and. out <= expected), 'dot_axes, rank 3')
    end do
    x(2, 3, 1) = nan()
    call ok(parexact_dot_axes(x, y, 3, planes, PAREXACT_NAN_OMIT), 'dot_axes that omits')
    call check_real(planes(2, 3), x(2, 3, 2) * y(2, 3, 2), 'dot_axes that omits')
    call ok(parexact_dot_axes(x, y, 3, planes), 'dot_axes that propagates')
    call check_real(planes(2, 3), nan(), 'dot_axes that propagates')
    call check_status(parexact_dot_axes(x, y, 3, planes, PAREXACT_NAN_RAISE), PAREXACT_ERROR_NAN_FOUND, &
         'dot_axes that raises')

    ! The product of matrices: out(j, i) is that of row i of a and column j of b.
    a = x(:, :, 2)
    b = transpose(y(1:2, :, 1))
    extents = [3, 2, 4]
    strides_a = [8, 0, 24]
    strides_b = [0, 32, 8]
    view_a = parexact_array(c_loc(a), PAREXACT_DTYPE_F64, 3, c_loc(extents), c_loc(strides_a))
    view_b = parexact_array(c_loc(b), PAREXACT_DTYPE_F64, 3, c_loc(extents), c_loc(strides_b))
    call ok(parexact_dot_axes(view_a, view_b, [2_c_int32_t], product), 'dot_axes of views')
    call check(equal_reals(product, reshape(transpose(matmul(a, b)), [6])), 'a product of matrices')

    columns = -7
    call refused(parexact_dot_axes(a, a, 3, columns), 'dim is 3', 'dim of dot_axes')
    call refused(parexact_dot_axes(a, a, 2, columns), &
         'out has the shape (4); it must have (3), the shape of x', 'the shape of out of dot_axes')
    call refused(parexact_dot_axes(a, a(:, :3), 1, columns), 'same shape', 'shapes in dot_axes')
    call refused(parexact_dot_axes(a, a, 1, columns, 9_c_int32_t), 'nan_policy', 'policy of dot_axes')
    do i = 1, 4
       call check_real(columns(i), -7.0_c_double, 'an output of dot_axes after failures')
    end do
  end subroutine dots_along_axes

  subroutine summaries()
    type(parexact_summary) :: whole, pieces, other, in(1), inout(1)
    real(c_double), target :: x(3, 4, 2), y(3, 4, 2)
    real(c_double) :: out, several(3), kept
    logical :: mask(3, 4, 2)
    integer(c_int32_t) :: kind
    integer(c_int64_t) :: hash(2), other_hash(2)
    integer(c_int64_t), target :: extents(1)
    integer :: k
    call make_fields(x, y)
    mask = x > 3
    do kind = PAREXACT_SUMMARY_SHAPE, PAREXACT_SUMMARY_WEIGHTED
       call ok(parexact_summary_init(whole, kind), 'summary_init')
       call ok(parexact_summary_init(pieces, kind), 'summary_init')
       call ok(parexact_summary_init(other, kind), 'summary_init')
       if (kind == PAREXACT_SUMMARY_SHAPE) then
          call ok(parexact_summary_update(whole, x), 'summary_update')
          call ok(parexact_summary_update(pieces, x(:, :, 2)), 'summary_update, rank 2')
          call ok(parexact_summary_update(other, x(:, :, 1)), 'summary_update, rank 2')
       else
          call ok(parexact_summary_update(whole, x, y), 'summary_update')
          do k = 1, 4
             call ok(parexact_summary_update(pieces, x(3:1:-1, k, 2), y(3:1:-1, k, 2)), &
                  'summary_update, rank 1')
          end do
          call ok(parexact_summary_update(other, x(:, :, 1), y(:, :, 1)), 'summary_update, rank 2')
       end if
       call ok(parexact_summary_merge(pieces, other), 'summary_merge')
       call check(all(pieces%words == whole%words), 'pieces of a summary are the whole')
       call ok(parexact_summary_fingerprint(pieces, hash), 'summary_fingerprint')
       call ok(parexact_summary_fingerprint(whole, other_hash), 'summary_fingerprint')
       call check(all(hash == other_hash), 'fingerprints of equal summaries')
       in(1) = other
       inout(1) = whole
       call parexact_summary_mpi_merge(in, inout, 1, 0)
       call check(inout(1)%words(1) == 36, 'summary_mpi_merge')

       ! What a mask selects.
       call ok(parexact_summary_init(whole, kind), 'summary_init')
       call ok(parexact_summary_init(other, kind), 'summary_init')
       if (kind == PAREXACT_SUMMARY_SHAPE) then
          call ok(parexact_summary_update(whole, x, mask=mask), 'summary_update with a mask')
          call ok(parexact_summary_update(other, pack(x, mask)), 'summary_update, rank 1')
       else
          call ok(parexact_summary_update(whole, x, y, mask), 'summary_update with a mask')
          call ok(parexact_summary_update(other, pack(x, mask), pack(y, mask)), 'summary_update, rank 1')
          call ok(parexact_summary_init(pieces, kind), 'summary_init')
          call ok(parexact_summary_update(pieces, x(:, :, 1), y(:, :, 1), mask(:, :, 1)), 'a mask of rank 2')
          do k = 1, 4
             call ok(parexact_summary_update(pieces, x(:, k, 2), y(:, k, 2), mask(:, k, 2)), &
                  'a mask of rank 1')
          end do
          call check(all(pieces%words == whole%words), 'masks of each rank select the same')
       end if
       call check(all(other%words == whole%words), 'a mask selects')
    end do

    call ok(parexact_summary_init(whole, PAREXACT_SUMMARY_PAIR), 'summary_init')
    call ok(parexact_summary_update(whole, [1d0, 2d0, 3d0, 4d0, 10d0], [2d0, 1d0, 4d0, 3d0, 7d0]), &
         'summary_update')
    call ok(parexact_summary_result(whole, PAREXACT_RESULT_SLOPE, out), 'summary_result')
    call check_real(out, 0.6_c_double, 'the slope')
    call ok(parexact_summary_result(whole, PAREXACT_RESULT_COVARIANCE, out, 1), 'summary_result with ddof')
    call check_real(out, 7.5_c_double, 'the covariance')
    call ok(parexact_summary_results(whole, [PAREXACT_RESULT_INTERCEPT, PAREXACT_RESULT_DOT, &
         PAREXACT_RESULT_VARIANCE], 3_c_size_t, several, ddof=1), 'summary_results')
    call check(equal_reals(several, [1d0, 98d0, 12.5d0]), 'several results')

    ! A view, and a NaN.
    extents = 3
    x(2, 1, 1) = nan()
    call ok(parexact_summary_init(whole, PAREXACT_SUMMARY_SHAPE), 'summary_init')
    call ok(parexact_summary_update(whole, parexact_array(c_loc(x), PAREXACT_DTYPE_F64, 1, c_loc(extents), &
         c_null_ptr)), 'summary_update of a view')
    call ok(parexact_summary_result(whole, PAREXACT_RESULT_SUM, out, nan_policy=PAREXACT_NAN_OMIT), 'omit')
    call check_real(out, x(1, 1, 1) + x(3, 1, 1), 'a sum that omits')

    kept = -7
    call check_status(parexact_summary_result(whole, PAREXACT_RESULT_DOT, kept), PAREXACT_ERROR_UNSUPPORTED, &
         'a result of another kind')
    call check_status(parexact_summary_result(whole, PAREXACT_RESULT_MEAN, kept, &
         nan_policy=PAREXACT_NAN_RAISE), PAREXACT_ERROR_NAN_FOUND, 'a NaN')
    call check_real(kept, -7.0_c_double, 'a result after failures')
    call refused(parexact_summary_init(whole, 9_c_int32_t), 'kind', 'kind of a summary')
    call refused(parexact_summary_update(whole, x, y), 'y must be NULL', 'y of a SHAPE')
    call check(whole%words(1) == 3, 'a summary after failures')
    call ok(parexact_summary_init(whole, PAREXACT_SUMMARY_PAIR), 'summary_init')
    call check_status(parexact_summary_update(whole, x), PAREXACT_ERROR_NULL_POINTER, 'no y')
    call refused(parexact_summary_update(whole, x, y(:, :3, :)), 'same shape', 'shapes of x and y')
    call refused(parexact_summary_update(whole, x, y, mask(:, :3, :)), &
         'mask has the shape (3, 3, 2); it must be a scalar or have (3, 4, 2)', 'the shape of a mask')
  end subroutine summaries

  subroutine summaries_along_axes()
    real(c_double), target :: x(3, 4, 2), y(3, 4, 2)
    real(c_double) :: columns(4), planes(3, 4), flat(8), out
    logical :: mask(3, 4, 2)
    integer(c_int64_t), target :: extents(3)
    type(parexact_array) :: view_x, view_y
    type(parexact_summary) :: s
    integer :: j
    call make_fields(x, y)
    mask = .true.
    mask(2, :, :) = .false.
    call ok(parexact_summarize(PAREXACT_SUMMARY_WEIGHTED, PAREXACT_RESULT_MEAN, x(:, :, 1), 1, columns, &
         y(:, :, 1), mask(:, :, 1)), 'summarize, rank 2')
    do j = 1, 4
       call ok(parexact_summary_init(s, PAREXACT_SUMMARY_WEIGHTED), 'summary_init')
       call ok(parexact_summary_update(s, x(::2, j, 1), y(::2, j, 1)), 'summary_update')
       call ok(parexact_summary_result(s, PAREXACT_RESULT_MEAN, out), 'summary_result')
       call check_real(columns(j), out, 'weighted means of columns')
    end do
    call ok(parexact_summarize(0_c_int32_t, PAREXACT_RESULT_VARIANCE, x, 3, planes, ddof=1), &
         'summarize, rank 3')
    call check_real(planes(2, 3), (x(2, 3, 1) - x(2, 3, 2))**2 / 2, 'variances of a state')
    call ok(parexact_summarize(PAREXACT_SUMMARY_PAIR, PAREXACT_RESULT_DOT, x, 3, planes, y), &
         'summarize, rank 3')
    call check_real(planes(3, 4), sum(x(3, 4, :) * y(3, 4, :)), 'dot products by summarize')
    extents = [2, 4, 3]
    view_x = parexact_array(c_loc(x), PAREXACT_DTYPE_F64, 3, c_loc(extents), c_null_ptr)
    view_y = parexact_array(c_loc(y), PAREXACT_DTYPE_F64, 3, c_loc(extents), c_null_ptr)
    call ok(parexact_summarize(PAREXACT_SUMMARY_PAIR, PAREXACT_RESULT_DOT, view_x, [-1_c_int32_t], flat, &
         view_y), &
         'summarize of views')
    call check_real(flat(7), sum(x(:, 3, 2) * y(:, 3, 2)), 'summarize of views')

    columns = -7
    call refused(parexact_summarize(0_c_int32_t, PAREXACT_RESULT_SUM, x(:, :, 1), 0, columns), 'dim is 0', &
         'dim of summarize')
    call refused(parexact_summarize(0_c_int32_t, PAREXACT_RESULT_SUM, x(:, :, 1), 2, columns), &
         'out has the shape (4); it must have (3), the shape of x', 'the shape of out of summarize')
    call check(equal_reals(columns, [-7d0, -7d0, -7d0, -7d0]), 'results of summarize after failures')
  end subroutine summaries_along_axes

  logical function equal_reals(x, y)
    real(c_double), intent(in) :: x(:), y(:)
    equal_reals = size(x) == size(y)
    if (equal_reals) equal_reals = all(transfer(x, [0_c_int64_t]) == transfer(y, [0_c_int64_t]))
  end function equal_reals

  function all_equal(x, y)
    type(parexact_state), intent(in) :: x, y
    logical :: all_equal
    all_equal = all(x%words == y%words)
  end function all_equal

  subroutine random_numbers()
    type(parexact_distribution) :: d
    type(parexact_state) :: state
    type(parexact_stats) :: drawn, stored
    real(c_double) :: x(1000), tail(400)
    call ok(parexact_random_fill(d, 1_c_int64_t, 0_c_int64_t, 0_c_int64_t, x, size(x, kind=c_size_t)), &
         'uniforms')
    call check(all(x >= 0 .and. x < 1), 'uniforms by default')
    d = parexact_distribution(PAREXACT_DIST_NORMAL, parameter=[0.0_c_double, 1.0_c_double, 0.0_c_double])
    call ok(parexact_random_fill(d, -1_c_int64_t, 0_c_int64_t, 0_c_int64_t, x, size(x, kind=c_size_t)), &
         'normals')
    call ok(parexact_random_fill(d, -1_c_int64_t, 0_c_int64_t, 600_c_int64_t, tail, &
         size(tail, kind=c_size_t)), 'a part')
    call check(all(abs(tail - x(601:)) <= 0), 'a part of the normals')
    call ok(parexact_state_init(state), 'a state for normals')
    call ok(parexact_random_state(d, -1_c_int64_t, 0_c_int64_t, 0_c_int64_t, size(x, kind=c_int64_t), &
         state), 'random_state')
    call ok(parexact_state_result(state, drawn), 'result of normals')
    call ok(parexact_describe(x, stored), 'describe normals')
    call check_real(drawn%std, stored%std, 'std of normals')
    call ok(my_statistics(size(x, kind=c_int64_t), -1_c_int64_t, drawn), 'my_statistics')
    call check_real(drawn%variance, stored%variance, 'variance of normals')
    d%parameter(2) = -1
    call check_status(parexact_random_fill(d, 1_c_int64_t, 0_c_int64_t, 0_c_int64_t, x, &
         size(x, kind=c_size_t)), PAREXACT_ERROR_INVALID_ARGUMENT, 'negative sd')
  end subroutine random_numbers

  subroutine threads()
    integer(c_size_t) :: by_default
    by_default = parexact_get_num_threads()
    call check(by_default >= 1, 'default number of threads')
    call ok(parexact_set_num_threads(3_c_size_t), 'set_num_threads')
    call check(parexact_get_num_threads() == 3, 'get_num_threads')
    call check(parexact_set_num_threads_local(2_c_size_t) == 0, 'no local number before')
    call check(parexact_get_num_threads_local() == 2, 'get_num_threads_local')
    call check(parexact_set_num_threads_local(0_c_size_t) == 2, 'previous local number')
    call check(parexact_get_num_threads_local() == 3, 'process-wide again')
    call ok(parexact_set_num_threads(0_c_size_t), 'set_num_threads to the default')
    call check(parexact_get_num_threads() == by_default, 'default again')
  end subroutine threads

  subroutine controls()
    real(c_double), allocatable :: x(:)
    real(c_double) :: total
    type(c_ptr) :: control, previous
    integer(c_int64_t) :: done, goal
    allocate (x(1000000))
    x = 0.5_c_double
    control = c_null_ptr
    call ok(parexact_control_new(control), 'control_new')
    call check(c_associated(control), 'a control')
    previous = parexact_control_attach(control)
    call check(.not. c_associated(previous), 'nothing was attached')
    call ok(parexact_sum(x, total), 'sum under a control')
    call check_real(total, 5.0e5_c_double, 'sum under a control')
    done = -1
    goal = -2
    call parexact_control_progress(control, done, goal)
    call check(done == goal, 'progress')

    call parexact_control_cancel(control)
    total = 7
    call check_status(parexact_sum(x, total), PAREXACT_ERROR_CANCELLED, 'sum under a cancelled control')
    call check_real(total, 7.0_c_double, 'an output after cancellation')
    call parexact_control_reset(control)
    call ok(parexact_sum(x, total), 'sum after reset')

    previous = parexact_control_attach(c_null_ptr)
    call check(c_associated(previous, control), 'the control was attached')
    call parexact_control_free(control)
    call parexact_control_free(c_null_ptr)
    call parexact_control_cancel(c_null_ptr)
    call parexact_control_reset(c_null_ptr)
  end subroutine controls

end program bindings
