! Pi by the midpoint rule: ready-made, and as the integral of a Fortran function. The error falls as
! 1/(12*n**2).
!
!     gfortran include/parexact.f90 fortran_examples/pi.f90 -Ltarget/release -lparexact -o pi
!     LD_LIBRARY_PATH=target/release ./pi
module quarter_circle
  use parexact
  implicit none

contains

  pure recursive function f(x) result(y)
    real(c_double), intent(in) :: x
    real(c_double) :: y
    y = 4 / (1 + x**2)
  end function f
end module quarter_circle

program pi_example
  use quarter_circle
  implicit none
  integer(c_int64_t), parameter :: points(6) = [1, 2, 10, 50, 100, 500]
  real(c_double), parameter :: pi = acos(-1.0_c_double)
  real(c_double) :: ready_made, integral
  integer(c_int64_t) :: n
  integer :: i

  print '(a)', '    n  pi(n)         error      integral of 4/(1+x**2)'
  do i = 1, size(points)
     call parexact_check(parexact_pi(points(i), ready_made))
     call parexact_check(parexact_integrate(f, 0.0_c_double, 1.0_c_double, points(i), integral))
     print '(i5, f14.10, es11.3, f14.10)', points(i), ready_made, ready_made - pi, integral
  end do

  n = 0
  do
     n = n + 1
     call parexact_check(parexact_pi(n, ready_made))
     if (abs(ready_made - pi) < 1e-6_c_double) exit
  end do
  print '(a, i0, a)', 'n = ', n, ' is the first with an error below 1e-6'
end program pi_example
