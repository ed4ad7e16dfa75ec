! The generic names for arrays of every kind, every rank and any section, against Fortran's own integer sums.
program arrays
  use parexact
  use, intrinsic :: iso_c_binding, only: c_associated, c_bool, c_float, c_int16_t, c_int8_t
  use, intrinsic :: iso_fortran_env, only: error_unit
  implicit none

  integer :: failed = 0

  ! The numbers, in every shape.
  integer(c_int64_t) :: v0, v1(288), v2(12, 24), v3(6, 8, 6), v4(4, 3, 6, 4), v5(4, 3, 2, 3, 4)
  integer(c_int64_t) :: v6(2, 2, 3, 2, 3, 4), v7(2, 2, 3, 2, 3, 2, 2)

  ! What the checks of a kind need.
  character(:), allocatable :: kind
  real(c_double) :: total, r1(48), r2(6, 6), r4(3, 2, 3, 2), r6(2, 2, 3, 3, 2, 2)
  logical :: m3(6, 8, 6)
  type(parexact_stats) :: stats, stats_of_columns(24)
  type(parexact_state) :: state, states(24)
  type(parexact_summary) :: summary
  type(parexact_array), target :: view
  integer :: i

  call numbers([(mod(7 * int(i, c_int64_t)**2 + 3 * i, 23_c_int64_t) - 11, i=1, 288)])
  call of_real32()
  call of_real64()
  call of_int8()
  call of_int16()
  call of_int32()
  call of_int64()
  call numbers([(mod(int(i, c_int64_t)**2, 3_c_int64_t), i=1, 288)])
  call of_logical()
  call of_bool()
  call of_two_kinds()
  call large_integers()
  call large_extents()
  call random_numbers()
  call refusals()
  call assumed_size(v1)

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
    write (error_unit, '(2a)') 'arrays.f90: failed: ', what
  end subroutine check

  subroutine ok(status, what)
    integer(c_int32_t), intent(in) :: status
    character(*), intent(in) :: what
    if (status == PAREXACT_OK) return
    failed = failed + 1
    write (error_unit, '(5a)') 'arrays.f90: ', what, ' answered ', parexact_status_name(status), &
         ': ' // parexact_last_error()
  end subroutine ok

  subroutine same(value, expected, what)
    real(c_double), intent(in) :: value, expected
    character(*), intent(in) :: what
    if (transfer(value, 0_c_int64_t) == transfer(expected, 0_c_int64_t)) return
    failed = failed + 1
    write (error_unit, '(3a, g0, a, g0)') 'arrays.f90: ', what, ' is ', value, ', expected ', expected
  end subroutine same

  subroutine same_list(values, expected, what)
    real(c_double), intent(in) :: values(:)
    integer(c_int64_t), intent(in) :: expected(:)
    character(*), intent(in) :: what
    integer :: j
    call check(size(expected) == size(values), what // ': number of results')
    do j = 1, min(size(values), size(expected))
       call same(values(j), real(expected(j), c_double), what)
    end do
  end subroutine same_list

  !> All statistics with ddof 0, of numbers whose sums of squares are exact.
  subroutine same_stats(found, x, what)
    type(parexact_stats), intent(in) :: found
    integer(c_int64_t), intent(in) :: x(:)
    character(*), intent(in) :: what
    real(c_double) :: n, numerator
    n = real(size(x), c_double)
    numerator = real(size(x) * sum(x**2) - sum(x)**2, c_double)
    call check(found%count == size(x) .and. found%nan_count == 0, what // ': count')
    call same(found%sum, real(sum(x), c_double), what // ': sum')
    call same(found%mean, real(sum(x), c_double) / n, what // ': mean')
    call same(found%variance, numerator / (n * n), what // ': variance')
    call same(found%min, real(minval(x), c_double), what // ': min')
    call same(found%max, real(maxval(x), c_double), what // ': max')
  end subroutine same_stats

  !> An argument that is refused in these words.
  subroutine refused(status, words)
    integer(c_int32_t), intent(in) :: status
    character(*), intent(in) :: words
    call check(status == PAREXACT_ERROR_INVALID_ARGUMENT, words // ': ' // parexact_status_name(status))
    call check(parexact_last_error() == words, words // ' is not: ' // parexact_last_error())
  end subroutine refused

  subroutine numbers(v)
    integer(c_int64_t), intent(in) :: v(288)
    v1 = v
    v2 = reshape(v, shape(v2))
    v3 = reshape(v, shape(v3))
    v4 = reshape(v, shape(v4))
    v5 = reshape(v, shape(v5))
    v6 = reshape(v, shape(v6))
    v7 = reshape(v, shape(v7))
  end subroutine numbers

  subroutine of_real32()
    real(c_float), target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4), a5(4, 3, 2, 3, 4)
    real(c_float), target :: a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    real(c_float), allocatable :: b2(:, :)
    real(c_float), pointer :: p1(:)
    kind = 'real32'
    s = real(v1, c_float)
    include 'checks_of_a_kind.inc'
  end subroutine of_real32

  subroutine of_real64()
    real(c_double), target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4), a5(4, 3, 2, 3, 4)
    real(c_double), target :: a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    real(c_double), allocatable :: b2(:, :)
    real(c_double), pointer :: p1(:)
    kind = 'real64'
    s = real(v1, c_double)
    include 'checks_of_a_kind.inc'
  end subroutine of_real64

  subroutine of_int8()
    integer(c_int8_t), target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4)
    integer(c_int8_t), target :: a5(4, 3, 2, 3, 4), a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    integer(c_int8_t), allocatable :: b2(:, :)
    integer(c_int8_t), pointer :: p1(:)
    kind = 'int8'
    s = int(v1, c_int8_t)
    include 'checks_of_a_kind.inc'
  end subroutine of_int8

  subroutine of_int16()
    integer(c_int16_t), target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4)
    integer(c_int16_t), target :: a5(4, 3, 2, 3, 4), a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    integer(c_int16_t), allocatable :: b2(:, :)
    integer(c_int16_t), pointer :: p1(:)
    kind = 'int16'
    s = int(v1, c_int16_t)
    include 'checks_of_a_kind.inc'
  end subroutine of_int16

  subroutine of_int32()
    integer(c_int32_t), target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4)
    integer(c_int32_t), target :: a5(4, 3, 2, 3, 4), a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    integer(c_int32_t), allocatable :: b2(:, :)
    integer(c_int32_t), pointer :: p1(:)
    kind = 'int32'
    s = int(v1, c_int32_t)
    include 'checks_of_a_kind.inc'
  end subroutine of_int32

  subroutine of_int64()
    integer(c_int64_t), target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4)
    integer(c_int64_t), target :: a5(4, 3, 2, 3, 4), a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    integer(c_int64_t), allocatable :: b2(:, :)
    integer(c_int64_t), pointer :: p1(:)
    kind = 'int64'
    s = v1
    include 'checks_of_a_kind.inc'
  end subroutine of_int64

  subroutine of_logical()
    logical, target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4), a5(4, 3, 2, 3, 4)
    logical, target :: a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    logical, allocatable :: b2(:, :)
    logical, pointer :: p1(:)
    kind = 'logical'
    s = v1 /= 0
    include 'checks_of_a_kind.inc'
  end subroutine of_logical

  subroutine of_bool()
    logical(c_bool), target :: s(288), a0, a1(288), a2(12, 24), a3(6, 8, 6), a4(4, 3, 6, 4), a5(4, 3, 2, 3, 4)
    logical(c_bool), target :: a6(2, 2, 3, 2, 3, 4), a7(2, 2, 3, 2, 3, 2, 2)
    logical(c_bool), allocatable :: b2(:, :)
    logical(c_bool), pointer :: p1(:)
    kind = 'bool'
    s = v1 /= 0
    include 'checks_of_a_kind.inc'
  end subroutine of_bool

  !> Fields in single precision with weights in double precision, and the other way round.
  subroutine of_two_kinds()
    real(c_float) :: x(6, 8, 6)
    real(c_double) :: w(6, 8, 6), products(8)
    type(parexact_summary) :: weighted
    x = 0.1_c_float
    w = 0.1_c_double
    ! 288 times the product of two doubles, by fma: the rest of the rounded product is exact.
    call ok(parexact_dot(x(:1, :1, :1), w(:1, :1, :1), total), 'dot of two kinds')
    call same(total, real(0.1_c_float, c_double) * 0.1_c_double, 'dot of two kinds')
    call ok(parexact_dot(w(:1, :1, :1), x(:1, :1, :1), total), 'dot of two kinds')
    call same(total, real(0.1_c_float, c_double) * 0.1_c_double, 'dot of two kinds')
    x = 3
    w = 0.5_c_double
    call ok(parexact_dot_axes(x, w, [1, 3], products), 'dot_axes of two kinds')
    call same_list(products, [(54_c_int64_t, i=1, 8)], 'dot_axes of two kinds')
    call ok(parexact_summarize(PAREXACT_SUMMARY_WEIGHTED, PAREXACT_RESULT_MEAN, x, [1, 3], products, w), &
         'summarize of two kinds')
    call same_list(products, [(3_c_int64_t, i=1, 8)], 'summarize of two kinds')
    call ok(parexact_summary_init(weighted, PAREXACT_SUMMARY_WEIGHTED), 'summary_init')
    call ok(parexact_summary_update(weighted, x, w, w > 1), 'summary_update of two kinds')
    call ok(parexact_summary_result(weighted, PAREXACT_RESULT_COUNT, total), 'summary_result')
    call same(total, 0.0_c_double, 'summary_update of two kinds under a mask')
  end subroutine of_two_kinds

  !> 64-bit integers beyond 2^53 are exact.
  subroutine large_integers()
    integer(c_int64_t) :: x(3)
    x = [2_c_int64_t**62, 2_c_int64_t**53 + 1, -2_c_int64_t**62]
    call ok(parexact_sum(x, total), 'sum of large integers')
    call same(total, 2.0_c_double**53, 'sum of large integers')
    call ok(parexact_sum(x(2:2) - 2_c_int64_t**53, total), 'the integer above 2^53')
    call same(total, 1.0_c_double, 'the integer above 2^53')
    x(3) = -2_c_int64_t**62 - 2_c_int64_t**53
    call ok(parexact_sum(x, total), 'sum of large integers')
    call same(total, 1.0_c_double, 'sum of large integers')
  end subroutine large_integers

  !> Extents that no 32-bit integer holds. Of the 2 GiB only two pages are written; the system has one page of
  !> zeros for all others.
  subroutine large_extents()
    interface
       function calloc(count, size) bind(C)
         import :: c_ptr, c_size_t
         integer(c_size_t), value :: count, size
         type(c_ptr) :: calloc
       end function calloc

       subroutine free(address) bind(C)
         import :: c_ptr
         type(c_ptr), value :: address
       end subroutine free
    end interface
    integer(c_size_t), parameter :: n = 2_c_size_t**31 + 10
    integer(c_int8_t), pointer :: a(:)
    type(c_ptr) :: address
    address = calloc(n, 1_c_size_t)
    call check(c_associated(address), 'memory of 2 GiB')
    if (.not. c_associated(address)) return
    call c_f_pointer(address, a, [n])
    a(1) = 3
    a(n) = 5
    call ok(parexact_sum(a, total), 'sum of more than 2**31 elements')
    call same(total, 8.0_c_double, 'sum of more than 2**31 elements')
    call ok(parexact_reduce(a(n:1:-1), PAREXACT_OP_MAX, 1, total), 'reduce more than 2**31 elements')
    call same(total, 5.0_c_double, 'reduce more than 2**31 elements')
    call free(address)
  end subroutine large_extents

  !> Arrays of any rank have the samples in the order of their elements.
  subroutine random_numbers()
    type(parexact_distribution) :: d
    real(c_double) :: line(48), cube(4, 3, 4), wide(8, 3, 4), one
    call ok(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, line), 'uniforms, rank 1')
    call ok(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, cube), 'uniforms, rank 3')
    call check(all(abs(reshape(cube, [48]) - line) <= 0), 'uniforms, rank 3')
    wide = -1
    call ok(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, wide(7:1:-2, :, :)), 'a section')
    call check(all(abs(wide(7:1:-2, :, :) - cube) <= 0), 'uniforms in a section')
    call check(all(abs(wide(2::2, :, :) + 1) <= 0), 'what lies between')
    call ok(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 10_c_int64_t, one), 'one uniform')
    call same(one, line(8), 'one uniform')
    call ok(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, cube, 5_c_size_t), 'five uniforms')
    call ok(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, line(:0)), 'no uniform')
    call refused(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, cube, 49_c_size_t), &
         'n is 49, but x has 48 elements')
    call uniforms_in_assumed_size(line)
    call check(all(abs(line(:8) - reshape(cube, [8])) <= 0), 'uniforms in an array without a last extent')
  end subroutine random_numbers

  subroutine uniforms_in_assumed_size(x)
    real(c_double), intent(inout), target :: x(*)
    type(parexact_distribution) :: d
    x(:8) = -1
    call ok(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, x, 8_c_size_t), 'eight uniforms')
    call check(parexact_random_fill(d, 1_c_int64_t, 2_c_int64_t, 3_c_int64_t, x) /= PAREXACT_OK, &
         'uniforms without a number')
  end subroutine uniforms_in_assumed_size

  subroutine refusals()
    real(c_float) :: a(4, 5, 6)
    real(c_double) :: plane(4, 6), wrong(6, 4), line(6)
    logical :: mask(4, 5)
    type(parexact_state) :: few(3)
    a = 1
    plane = -7
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, 0, plane), 'dim is 0; it must be 1 to 3')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, [2, 4], line), 'dim(2) is 4; it must be 1 to 3')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, [2, 1, 2], line), 'dim has 2 more than once')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, 2.0, plane), &
         'dim must be an integer of kind 1, 2, 4 or 8')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, reshape([1], [1, 1]), plane), &
         'dim must be an integer or an array of rank 1')
    call refused(parexact_reduce(a, PAREXACT_OP_VAR, 2, plane, ddof=1.0), &
         'ddof must be an integer of kind 1, 2, 4 or 8')
    call refused(parexact_reduce(a, PAREXACT_OP_VAR, 2, plane, ddof=-1_c_int8_t), &
         'ddof is -1; it must not be negative')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, 2, wrong), 'out has the shape (6, 4); it must have ' // &
         '(4, 6), the shape of a without the dimensions that are reduced')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, [1, 2], line(1)), &
         'out has the shape (); it must have (6), the shape of a without the dimensions that are reduced')
    call refused(parexact_reduce(a, PAREXACT_OP_SUM, [1, 2, 3], line(:1)), 'out has the shape (1); it ' // &
         'must have (), the shape of a without the dimensions that are reduced')
    call refused(parexact_reduce(1, PAREXACT_OP_SUM, 1, line(1)), 'dim is 1, but a is a scalar')
    call refused(parexact_sum(a, line(1), mask), &
         'mask has the shape (4, 5); it must be a scalar or have (4, 5, 6), the shape of the array')
    call refused(parexact_dot(a, a(:3, :, :), line(1)), 'x and y must have the same shape')
    call refused(parexact_state_update_axes(few, a, [1, 2]), &
         'states has the shape (3); it must have (6), the shape of a without the dimensions that are reduced')
    call refused(parexact_summarize(0_c_int32_t, PAREXACT_RESULT_SUM, a, 2, wrong), &
         'out has the shape (6, 4); it must have (4, 6), the shape of x without the dimensions that are ' // &
         'reduced')
    call check(all(abs(plane + 7) <= 0), 'results after refusals')
  end subroutine refusals

  !> An array without a last extent has no shape; a section of it has one.
  subroutine assumed_size(x)
    integer(c_int64_t), intent(in), target :: x(4, *)
    type(parexact_array), target :: unknown
    call refused(parexact_sum(x, total), 'a has more than 7 dimensions, or its last extent is not known')
    call ok(parexact_sum(x(:, :3), total), 'a section of an array without a last extent')
    call same(total, real(sum(x(:, :3)), c_double), 'a section of an array without a last extent')
    call parexact_view(x, unknown)
    call refused(parexact_reduce(x, PAREXACT_OP_SUM, 1, total), &
         'a has more than 7 dimensions, or its last extent is not known')
    call refused(parexact_sum(unknown, total), &
         'a has more than 7 dimensions, or its last extent is not known')
  end subroutine assumed_size
end program arrays
