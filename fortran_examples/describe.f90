! Statistics of a field, of a section of it, and of the same field that arrives piece by piece: the same bits.
!
!     gfortran include/parexact.f90 fortran_examples/describe.f90 -Ltarget/release -lparexact -o describe
!     LD_LIBRARY_PATH=target/release ./describe
program describe_example
  use parexact
  implicit none
  real(c_double), allocatable :: field(:, :)
  type(parexact_stats) :: whole, interior, in_pieces
  type(parexact_state) :: state
  integer :: i, j

  allocate (field(400, 300))
  do j = 1, size(field, 2)
     do i = 1, size(field, 1)
        field(i, j) = 273.15_c_double + sin(0.01_c_double * i) * cos(0.02_c_double * j)
     end do
  end do

  call parexact_check(parexact_describe(field, whole))
  print '(a, i0, 2(a, g0))', 'field:     ', whole%count, ' values, mean ', whole%mean, ', std ', whole%std

  ! The sample variance of the interior points.
  call parexact_check(parexact_describe(field(2:399, 2:299), interior, ddof=1))
  print '(a, i0, 2(a, g0))', 'interior:  ', interior%count, ' values, mean ', interior%mean, ', std ', &
       interior%std

  call parexact_check(parexact_state_init(state))
  do j = size(field, 2), 1, -1
     call parexact_check(parexact_state_update(state, field(:, j)))
  end do
  call parexact_check(parexact_state_result(state, in_pieces))
  print '(a, i0, 2(a, g0))', 'in pieces: ', in_pieces%count, ' values, mean ', in_pieces%mean, ', std ', &
       in_pieces%std
end program describe_example
