!> parexact for Fortran programs under MPI, with "use mpi_f08": states merged across ranks. The result has the
!> same bits for any number of ranks, any way of sharing out the values, and any MPI.
!>
!> The module parexact_mpi, in parexact_mpi.f90, is the same for programs with "use mpi". Both come as source,
!> as parexact.f90 does:
!>
!>     mpifort -c /path/to/include/parexact.f90 /path/to/include/parexact_mpi_f08.f90
!>     mpifort my_program.f90 parexact_mpi_f08.o parexact.o -L/path/to/lib -lparexact
!>
!> First steps:
!>
!>     use mpi_f08
!>     use parexact
!>     use parexact_mpi_f08
!>     type(parexact_state) :: state
!>     type(parexact_stats) :: stats
!>     integer(c_int32_t)   :: status
!>     ...
!>     call parexact_check(parexact_state_init(state))
!>     status = parexact_state_update(state, x)          ! each rank has a part of the values, or none
!>     call parexact_check(parexact_allreduce(state, MPI_COMM_WORLD, status))
!>     call parexact_check(parexact_state_result(state, stats))
!>
!> Conventions
!>
!> * Functions return a status, as those of the module parexact do, and parexact_last_error() says in words
!>   what was wrong.
!> * An error on one rank is an error on every rank that gets the result, and no rank is left waiting. If a
!>   state is damaged, or the states hold more than 2**63 - 1 values together, each of them gets
!>   PAREXACT_ERROR_BAD_STATE. A rank whose own computation failed takes part all the same and hands over its
!>   status as local_status, as in the lines above. Its states then carry the error, and it gets that status
!>   back, with its message; the other ranks get PAREXACT_ERROR_BAD_STATE.
!> * What MPI itself complains about goes to its error handler, which ends the program, unless the program has
!>   set another one. If that one returns, the states are lost: they carry an error, the status is
!>   PAREXACT_ERROR_BAD_STATE, and the last argument, ierror, is MPI's error code. It is MPI_SUCCESS
!>   otherwise.
!> * The operation and the datatype are made by the first call of a process, and MPI_Finalize frees them.
!>   Where several threads call (MPI_THREAD_MULTIPLE), let one of them call parexact_mpi_pair first; OpenMP's
!>   threads need not, if this file is compiled with -fopenmp.
module parexact_mpi_f08
  use, intrinsic :: iso_c_binding, only: c_double, c_int, c_int32_t, c_int64_t, c_ptr
  use mpi_f08, only: MPI_Allreduce, MPI_Comm, MPI_Comm_create_keyval, MPI_Comm_free_keyval, MPI_Comm_rank, &
       MPI_Comm_set_attr, MPI_Datatype, MPI_Op, MPI_Op_create, MPI_Op_free, MPI_Reduce, MPI_Type_commit, &
       MPI_Type_contiguous, MPI_Type_free, MPI_ADDRESS_KIND, MPI_COMM_NULL_COPY_FN, MPI_COMM_SELF, &
       MPI_IN_PLACE, MPI_INTEGER8, MPI_SUCCESS
  use parexact, only: parexact_state, parexact_state_init, parexact_state_norm, &
       PAREXACT_ERROR_CALLBACK_FAILED, PAREXACT_OK, PAREXACT_STATE_MAX_COUNT, PAREXACT_STATE_MAX_FIRST, &
       PAREXACT_STATE_WORDS
  implicit none
  private

  ! ----------------------------------------------------------------------------------------------- Reductions

  !> status = parexact_allreduce(states, comm [, local_status] [, ierror])
  !>
  !> Merges the states of all ranks of a communicator, in place: afterwards each rank has the state of
  !> everybody's values. states is a parexact_state, or an array of rank 1, 2 or 3 and of the same shape on
  !> every rank, whose elements are merged one by one. A rank without values takes part with what
  !> parexact_state_init makes.
  !>
  !> An array may have any size: it is merged in parts of 64 MiB, so that no more memory than that is needed
  !> for copies on the way. Sections that are not contiguous are copied.
  public :: parexact_allreduce
  interface parexact_allreduce
     module procedure allreduce_scalar, allreduce_rank1, allreduce_rank2, allreduce_rank3
  end interface parexact_allreduce

  !> status = parexact_mpi_reduce(states, root, comm [, local_status] [, ierror])
  !>
  !> The same for one rank alone: the states of rank root become the merged ones, and those of the other ranks
  !> stay as they are. The other ranks learn of no error but their own.
  public :: parexact_mpi_reduce
  interface parexact_mpi_reduce
     module procedure reduce_scalar, reduce_rank1, reduce_rank2, reduce_rank3
  end interface parexact_mpi_reduce

  ! ----------------------------------------------------------------------------------- Operation and datatype
  !
  ! For MPI's other reductions: MPI_Scan, MPI_Reduce_scatter, MPI_Iallreduce and so on.

  !> call parexact_mpi_pair(op, datatype [, ierror])
  !>
  !> The operation that merges states, and the datatype that is one state. They belong together: MPI tells the
  !> operation how many elements there are, and it takes each element for a whole state. So every count is a
  !> count of states. With PAREXACT_STATE_WORDS elements of MPI_INTEGER8 instead of one of the datatype, the
  !> program crashes.
  !>
  !>     call parexact_mpi_pair(op, datatype)
  !>     call MPI_Scan(mine%words, mine_and_before%words, 1, datatype, op, MPI_COMM_WORLD)
  !>
  !> Both are the module's own: they must not be freed. The operation cannot report errors: it puts them into
  !> the state, and parexact_state_result answers PAREXACT_ERROR_BAD_STATE. Into the same word a rank whose
  !> own computation failed writes its status, so that the others learn of it:
  !>
  !>     mine%words(PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT - 1) = status
  public :: parexact_mpi_pair

  ! ------------------------------------------------------------------------------------------- Implementation

  ! The word of a state in which a failure is noted: the last one that merges by the maximum.
  integer, parameter :: error_word = PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT - 1

  ! The largest number of states in one call of MPI: 64 MiB.
  integer(c_int64_t), parameter :: part = 2**15

  logical :: is_made = .false.
  type(MPI_Op) :: the_op
  type(MPI_Datatype) :: the_datatype

  ! The function as it is called by merge_states, which MPI gives addresses.
  interface
     subroutine c_mpi_merge(in, inout, len, datatype) bind(C, name="parexact_mpi_merge")
       import :: c_int, c_ptr
       type(c_ptr), value :: in, inout
       integer(c_int), intent(in) :: len
       integer(c_int), intent(in) :: datatype
     end subroutine c_mpi_merge
  end interface

contains

  ! ----------------------------------------------------------------------------------------------- Reductions

  function allreduce_scalar(state, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: state
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    type(parexact_state) :: states(1)
    states(1) = state
    status = reduce_states(states, 1_c_int64_t, comm, local_status, ierror)
    state = states(1)
  end function allreduce_scalar

  function allreduce_rank1(states, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: states(:)
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    status = reduce_states(states, size(states, kind=c_int64_t), comm, local_status, ierror)
  end function allreduce_rank1

  function allreduce_rank2(states, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: states(:, :)
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    status = reduce_states(states, size(states, kind=c_int64_t), comm, local_status, ierror)
  end function allreduce_rank2

  function allreduce_rank3(states, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: states(:, :, :)
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    status = reduce_states(states, size(states, kind=c_int64_t), comm, local_status, ierror)
  end function allreduce_rank3

  function reduce_scalar(state, root, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: state
    integer, intent(in) :: root
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    type(parexact_state) :: states(1)
    states(1) = state
    status = reduce_states(states, 1_c_int64_t, comm, local_status, ierror, root)
    state = states(1)
  end function reduce_scalar

  function reduce_rank1(states, root, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: states(:)
    integer, intent(in) :: root
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    status = reduce_states(states, size(states, kind=c_int64_t), comm, local_status, ierror, root)
  end function reduce_rank1

  function reduce_rank2(states, root, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: states(:, :)
    integer, intent(in) :: root
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    status = reduce_states(states, size(states, kind=c_int64_t), comm, local_status, ierror, root)
  end function reduce_rank2

  function reduce_rank3(states, root, comm, local_status, ierror) result(status)
    type(parexact_state), intent(inout) :: states(:, :, :)
    integer, intent(in) :: root
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer(c_int32_t) :: status
    status = reduce_states(states, size(states, kind=c_int64_t), comm, local_status, ierror, root)
  end function reduce_rank3

  !> What all of them do: merges n states on all ranks or, if root is present, on that rank.
  !>
  !> The states are of explicit shape, so that the compiler hands over arrays of any rank, and copies of those
  !> that are not contiguous.
  function reduce_states(states, n, comm, local_status, ierror, root) result(status)
    integer(c_int64_t), intent(in) :: n
    type(parexact_state), intent(inout) :: states(n)
    type(MPI_Comm), intent(in) :: comm
    integer(c_int32_t), intent(in), optional :: local_status
    integer, intent(out), optional :: ierror
    integer, intent(in), optional :: root
    integer(c_int32_t) :: status
    type(MPI_Op) :: op
    type(MPI_Datatype) :: datatype
    type(parexact_state), allocatable :: sent(:)
    integer(c_int64_t) :: first, last
    integer :: length, rank, error
    logical :: has_result

    status = PAREXACT_OK
    if (present(local_status)) status = local_status
    if (status /= PAREXACT_OK) states%words(error_word) = status
    has_result = .not. present(root)

    call parexact_mpi_pair(op, datatype, error)
    if (present(root) .and. error == MPI_SUCCESS) then
       call MPI_Comm_rank(comm, rank, error)
       has_result = rank == root
    end if
    allocate (sent(merge(min(part, n), 0_c_int64_t, present(root))))
    do first = 1, n, part
       if (error /= MPI_SUCCESS) exit
       last = min(first + part - 1, n)
       length = int(last - first + 1)
       if (present(root)) then
          ! A copy is sent, as MPI_IN_PLACE makes MPICH 4.0 and 4.1 crash if root is not 0 (MPICH issue 6540).
          sent(:length) = states(first:last)
          call MPI_Reduce(sent, states(first:last), length, datatype, op, root, comm, error)
       else
          call MPI_Allreduce(MPI_IN_PLACE, states(first:last), length, datatype, op, comm, error)
       end if
    end do

    if (error /= MPI_SUCCESS) states%words(error_word) = PAREXACT_ERROR_CALLBACK_FAILED
    if (present(ierror)) ierror = error
    if (status == PAREXACT_OK .and. (has_result .or. error /= MPI_SUCCESS)) status = first_failure(states)
  end function reduce_states

  !> What the library says of the first state that carries an error or is none; PAREXACT_OK if there is no
  !> such state.
  function first_failure(states) result(status)
    type(parexact_state), intent(in) :: states(:)
    integer(c_int32_t) :: status
    type(parexact_state) :: empty
    real(c_double) :: norm
    integer(c_int64_t) :: i

    norm = 0
    status = parexact_state_init(empty)
    do i = 1, size(states, kind=c_int64_t)
       if (states(i)%words(error_word) == 0 .and. states(i)%words(0) == empty%words(0)) cycle
       status = parexact_state_norm(states(i), norm)
       if (status /= PAREXACT_OK) return
    end do
  end function first_failure

  ! ----------------------------------------------------------------------------------- Operation and datatype

  subroutine parexact_mpi_pair(op, datatype, ierror)
    type(MPI_Op), intent(out) :: op
    type(MPI_Datatype), intent(out) :: datatype
    integer, intent(out), optional :: ierror
    integer :: error

    error = MPI_SUCCESS
    !$omp critical (parexact_mpi_pair_critical)
    if (.not. is_made) call make_pair(error)
    !$omp end critical (parexact_mpi_pair_critical)
    op = the_op
    datatype = the_datatype
    if (present(ierror)) ierror = error
  end subroutine parexact_mpi_pair

  !> Makes both, and an attribute of MPI_COMM_SELF, which calls free_pair when it is deleted: that is the
  !> first thing that MPI_Finalize does (MPI 4.0, section 11.2.4).
  subroutine make_pair(error)
    integer, intent(out) :: error
    integer :: keyval

    call MPI_Type_contiguous(int(PAREXACT_STATE_WORDS), MPI_INTEGER8, the_datatype, error)
    if (error == MPI_SUCCESS) call MPI_Type_commit(the_datatype, error)
    if (error == MPI_SUCCESS) call MPI_Op_create(merge_states, .true., the_op, error)
    if (error == MPI_SUCCESS) &
         call MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, free_pair, keyval, 0_MPI_ADDRESS_KIND, error)
    if (error == MPI_SUCCESS) call MPI_Comm_set_attr(MPI_COMM_SELF, keyval, 0_MPI_ADDRESS_KIND, error)
    is_made = error == MPI_SUCCESS
  end subroutine make_pair

  subroutine free_pair(comm, comm_keyval, attribute_val, extra_state, ierror)
    type(MPI_Comm) :: comm
    integer :: comm_keyval, ierror
    integer(MPI_ADDRESS_KIND) :: attribute_val, extra_state
    integer :: keyval

    ! What MPI hands over and nobody needs; the compiler would warn.
    associate (unused_comm => comm, unused_value => attribute_val, unused_state => extra_state)
    end associate
    is_made = .false.
    keyval = comm_keyval
    call MPI_Op_free(the_op, ierror)
    call MPI_Type_free(the_datatype, ierror)
    call MPI_Comm_free_keyval(keyval, ierror)
  end subroutine free_pair

  !> The library's function with the interface that mpi_f08 asks for.
  subroutine merge_states(invec, inoutvec, len, datatype)
    type(c_ptr), value :: invec, inoutvec
    integer :: len
    type(MPI_Datatype) :: datatype
    call c_mpi_merge(invec, inoutvec, len, datatype%MPI_VAL)
  end subroutine merge_states
end module parexact_mpi_f08
