! Statistics of a model's field in single precision, with halos, where it lies: the area-weighted global mean,
! the means of levels, and statistics over the ocean. A model on many ranks would merge the summary and the
! state with parexact_allreduce, and get the same bits for any decomposition.
!
!     gfortran include/parexact.f90 fortran_examples/global_mean.f90 -Ltarget/release -lparexact -o mean
!     LD_LIBRARY_PATH=target/release ./mean
program global_mean
  use parexact
  implicit none
  integer, parameter :: nx = 360, ny = 180, nz = 4, halo = 2
  real :: temperature(1 - halo:nx + halo, 1 - halo:ny + halo, nz)
  real(c_double) :: area(nx, ny), mean, levels(nz)
  logical :: ocean(nx, ny)
  type(parexact_summary) :: weighted
  type(parexact_state) :: over_ocean
  type(parexact_stats) :: stats
  integer :: i, j, k

  temperature = huge(temperature) ! halos do not count
  do k = 1, nz
     do j = 1, ny
        do i = 1, nx
           temperature(i, j, k) = 300 - abs(j - 90.5) / 3 - 6.5 * k + mod(i * j, 7)
           area(i, j) = cos((j - 1) * acos(-1d0) / ny) - cos(j * acos(-1d0) / ny)
           ocean(i, j) = mod(i / 60 + j / 45, 3) /= 0
        end do
     end do
  end do

  associate (field => temperature(1:nx, 1:ny, :))
     call parexact_check(parexact_summary_init(weighted, PAREXACT_SUMMARY_WEIGHTED))
     call parexact_check(parexact_state_init(over_ocean))
     do k = 1, nz
        call parexact_check(parexact_summary_update(weighted, field(:, :, k), area))
        call parexact_check(parexact_state_update(over_ocean, field(:, :, k), ocean))
     end do
     call parexact_check(parexact_summary_result(weighted, PAREXACT_RESULT_MEAN, mean))
     call parexact_check(parexact_state_result(over_ocean, stats))
     call parexact_check(parexact_reduce(field, PAREXACT_OP_MEAN, [1, 2], levels))
  end associate
  print '(a, f9.4)', 'area-weighted mean  ', mean
  print '(a, 4f9.4)', 'means of the levels ', levels
  print '(a, 2f9.4, i8)', 'over the ocean      ', stats%mean, stats%std, stats%count
end program global_mean
