subroutine total(x, sum)
  use parexact
  implicit none
  real(c_double), intent(in) :: x(:)
  real(c_double), intent(out) :: sum
  call parexact_check(parexact_sum(x, sum))
end subroutine total
