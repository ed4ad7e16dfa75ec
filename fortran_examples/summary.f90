! How two fields are related, and how one of them is distributed: a regression over pieces that arrive one by
! one, weighted means along a dimension, and dot products of the fields' columns.
!
!     gfortran include/parexact.f90 fortran_examples/summary.f90 -Ltarget/release -lparexact -o summary
!     LD_LIBRARY_PATH=target/release ./summary
program summary_example
  use parexact
  implicit none
  integer, parameter :: n = 1000, pieces = 4
  integer(c_int32_t), parameter :: wanted(4) = [PAREXACT_RESULT_SLOPE, PAREXACT_RESULT_SLOPE_STDERR, &
       PAREXACT_RESULT_INTERCEPT, PAREXACT_RESULT_CORRELATION]
  real(c_double) :: x(n, pieces), y(n, pieces), weights(n, pieces)
  real(c_double) :: line(4), skewness, means(pieces), dots(pieces)
  type(parexact_summary) :: pairs, shape_of_y
  integer :: i, k

  do k = 1, pieces
     do i = 1, n
        x(i, k) = 0.25_c_double * i + 1000 * k
        y(i, k) = 3 * x(i, k) - 5 + mod(37 * i, 101) - 50
        weights(i, k) = 1 + mod(i, 3)
     end do
  end do

  call parexact_check(parexact_summary_init(pairs, PAREXACT_SUMMARY_PAIR))
  call parexact_check(parexact_summary_init(shape_of_y, PAREXACT_SUMMARY_SHAPE))
  do k = pieces, 1, -1
     call parexact_check(parexact_summary_update(pairs, x(:, k), y(:, k)))
     call parexact_check(parexact_summary_update(shape_of_y, y(:, k)))
  end do
  call parexact_check(parexact_summary_results(pairs, wanted, size(wanted, kind=c_size_t), line))
  print '(2(a, f8.6), a, f6.3, a, f8.6)', 'y = ', line(1), ' (+- ', line(2), ') x + ', line(3), &
       ', correlation ', line(4)
  call parexact_check(parexact_summary_result(shape_of_y, PAREXACT_RESULT_SKEWNESS, skewness))
  print '(a, f9.6)', 'skewness of y', skewness

  ! Along the first dimension, without summaries.
  call parexact_check(parexact_summarize(PAREXACT_SUMMARY_WEIGHTED, PAREXACT_RESULT_MEAN, y, 1, means, &
       weights))
  print '(a, 4f12.3)', 'weighted means', means
  call parexact_check(parexact_dot_axes(x, weights, 1, dots))
  print '(a, 4f12.1)', 'dot products  ', dots
end program summary_example
