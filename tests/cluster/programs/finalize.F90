! MPI_Finalize frees the operation and the datatype of parexact_mpi_f08 (if USE_MPI_F08 is defined) or
! parexact_mpi.
!
! Attributes of MPI_COMM_SELF are deleted in the reverse order of their making. So one that is made before the
! pair is deleted after it, and a new datatype gets the handle that has become free. Each rank prints "freed".
#ifdef USE_MPI_F08
#define COMMUNICATOR type(MPI_Comm)
#define OPERATION type(MPI_Op)
#define DATATYPE type(MPI_Datatype)
#else
#define COMMUNICATOR integer
#define OPERATION integer
#define DATATYPE integer
#endif
module last_check
#ifdef USE_MPI_F08
  use mpi_f08
#else
  use mpi
#endif
  implicit none
  DATATYPE :: expected

contains

  subroutine look(comm, keyval, value, extra, ierror)
    COMMUNICATOR :: comm
    integer :: keyval, ierror
    integer(MPI_ADDRESS_KIND) :: value, extra
    DATATYPE :: free
    associate (unused_comm => comm, unused_keyval => keyval, unused_value => value, unused_extra => extra)
    end associate
    call MPI_Type_contiguous(3, MPI_INTEGER, free, ierror)
    if (free == expected) then
       print '(a)', 'freed'
    else
       print '(a)', 'not freed'
    end if
    call MPI_Type_free(free, ierror)
  end subroutine look
end module last_check

program finalize
#ifdef USE_MPI_F08
  use parexact_mpi_f08
#else
  use parexact_mpi
#endif
  use last_check
  implicit none
  OPERATION :: op
  integer :: keyval, ierror

  call MPI_Init(ierror)
  call MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, look, keyval, 0_MPI_ADDRESS_KIND, ierror)
  call MPI_Comm_set_attr(MPI_COMM_SELF, keyval, 0_MPI_ADDRESS_KIND, ierror)
  call parexact_mpi_pair(op, expected)
  call MPI_Finalize(ierror)
end program finalize
