! Pools, maps, jobs, locks, queues and integrals from Fortran: every procedure of that part, errors included.
module parallel_callbacks
  use parexact
  use, intrinsic :: iso_c_binding, only: c_f_pointer, c_float, c_int16_t, c_int8_t
  implicit none

  !> What the tasks share, by way of their user_data.
  type :: shared
     type(c_ptr) :: lock = c_null_ptr
     type(c_ptr) :: queue = c_null_ptr
     integer :: total = 0
  end type shared

  !> An item of several parts.
  type :: point
     integer :: number
     real(c_double) :: x
  end type point

contains

  pure recursive function square(x) result(y)
    real(c_double), intent(in) :: x
    real(c_double) :: y
    y = x**2
  end function square

  !> x by way of an array that gfortran would keep in static memory, but for the recursive.
  pure recursive function by_a_large_array(x) result(y)
    real(c_double), intent(in) :: x
    real(c_double) :: y, work(12000)
    work = x
    y = sum(work) / size(work)
  end function by_a_large_array

  pure recursive function half32(x) result(y)
    real(c_float), intent(in) :: x
    real(c_float) :: y
    y = x / 2
  end function half32

  pure recursive function next8(x) result(y)
    integer(c_int8_t), intent(in) :: x
    integer(c_int8_t) :: y
    y = x + 1_c_int8_t
  end function next8

  pure recursive function next16(x) result(y)
    integer(c_int16_t), intent(in) :: x
    integer(c_int16_t) :: y
    y = x + 1_c_int16_t
  end function next16

  pure recursive function next32(x) result(y)
    integer(c_int32_t), intent(in) :: x
    integer(c_int32_t) :: y
    y = x + 1
  end function next32

  pure recursive function next64(x) result(y)
    integer(c_int64_t), intent(in) :: x
    integer(c_int64_t) :: y
    y = x + 1
  end function next64

  pure recursive function third32(x) result(y)
    real(c_float), intent(in) :: x
    real(c_double) :: y
    y = x / 3.0_c_double
  end function third32

  pure recursive function third_of8(x) result(y)
    integer(c_int8_t), intent(in) :: x
    real(c_double) :: y
    y = x / 3.0_c_double
  end function third_of8

  pure recursive function third_of16(x) result(y)
    integer(c_int16_t), intent(in) :: x
    real(c_double) :: y
    y = x / 3.0_c_double
  end function third_of16

  pure recursive function third_of32(x) result(y)
    integer(c_int32_t), intent(in) :: x
    real(c_double) :: y
    y = x / 3.0_c_double
  end function third_of32

  pure recursive function third_of64(x) result(y)
    integer(c_int64_t), intent(in) :: x
    real(c_double) :: y
    y = real(x, c_double) / 3
  end function third_of64

  recursive function place(item, result, user_data) bind(C) result(answer)
    type(c_ptr), value :: item, result, user_data
    integer(c_int32_t) :: answer
    integer, pointer :: number
    type(point), pointer :: to
    real(c_double), pointer :: scale
    call c_f_pointer(item, number)
    call c_f_pointer(result, to)
    call c_f_pointer(user_data, scale)
    to = point(number, scale * number)
    answer = merge(3, 0, number == 13)
  end function place

  recursive function double_in_place(item, result, user_data) bind(C) result(answer)
    type(c_ptr), value :: item, result, user_data
    integer(c_int32_t) :: answer
    integer, pointer :: number
    associate (unused => item, unused_too => user_data)
    end associate
    call c_f_pointer(result, number)
    number = 2 * number
    answer = 0
  end function double_in_place

  recursive function add_one_hundred_times(user_data) bind(C) result(answer)
    type(c_ptr), value :: user_data
    integer(c_int32_t) :: answer, put
    type(shared), pointer :: all
    integer :: i
    call c_f_pointer(user_data, all)
    answer = 0
    do i = 1, 100
       if (parexact_lock_acquire(all%lock, -1.0_c_double) /= PAREXACT_OK) answer = 1
       all%total = all%total + 1
       if (parexact_lock_release(all%lock) /= PAREXACT_OK) answer = 1
    end do
    put = parexact_queue_put(all%queue, point(all%total, 0.5_c_double), -1.0_c_double)
    if (put /= PAREXACT_OK) answer = 1
  end function add_one_hundred_times

  recursive function wait_for_the_queue(user_data) bind(C) result(answer)
    type(c_ptr), value :: user_data
    integer(c_int32_t) :: answer
    type(shared), pointer :: all
    type(point) :: got
    call c_f_pointer(user_data, all)
    answer = 0
    if (parexact_queue_get(all%queue, -1.0_c_double, got) /= PAREXACT_ERROR_CLOSED) answer = 1
  end function wait_for_the_queue

  recursive function cosines(x, y, count, user_data) bind(C) result(answer)
    real(c_double), intent(in) :: x(*)
    real(c_double), intent(inout) :: y(*)
    integer(c_size_t), value :: count
    type(c_ptr), value :: user_data
    integer(c_int32_t) :: answer
    real(c_double), pointer :: failing_beyond
    call c_f_pointer(user_data, failing_beyond)
    y(:count) = cos(x(:count))
    answer = merge(7, 0, any(x(:count) > failing_beyond))
  end function cosines
end module parallel_callbacks

program parallel
  use parexact
  use parallel_callbacks
  use, intrinsic :: iso_c_binding, only: c_associated, c_float, c_int16_t, c_int8_t, c_loc
  use, intrinsic :: iso_fortran_env, only: error_unit
  implicit none
  real(c_double), parameter :: for_ever = -1

  integer :: failed = 0
  type(c_ptr) :: pool = c_null_ptr

  call ok(parexact_pool_new(3_c_size_t, pool), 'pool_new')
  call check(c_associated(pool), 'a pool')
  call maps_of_functions(pool)
  call maps_of_functions(c_null_ptr)
  call maps_of_kinds(pool)
  call maps()
  call jobs()
  call queues()
  call integrals()
  call refusals()
  call parexact_pool_free(pool)

  if (failed > 0) then
     write (error_unit, '(i0, a)') failed, ' checks failed'
     error stop
  end if

contains

  subroutine check(condition, what)
    logical, intent(in) :: condition
    character(*), intent(in) :: what
    if (condition) return
    failed = failed + 1
    write (error_unit, '(2a)') 'parallel.f90: failed: ', what
  end subroutine check

  subroutine check_status(status, expected, what)
    integer(c_int32_t), intent(in) :: status, expected
    character(*), intent(in) :: what
    if (status == expected) return
    failed = failed + 1
    write (error_unit, '(8a)') 'parallel.f90: ', what, ' answered ', parexact_status_name(status), &
         ', expected ', parexact_status_name(expected), '; last error: ', parexact_last_error()
  end subroutine check_status

  subroutine ok(status, what)
    integer(c_int32_t), intent(in) :: status
    character(*), intent(in) :: what
    call check_status(status, PAREXACT_OK, what)
  end subroutine ok

  subroutine maps_of_functions(pool)
    type(c_ptr), intent(in) :: pool
    real(c_double) :: x(1000), y(1000), nothing(0)
    integer :: i
    x = [(real(i, c_double), i = 1, 1000)]
    y = 0
    call ok(parexact_map(pool, square, x, y), 'map of a function')
    call check(all(abs(y - x**2) <= 0), 'squares')
    y = 0
    call ok(parexact_map(pool, square, x(::2), y(999:1:-2), chunk_size=7_c_size_t), 'map of sections')
    call check(all(abs(y(999:1:-2) - x(::2)**2) <= 0) .and. all(abs(y(2::2)) <= 0), 'squares in sections')
    call ok(parexact_map(pool, by_a_large_array, x, y, chunk_size=1_c_size_t), 'map with an array of its own')
    call check(all(abs(y - x) <= 1e-9_c_double * x), 'arrays of threads')
    call ok(parexact_map(pool, square, nothing, nothing), 'map of nothing')
    call check_status(parexact_map(pool, square, x, y(:10)), PAREXACT_ERROR_INVALID_ARGUMENT, &
         'results too few')
    call check(parexact_last_error() == &
         'x and y must have the same shape, and have (1000) and (10)', parexact_last_error())
  end subroutine maps_of_functions

  !> Items and results of every kind, in arrays of several ranks and in sections.
  subroutine maps_of_kinds(pool)
    type(c_ptr), intent(in) :: pool
    real(c_float) :: x32(10, 10), y32(10, 10)
    integer(c_int8_t) :: x8(5, 4, 5), y8(5, 4, 5)
    integer(c_int16_t) :: x16(100), y16(100)
    integer(c_int32_t) :: x4(2, 50), y4(2, 50)
    integer(c_int64_t) :: x64(100), y64(100), one
    real(c_double) :: y(10, 10), z(5, 4, 5), w(2, 50), v(100)
    integer :: i
    x64 = [(int(i, c_int64_t), i = 1, 100)]
    x32 = reshape(real(x64, c_float), [10, 10])
    x8 = reshape(int(x64, c_int8_t), [5, 4, 5])
    x16 = int(x64, c_int16_t)
    x4 = reshape(int(x64, c_int32_t), [2, 50])
    call ok(parexact_map(pool, half32, x32, y32), 'map of real32')
    call check(all(abs(y32 - x32 / 2) <= 0), 'map of real32')
    call ok(parexact_map(pool, half32, x32(::2, 10:1:-3), y32(:5, :4)), 'map of a section of real32')
    call check(all(abs(y32(:5, :4) - x32(::2, 10:1:-3) / 2) <= 0), 'map of a section of real32')
    call ok(parexact_map(pool, next8, x8, y8), 'map of int8')
    call check(all(y8 == x8 + 1), 'map of int8')
    call ok(parexact_map(pool, next16, x16, y16), 'map of int16')
    call check(all(y16 == x16 + 1), 'map of int16')
    call ok(parexact_map(pool, next32, x4, y4, 3_c_size_t), 'map of int32')
    call check(all(y4 == x4 + 1), 'map of int32')
    call ok(parexact_map(pool, next64, x64, y64), 'map of int64')
    call check(all(y64 == x64 + 1), 'map of int64')
    call ok(parexact_map(pool, next64, x64(7), one), 'map of one item')
    call check(one == 8, 'map of one item')
    call ok(parexact_map(pool, third32, x32, y), 'map of real32 to real64')
    call check(all(abs(y - x32 / 3.0_c_double) <= 0), 'map of real32 to real64')
    call ok(parexact_map(pool, third_of8, x8, z), 'map of int8 to real64')
    call check(all(abs(z - x8 / 3.0_c_double) <= 0), 'map of int8 to real64')
    call ok(parexact_map(pool, third_of16, x16, v), 'map of int16 to real64')
    call check(all(abs(v - x16 / 3.0_c_double) <= 0), 'map of int16 to real64')
    call ok(parexact_map(pool, third_of32, x4, w), 'map of int32 to real64')
    call check(all(abs(w - x4 / 3.0_c_double) <= 0), 'map of int32 to real64')
    call ok(parexact_map(pool, third_of64, x64, v), 'map of int64 to real64')
    call check(all(abs(v - real(x64, c_double) / 3) <= 0), 'map of int64 to real64')
    call check_status(parexact_map(pool, third32, x32, y(:, :9)), PAREXACT_ERROR_INVALID_ARGUMENT, &
         'results of another shape')
    call check(parexact_last_error() == &
         'x and y must have the same shape, and have (10, 10) and (10, 9)', parexact_last_error())
  end subroutine maps_of_kinds

  subroutine maps()
    integer, target :: numbers(1000)
    type(point), target :: points(1000)
    real(c_double), target :: scale
    type(c_ptr) :: job
    integer(c_size_t) :: size_of_number, size_of_point
    integer :: i
    size_of_number = storage_size(numbers) / 8
    size_of_point = storage_size(points) / 8
    scale = 0.25_c_double
    numbers = [(i + 1000, i = 1, 1000)]
    call ok(parexact_map(pool, place, c_loc(scale), numbers, size_of_number, points, size_of_point, &
         1000_c_size_t, 0_c_size_t), 'map')
    call check(all(points%number == numbers), 'order of results')
    call check(all(abs(points%x - scale * numbers) <= 0), 'results')

    job = c_null_ptr
    scale = 0.5_c_double
    call ok(parexact_map_async(pool, place, c_loc(scale), c_loc(numbers), size_of_number, c_loc(points), &
         size_of_point, 1000_c_size_t, 10_c_size_t, job), 'map_async')
    call ok(parexact_job_wait(job, for_ever), 'wait for a map')
    call check(all(abs(points%x - scale * numbers) <= 0), 'results from the background')
    call parexact_job_free(job)

    numbers(77) = 13
    call check_status(parexact_map(pool, place, c_loc(scale), numbers, size_of_number, points, &
         size_of_point, 1000_c_size_t, 0_c_size_t), PAREXACT_ERROR_CALLBACK_FAILED, 'map of 13')
    call check(index(parexact_last_error(), '76') > 0, 'the index from 0 in the message')

    numbers = [(i, i = 1, 1000)]
    call ok(parexact_map(pool, double_in_place, c_null_ptr, [0], 0_c_size_t, numbers, size_of_number, &
         1000_c_size_t, 0_c_size_t), 'map in place')
    call check(all(numbers == [(2 * i, i = 1, 1000)]), 'numbers doubled in place')
  end subroutine maps

  subroutine jobs()
    type(shared), target :: all
    type(c_ptr) :: job(8)
    type(point) :: got
    integer :: i
    job = c_null_ptr
    call ok(parexact_lock_new(all%lock), 'lock_new')
    call ok(parexact_queue_new(0_c_size_t, int(storage_size(got) / 8, c_size_t), all%queue), 'queue_new')
    do i = 1, size(job)
       call ok(parexact_submit(pool, add_one_hundred_times, c_loc(all), job(i)), 'submit')
    end do
    do i = 1, size(job)
       call ok(parexact_job_wait(job(i), for_ever), 'job_wait')
       call ok(parexact_job_wait(job(i), 0.0_c_double), 'job_wait again')
       call parexact_job_free(job(i))
    end do
    call check(all%total == 800, 'the total under the lock')
    call check(parexact_queue_length(all%queue) == 8, 'queue_length')
    do i = 1, size(job)
       got = point(-1, 0.0_c_double)
       call ok(parexact_queue_get(all%queue, for_ever, got), 'queue_get')
       call check(got%number >= 100 .and. got%number <= 800 .and. abs(got%x - 0.5_c_double) <= 0, &
            'an item of the queue')
    end do

    ! A job that waits until the queue is closed.
    call ok(parexact_submit(pool, wait_for_the_queue, c_loc(all), job(1)), 'submit')
    call check_status(parexact_job_wait(job(1), 0.01_c_double), PAREXACT_ERROR_TIMEOUT, &
         'job_wait with a timeout')
    call ok(parexact_queue_close(all%queue), 'queue_close')
    call ok(parexact_job_wait(job(1), for_ever), 'job_wait')
    call parexact_job_free(job(1))

    call ok(parexact_lock_acquire(all%lock, 0.0_c_double), 'lock_acquire')
    call check_status(parexact_lock_acquire(all%lock, for_ever), PAREXACT_ERROR_DEADLOCK, &
         'lock_acquire twice')
    call ok(parexact_lock_release(all%lock), 'lock_release')
    call check_status(parexact_lock_release(all%lock), PAREXACT_ERROR_NOT_OWNER, 'lock_release twice')
    call parexact_lock_free(all%lock)
    call parexact_queue_free(all%queue)
  end subroutine jobs

  subroutine queues()
    type(c_ptr) :: queue
    integer :: i, got
    queue = c_null_ptr
    call ok(parexact_queue_new(2_c_size_t, int(storage_size(i) / 8, c_size_t), queue), 'queue_new')
    got = -1
    call check_status(parexact_queue_get(queue, 0.0_c_double, got), PAREXACT_ERROR_TIMEOUT, &
         'get from an empty queue')
    call check(got == -1, 'an item after a failure')
    do i = 1, 2
       call ok(parexact_queue_put(queue, i, 0.0_c_double), 'queue_put')
    end do
    call check_status(parexact_queue_put(queue, 3, 0.0_c_double), PAREXACT_ERROR_TIMEOUT, &
         'put into a full queue')
    call ok(parexact_queue_close(queue), 'queue_close')
    call check_status(parexact_queue_put(queue, 3, 0.0_c_double), PAREXACT_ERROR_CLOSED, &
         'put into a closed queue')
    do i = 1, 2
       call ok(parexact_queue_get(queue, for_ever, got), 'queue_get')
       call check(got == i, 'first in, first out')
    end do
    call check_status(parexact_queue_get(queue, for_ever, got), PAREXACT_ERROR_CLOSED, &
         'get from a closed queue')
    call parexact_queue_free(queue)
  end subroutine queues

  subroutine integrals()
    real(c_double) :: value
    real(c_double), target :: limit
    value = 0
    call ok(parexact_pi(1_c_int64_t, value), 'pi')
    call check(abs(value - 3.2_c_double) <= 0, 'pi(1)')
    call ok(parexact_pi(1000000_c_int64_t, value), 'pi')
    call check(abs(value - acos(-1.0_c_double)) < 1e-12_c_double, 'pi(10**6)')
    ! The points are 1/8, 3/8, 5/8, 7/8.
    call ok(parexact_integrate(square, 0.0_c_double, 1.0_c_double, 4_c_int64_t, value), &
         'integrate a function')
    call check(abs(value - 84.0_c_double / 256) <= 0, 'the integral of a square')
    limit = 4
    call ok(parexact_integrate(cosines, c_loc(limit), 0.0_c_double, acos(0.0_c_double), 100000_c_int64_t, &
         value), 'integrate blocks')
    call check(abs(value - 1) < 1e-9_c_double, 'the integral of the cosine')
    limit = 1
    call check_status(parexact_integrate(cosines, c_loc(limit), 0.0_c_double, 2.0_c_double, &
         100000_c_int64_t, value), PAREXACT_ERROR_CALLBACK_FAILED, 'a failing integrand')
    call check(abs(value - 1) < 1e-9_c_double, 'the output after a failure')
  end subroutine integrals

  subroutine refusals()
    type(c_ptr) :: none
    real(c_double) :: value
    none = c_null_ptr
    value = 7
    call check_status(parexact_pool_new(huge(0_c_size_t), none), PAREXACT_ERROR_INVALID_ARGUMENT, &
         'too many workers')
    call check_status(parexact_job_wait(none, 0.0_c_double), PAREXACT_ERROR_NULL_POINTER, 'no job')
    call check_status(parexact_lock_release(none), PAREXACT_ERROR_NULL_POINTER, 'no lock')
    call check_status(parexact_queue_close(none), PAREXACT_ERROR_NULL_POINTER, 'no queue')
    call check(parexact_queue_length(none) == 0, 'length of no queue')
    call check_status(parexact_pi(0_c_int64_t, value), PAREXACT_ERROR_INVALID_ARGUMENT, 'pi(0)')
    call check_status(parexact_integrate(square, 0.0_c_double, 1.0_c_double, 0_c_int64_t, value), &
                      PAREXACT_ERROR_INVALID_ARGUMENT, 'no points')
    call check(.not. c_associated(none) .and. abs(value - 7) <= 0, 'outputs after failures')
    call parexact_pool_free(none)
    call parexact_job_free(none)
    call parexact_lock_free(none)
    call parexact_queue_free(none)
  end subroutine refusals

end program parallel
