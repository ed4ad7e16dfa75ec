! The workshop's first native function: sum an array, and change one of its elements to show that it is
! shared.
!
!     gfortran include/parexact.f90 fortran_examples/sum_my_numbers.f90 -Ltarget/release -lparexact \
!         -o sum_my_numbers
!     LD_LIBRARY_PATH=target/release ./sum_my_numbers
program sum_my_numbers_example
  use parexact
  use, intrinsic :: ieee_arithmetic, only: ieee_is_nan
  use, intrinsic :: iso_fortran_env, only: error_unit
  implicit none
  integer, parameter :: n = 100
  real(c_double) :: numbers(n), total
  integer :: i

  ! As np.linspace(5, 50, 100).
  numbers = [(5 + (i - 1) * (45 / real(n - 1, c_double)), i = 1, n)]
  numbers(n) = 50

  total = sum_my_numbers(numbers, size(numbers, kind=c_size_t))
  if (ieee_is_nan(total)) then ! there are no NaNs in our numbers: something else is wrong
     write (error_unit, '(2a)') 'sum_my_numbers: ', parexact_last_error()
     error stop
  end if
  print '(f0.1)', total

  ! Element 50 of C is element 51 of Fortran.
  print '(a, i0, a, f0.4)', 'numbers(', n / 2 + 1, ') is now ', numbers(n / 2 + 1)
end program sum_my_numbers_example
