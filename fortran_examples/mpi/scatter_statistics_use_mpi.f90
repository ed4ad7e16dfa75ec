! Rank 0 scatters a vector; each rank makes a state of its part; rank 0 gets the statistics of the whole. The
! bits are the same for any number of ranks. It uses mpi; scatter_statistics.f90 uses mpi_f08 instead.
!
!     sources="$(pkg-config --variable=includedir parexact)"
!     mpifort $sources/parexact.f90 $sources/parexact_mpi.f90 scatter_statistics_use_mpi.f90 \
!         $(pkg-config --libs parexact) -o scatter_statistics_use_mpi
!     mpiexec -n 4 ./scatter_statistics_use_mpi
!
! The library must be where the loader looks: see LD_LIBRARY_PATH in README.
program scatter_statistics_use_mpi
  use mpi
  use parexact
  use parexact_mpi
  implicit none
  integer, parameter :: n = 1000
  real(c_double), allocatable :: data(:), part(:)
  integer, allocatable :: counts(:), offsets(:)
  type(parexact_state) :: mine, everybody
  type(parexact_stats) :: stats
  integer(c_int32_t) :: status
  integer :: rank, ranks, i, ierror

  call MPI_Init(ierror)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierror)
  call MPI_Comm_size(MPI_COMM_WORLD, ranks, ierror)

  ! n need not be a multiple of the number of ranks, and some ranks may get nothing.
  allocate (offsets(ranks), counts(ranks))
  offsets = [(n * i / ranks, i = 0, ranks - 1)]
  counts = [(n * (i + 1) / ranks - n * i / ranks, i = 0, ranks - 1)]
  allocate (part(counts(rank + 1)), data(merge(n, 0, rank == 0)))
  data = [(real(i - 1, c_double), i = 1, size(data))]
  call MPI_Scatterv(data, counts, offsets, MPI_DOUBLE_PRECISION, part, size(part), MPI_DOUBLE_PRECISION, 0, &
       MPI_COMM_WORLD, ierror)

  ! With its status each rank tells the others whether it failed: then all of them stop here, and none waits.
  call parexact_check(parexact_state_init(mine))
  status = parexact_state_update(mine, part)
  everybody = mine
  call parexact_check(parexact_mpi_reduce(everybody, 0, MPI_COMM_WORLD, status))
  if (rank == 0) then
     call parexact_check(parexact_state_result(everybody, stats))
     print '(i0, 2(a, f0.1), a, f0.13, 2(a, f0.1))', stats%count, ' values, sum ', stats%sum, ', mean ', &
          stats%mean, ', std ', stats%std, ', min ', stats%min, ', max ', stats%max
  end if

  ! If every rank wants to know, to standardise its part for instance.
  call parexact_check(parexact_allreduce(mine, MPI_COMM_WORLD, status))
  call parexact_check(parexact_state_result(mine, stats))
  part = (part - stats%mean) / stats%std
  call MPI_Gatherv(part, size(part), MPI_DOUBLE_PRECISION, data, counts, offsets, MPI_DOUBLE_PRECISION, 0, &
       MPI_COMM_WORLD, ierror)
  if (rank == 0) print '(2(a, f0.16))', 'standardised, the first is ', data(1), ' and the last ', data(n)

  call MPI_Finalize(ierror)
end program scatter_statistics_use_mpi
