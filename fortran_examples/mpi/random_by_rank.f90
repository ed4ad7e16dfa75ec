! Ten million normals, of which each rank draws its slice and stores none: the same numbers, and in the end
! the same bits, for any number of ranks. MPI may merge the first half while the ranks draw the second one.
!
!     sources="$(pkg-config --variable=includedir parexact)"
!     mpifort $sources/parexact.f90 $sources/parexact_mpi_f08.f90 random_by_rank.f90 \
!         $(pkg-config --libs parexact) -o random_by_rank
!     mpiexec -n 4 ./random_by_rank
program random_by_rank
  use mpi_f08
  use parexact
  use parexact_mpi_f08
  implicit none
  integer(c_int64_t), parameter :: n = 10000000, half = n / 2, seed = 2017, stream = 0
  type(parexact_distribution) :: normal
  type(parexact_state), asynchronous :: mine(2), halves(2)
  type(parexact_stats) :: stats
  type(MPI_Op) :: op
  type(MPI_Datatype) :: datatype
  type(MPI_Request) :: requests(2)
  integer(c_int64_t) :: first, last, fingerprint(2)
  integer :: rank, ranks, i

  normal = parexact_distribution(PAREXACT_DIST_NORMAL, parameter=[0.0_c_double, 1.0_c_double, 0.0_c_double])
  call MPI_Init()
  call MPI_Comm_rank(MPI_COMM_WORLD, rank)
  call MPI_Comm_size(MPI_COMM_WORLD, ranks)
  first = half * rank / ranks
  last = half * (rank + 1) / ranks

  ! For what parexact_allreduce does not do: the operation and its datatype. One element is one state.
  call parexact_mpi_pair(op, datatype)
  do i = 1, 2
     call parexact_check(parexact_state_init(mine(i)))
     call parexact_check(parexact_random_state(normal, seed, stream, (i - 1) * half + first, last - first, &
          mine(i)))
     call MPI_Iallreduce(mine(i), halves(i), 1, datatype, op, MPI_COMM_WORLD, requests(i))
  end do
  do i = 1, 2
     call MPI_Wait(requests(i), MPI_STATUS_IGNORE)
  end do
  call parexact_check(parexact_state_merge(halves(1), halves(2)))

  if (rank == 0) then
     call parexact_check(parexact_state_result(halves(1), stats))
     call parexact_check(parexact_state_fingerprint(halves(1), fingerprint))
     print '(i0, 2(a, f9.6), a, 2z16.16)', stats%count, ' values, mean ', stats%mean, ', std ', stats%std, &
          ', fingerprint ', fingerprint
  end if
  call MPI_Finalize()
end program random_by_rank
