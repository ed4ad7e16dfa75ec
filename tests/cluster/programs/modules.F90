! The modules parexact_mpi_f08 (if USE_MPI_F08 is defined) and parexact_mpi (if not): every procedure, for
! scalars, arrays and sections, with errors. Rank 0 prints the statistics, which test_mpi_fortran.py compares
! with exact ones.
#ifdef USE_MPI_F08
#define COMMUNICATOR type(MPI_Comm)
#define OPERATION type(MPI_Op)
#define DATATYPE type(MPI_Datatype)
#define REQUEST type(MPI_Request)
#else
#define COMMUNICATOR integer
#define OPERATION integer
#define DATATYPE integer
#define REQUEST integer
#endif
program modules
  use, intrinsic :: iso_fortran_env, only: error_unit, int64
#ifdef USE_MPI_F08
  use mpi_f08
  use parexact_mpi_f08
#else
  use mpi
  use parexact_mpi
#endif
  use parexact
  implicit none
  integer, parameter :: n = 10007
  integer, parameter :: error_word = PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT - 1
  type(parexact_state) :: whole
  integer :: rank, ranks, checks = 0, failures = 0, ierror
  integer :: mine(2), all_ranks(2)
  character(16) :: argument

  call MPI_Init(ierror)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierror)
  call MPI_Comm_size(MPI_COMM_WORLD, ranks, ierror)
  call get_command_argument(1, argument)
  whole = state_of(0, n)
  if (argument == 'large') then
     call large()
  else
     call scalars('even')
     call scalars('uneven')
     call scalars('empty')
     call arrays()
     call pair()
     call own_failure(0)
     call own_failure(ranks - 1)
     call damaged()
     call mpi_failure()
  end if
  mine = [checks, failures]
  call MPI_Reduce(mine, all_ranks, 2, MPI_INTEGER, MPI_SUM, 0, MPI_COMM_WORLD, ierror)
  if (rank == 0) print '(3(i0, a))', ranks, ' ranks, ', all_ranks(1), ' checks, ', all_ranks(2), ' failed'
  call MPI_Finalize(ierror)
  if (failures > 0) stop 1, quiet=.true.

contains

  subroutine check(holds, what)
    logical, intent(in) :: holds
    character(*), intent(in) :: what
    checks = checks + 1
    if (holds) return
    failures = failures + 1
    write (error_unit, '(2(a, i0), 2a)') 'rank ', rank, ' of ', ranks, ': failed: ', what
  end subroutine check

  !> As in checks.h.
  function value(i) result(x)
    integer, intent(in) :: i
    real(c_double) :: x
    x = scale(real(mod(int(i, int64) * 7919, 2003_int64) - 1001, c_double), mod(i, 801) - 400)
  end function value

  !> Where the slice of rank r begins, as in checks.h.
  function slice(how, r) result(begin)
    character(*), intent(in) :: how
    integer, intent(in) :: r
    integer :: begin
    select case (how)
    case ('even')
       begin = n * r / ranks
    case ('uneven')
       begin = int(n * (real(r, c_double) / ranks)**3)
    case default
       begin = merge(n, 0, r == ranks)
    end select
  end function slice

  !> The state of values first to last - 1.
  function state_of(first, last) result(state)
    integer, intent(in) :: first, last
    type(parexact_state) :: state
    integer :: i
    call parexact_check(parexact_state_init(state))
    call parexact_check(parexact_state_update(state, [(value(i), i = first, last - 1)]))
  end function state_of

  elemental function equal(a, b) result(answer)
    type(parexact_state), intent(in) :: a, b
    logical :: answer
    answer = all(a%words == b%words)
  end function equal

  subroutine scalars(how)
    character(*), intent(in) :: how
    type(parexact_state) :: part, state
    type(parexact_stats) :: stats
    integer(c_int32_t) :: status
    integer :: error, root

    part = state_of(slice(how, rank), slice(how, rank + 1))
    state = part
    call check(parexact_allreduce(state, MPI_COMM_WORLD) == PAREXACT_OK, how // ': status')
    call check(equal(state, whole), how // ': allreduce')
    if (rank == 0 .and. how == 'uneven') then
       call parexact_check(parexact_state_result(state, stats, ddof=1))
       print '(5z17.16)', stats%sum, stats%mean, stats%variance, stats%min, stats%max
    end if

    do root = 0, ranks - 1, max(1, ranks - 1)
       state = part
       error = -1
       status = parexact_mpi_reduce(state, root, MPI_COMM_WORLD, ierror=error)
       call check(status == PAREXACT_OK, how // ': status of reduce')
       call check(error == MPI_SUCCESS, how // ': ierror')
       if (rank == root) then
          call check(equal(state, whole), how // ': reduce')
       else
          call check(equal(state, part), how // ': reduce, elsewhere')
       end if
    end do
  end subroutine scalars

  !> Arrays of ranks 1 to 3, whole and sections, every element another state; what a section leaves out stays.
  subroutine arrays()
    type(parexact_state) :: before(2, 3, 4), after(2, 3, 4), states(2, 3, 4), none(0)
    integer(c_int32_t) :: status
    integer :: i, j, k, m, root

    do k = 1, 4
       do j = 1, 3
          do i = 1, 2
             m = i + 10 * j + 100 * k
             before(i, j, k) = state_of(m * (rank + 1), m * (rank + 2))
             after(i, j, k) = state_of(m, m * (ranks + 1))
          end do
       end do
    end do
    root = ranks - 1

    states = before
    call check(parexact_allreduce(states, MPI_COMM_WORLD) == PAREXACT_OK, 'rank 3: status')
    call check(all(equal(states, after)), 'rank 3')
    states = before
    status = parexact_allreduce(states(2:1:-1, ::2, 2:3), MPI_COMM_WORLD)
    call check(status == PAREXACT_OK, 'a section of rank 3: status')
    call check(all(equal(states(:, ::2, 2:3), after(:, ::2, 2:3))), 'a section of rank 3')
    call check(all(equal(states(:, 2, :), before(:, 2, :))), 'outside of the section of rank 3')
    call check(all(equal(states(:, :, 1::3), before(:, :, 1::3))), 'outside of the section of rank 3')

    states = before
    call check(parexact_allreduce(states(1, :, :), MPI_COMM_WORLD) == PAREXACT_OK, 'rank 2: status')
    call check(all(equal(states(1, :, :), after(1, :, :))), 'rank 2')
    call check(all(equal(states(2, :, :), before(2, :, :))), 'outside of rank 2')
    states = before
    call check(parexact_allreduce(states(2, 3, 4:1:-2), MPI_COMM_WORLD) == PAREXACT_OK, 'rank 1: status')
    call check(all(equal(states(2, 3, 2::2), after(2, 3, 2::2))), 'rank 1')
    call check(all(equal(states(2, 3, 1::2), before(2, 3, 1::2))), 'outside of rank 1')

    states = before
    call check(parexact_mpi_reduce(states, root, MPI_COMM_WORLD) == PAREXACT_OK, 'reduce, rank 3: status')
    call check(all(equal(states, merge(after, before, rank == root))), 'reduce, rank 3')
    states = before
    status = parexact_mpi_reduce(states(:, 2, :), root, MPI_COMM_WORLD)
    call check(status == PAREXACT_OK, 'reduce, rank 2: status')
    before(:, 2, :) = merge(after(:, 2, :), before(:, 2, :), rank == root)
    call check(all(equal(states, before)), 'reduce, rank 2')
    states = before
    status = parexact_mpi_reduce(states(2, 3, ::2), root, MPI_COMM_WORLD)
    call check(status == PAREXACT_OK, 'reduce, rank 1: status')
    if (rank == root) then
       call check(all(equal(states(2, 3, ::2), after(2, 3, ::2))), 'reduce, rank 1')
    else
       call check(all(equal(states, before)), 'reduce, rank 1, elsewhere')
    end if

    call check(parexact_allreduce(none, MPI_COMM_WORLD) == PAREXACT_OK, 'no states')
  end subroutine arrays

  !> The operation and its datatype in MPI's own reductions.
  subroutine pair()
    OPERATION :: op, again
    DATATYPE :: datatype, same
    REQUEST :: pending
    type(parexact_state), asynchronous :: part, out
    integer :: bytes, lower, error

    error = -1
    call parexact_mpi_pair(op, datatype, error)
    call check(error == MPI_SUCCESS, 'pair: ierror')
    call parexact_mpi_pair(again, same)
    call check(op == again .and. datatype == same, 'pair: the same again')
    call MPI_Type_size(datatype, bytes, ierror)
    call check(bytes == 8 * PAREXACT_STATE_WORDS, 'pair: size of the datatype')

    part = state_of(slice('uneven', rank), slice('uneven', rank + 1))
    lower = slice('uneven', rank + 1)
    out%words = -1
    call MPI_Scan(part%words, out%words, 1, datatype, op, MPI_COMM_WORLD, ierror)
    call check(equal(out, state_of(0, lower)), 'pair: scan')
    out%words = -1
    call MPI_Iallreduce(part%words, out%words, 1, datatype, op, MPI_COMM_WORLD, pending, ierror)
    call MPI_Wait(pending, MPI_STATUS_IGNORE, ierror)
    call check(equal(out, whole), 'pair: iallreduce')
  end subroutine pair

  !> A rank whose own computation failed gets its status and message back; the others get BAD_STATE.
  subroutine own_failure(culprit)
    integer, intent(in) :: culprit
    type(parexact_state) :: states(3), state
    integer(c_int32_t) :: status
    character(:), allocatable :: message
    integer :: i

    states = [(state_of(0, 10), i = 1, 3)]
    status = PAREXACT_OK
    message = ''
    if (rank == culprit) then
       status = parexact_set_num_threads(-1_c_size_t)
       message = parexact_last_error()
       call check(status == PAREXACT_ERROR_INVALID_ARGUMENT .and. message /= '', 'own failure: the failure')
    end if
    status = parexact_allreduce(states, MPI_COMM_WORLD, status)
    if (rank == culprit) then
       call check(status == PAREXACT_ERROR_INVALID_ARGUMENT, 'own failure: the status')
       call check(parexact_last_error() == message, 'own failure: the message')
    else
       call check(status == PAREXACT_ERROR_BAD_STATE, 'own failure: the other ranks')
    end if
    do i = 1, 3
       call is_bad(states(i), 'own failure')
    end do

    state = state_of(0, 10)
    status = merge(PAREXACT_ERROR_NO_MEMORY, PAREXACT_OK, rank == culprit)
    status = parexact_mpi_reduce(state, 0, MPI_COMM_WORLD, local_status=status)
    if (rank == culprit) then
       call check(status == PAREXACT_ERROR_NO_MEMORY, 'own failure, reduce')
    else
       call check(status == merge(PAREXACT_ERROR_BAD_STATE, PAREXACT_OK, rank == 0), 'own failure, reduce')
    end if
  end subroutine own_failure

  subroutine is_bad(state, what)
    type(parexact_state), intent(in) :: state
    character(*), intent(in) :: what
    type(parexact_stats) :: stats
    call check(parexact_state_result(state, stats) == PAREXACT_ERROR_BAD_STATE, what)
  end subroutine is_bad

  !> Damaged states, among them the second of three: the status says so on every rank.
  subroutine damaged()
    type(parexact_state) :: state, states(3)
    integer(c_int32_t) :: status
    integer :: i

    state = state_of(0, 10)
    if (rank == ranks - 1) state%words = 0
    call check(parexact_allreduce(state, MPI_COMM_WORLD) == PAREXACT_ERROR_BAD_STATE, 'damaged: zeros')
    call check(index(parexact_last_error(), 'state') > 0, 'damaged: the message')

    states = [(state_of(0, 10), i = 1, 3)]
    if (rank == 0) states(2)%words(error_word) = PAREXACT_ERROR_CANCELLED
    status = parexact_allreduce(states, MPI_COMM_WORLD)
    call check(status == PAREXACT_ERROR_BAD_STATE, 'damaged: the second of three')
    call is_bad(states(2), 'damaged: the second of three')
    call check(all(states(1::2)%words(1) == 10 * ranks), 'damaged: the other two')
  end subroutine damaged

  !> An error of MPI that returns: there is no such root.
  subroutine mpi_failure()
    COMMUNICATOR :: own
    type(parexact_state) :: state
    integer(c_int32_t) :: status
    integer :: error

    call MPI_Comm_dup(MPI_COMM_WORLD, own, ierror)
    call MPI_Comm_set_errhandler(own, MPI_ERRORS_RETURN, ierror)
    state = state_of(0, 10)
    error = MPI_SUCCESS
    status = parexact_mpi_reduce(state, ranks, own, ierror=error)
    call check(status == PAREXACT_ERROR_BAD_STATE, 'MPI fails: the status')
    call check(error /= MPI_SUCCESS, 'MPI fails: ierror')
    call is_bad(state, 'MPI fails: the state')
    call MPI_Comm_free(own, ierror)
  end subroutine mpi_failure

  !> More states than go into one call of MPI: 32768, and then some.
  subroutine large()
    integer, parameter :: many = 33000
    type(parexact_state), allocatable :: states(:)
    integer :: i, wrong

    allocate (states(many))
    do i = 1, many
       states(i) = state_of(mod(i, 5000) + rank, mod(i, 5000) + rank + 1)
    end do
    call check(parexact_allreduce(states, MPI_COMM_WORLD) == PAREXACT_OK, 'large: status')
    wrong = 0
    do i = 1, many
       if (.not. equal(states(i), state_of(mod(i, 5000), mod(i, 5000) + ranks))) wrong = wrong + 1
    end do
    call check(wrong == 0, 'large')
  end subroutine large
end program modules
