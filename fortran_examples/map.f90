! A Fortran function for each of many numbers, in parallel: the longest Collatz sequence that begins below a
! million.
!
!     gfortran include/parexact.f90 fortran_examples/map.f90 -Ltarget/release -lparexact -o map
!     LD_LIBRARY_PATH=target/release ./map
module collatz
  use parexact
  implicit none

contains

  !> Steps from n to 1, if even numbers are halved and odd ones become 3*n + 1. Some numbers take a hundred
  !> times as long as others; the threads share them out evenly all the same. Pure and recursive: it may run
  !> on several threads at once.
  pure recursive function steps(n) result(count)
    real(c_double), intent(in) :: n
    real(c_double) :: count
    integer(c_int64_t) :: m
    m = int(n, c_int64_t)
    count = 0
    do while (m /= 1)
       m = merge(m / 2, 3 * m + 1, mod(m, 2_c_int64_t) == 0)
       count = count + 1
    end do
  end function steps
end module collatz

program map_example
  use collatz
  implicit none
  real(c_double), allocatable :: begin(:), length(:)
  type(c_ptr) :: pool
  integer :: i, longest

  allocate (begin(999999), length(999999))
  begin = [(real(i, c_double), i = 1, size(begin))]

  ! With c_null_ptr instead of a pool, the map uses as many threads as any call.
  pool = c_null_ptr
  call parexact_check(parexact_pool_new(4_c_size_t, pool))
  call parexact_check(parexact_map(pool, steps, begin, length))
  call parexact_pool_free(pool)

  longest = maxloc(length, dim=1)
  print '(i0, a, i0, a)', nint(begin(longest)), ' takes ', nint(length(longest)), ' steps'
end program map_example
