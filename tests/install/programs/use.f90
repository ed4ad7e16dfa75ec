program use_parexact
  use parexact
  implicit none
  integer, parameter :: n = 1000000
  real(c_double), allocatable :: x(:)
  real(c_double) :: total

  allocate (x(n), source=0.0_c_double)
  x(1) = 1e100_c_double
  x(n / 2) = 1.0_c_double
  x(n) = -1e100_c_double
  call parexact_check(parexact_set_num_threads(2_c_size_t))
  call parexact_check(parexact_sum(x, total))
  print '(a, 1x, i0)', parexact_version(), nint(total)
end program use_parexact
