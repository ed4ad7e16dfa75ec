! Ten million normals, drawn and reduced at once, then in four parts as four ranks would draw them: the same
! bits.
!
!     gfortran include/parexact.f90 fortran_examples/random.f90 -Ltarget/release -lparexact -o random
!     LD_LIBRARY_PATH=target/release ./random
program random_example
  use parexact
  implicit none
  integer(c_int64_t), parameter :: n = 10000000, ranks = 4, seed = 2017, stream = 0
  type(parexact_distribution) :: normal
  type(parexact_state) :: whole, merged, part
  real(c_double) :: some(3)
  integer(c_int64_t) :: rank, first, last

  normal = parexact_distribution(PAREXACT_DIST_NORMAL, parameter=[0.0_c_double, 1.0_c_double, 0.0_c_double])

  ! None of the numbers is stored.
  call parexact_check(parexact_state_init(whole))
  call parexact_check(parexact_random_state(normal, seed, stream, 0_c_int64_t, n, whole))
  call show('at once ', whole)

  ! Each rank draws its own part, by offset; here the last rank comes first.
  call parexact_check(parexact_state_init(merged))
  do rank = ranks - 1, 0, -1
     first = n * rank / ranks
     last = n * (rank + 1) / ranks
     call parexact_check(parexact_state_init(part))
     call parexact_check(parexact_random_state(normal, seed, stream, first, last - first, part))
     call parexact_check(parexact_state_merge(merged, part))
  end do
  call show('in parts', merged)

  ! Any of the numbers can be looked at: the last three.
  call parexact_check(parexact_random_fill(normal, seed, stream, n - 3, some, size(some, kind=c_size_t)))
  print '(a, 3f10.6)', 'the last', some

contains

  subroutine show(label, state)
    character(*), intent(in) :: label
    type(parexact_state), intent(in) :: state
    type(parexact_stats) :: stats
    integer(c_int64_t) :: fingerprint(2)

    call parexact_check(parexact_state_result(state, stats))
    call parexact_check(parexact_state_fingerprint(state, fingerprint))
    print '(2a, i0, 2(a, f9.6), a, 2z16.16)', label, ': ', stats%count, ' values, mean ', stats%mean, &
         ', std ', stats%std, ', fingerprint ', fingerprint
  end subroutine show
end program random_example
