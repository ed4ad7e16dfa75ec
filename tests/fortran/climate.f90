! What a climate model asks for: area-weighted global means of fields with halos, masked statistics, means of
! levels and sums of products, in real(4) and real(8). The same bits for every decomposition, from inside
! parallel regions, and in a program that is compiled with -O3 -ffast-math -fopenmp.
!
! The fields are integers times powers of 2, so that each compiler makes the same ones.
program climate
  use parexact
  use, intrinsic :: iso_c_binding, only: c_float
  use, intrinsic :: iso_fortran_env, only: error_unit, real128
  implicit none
  integer, parameter :: nx = 45, ny = 32, nz = 6

  real(c_double) :: area(nx, ny)
  logical :: ocean(nx, ny, nz)
  real(real128) :: ru(nx, ny, nz), rv(nx, ny, nz)
  real(c_double) :: mean, product, levels(nz), level_products(nz), found
  type(parexact_stats) :: masked, stats, level_stats(nz)
  type(parexact_summary) :: whole, whole_pair, parts, pair_parts, part, pair_part
  type(parexact_state) :: masked_parts, state, level_parts(nz), states(nz)
  character(:), allocatable :: kind_name
  integer :: failed = 0
  integer :: i, j, k, p, q, px, py, i1, i2, j1, j2

  ! Rows nearer to the poles are smaller; the mask is that of a coast that rises with the level.
  area = reshape([((real(1024 - (2 * j - ny - 1)**2, c_double) / 1024, i=1, nx), j=1, ny)], [nx, ny])
  ocean = reshape([(((mod(i * i + 3 * j, 17) > k, i=1, nx), j=1, ny), k=1, nz)], [nx, ny, nz])

  kind_name = 'real(4)'
  call single_precision()
  kind_name = 'real(8)'
  call double_precision()

  if (failed > 0) then
     write (error_unit, '(i0, a)') failed, ' checks failed'
     error stop
  end if

contains

  subroutine single_precision()
    real(c_float), allocatable :: u(:, :, :), v(:, :, :), tile(:, :, :)
    include 'climate_of_a_kind.inc'
  end subroutine single_precision

  subroutine double_precision()
    real(c_double), allocatable :: u(:, :, :), v(:, :, :), tile(:, :, :)
    include 'climate_of_a_kind.inc'
  end subroutine double_precision

  !> 24-bit integers times powers of 2 from 2**-40 to 2**40, half of them nearly cancelled by their
  !> neighbours, so that sums of doubles depend on their order.
  subroutine fill(field, seed, is_single)
    real(real128), intent(out) :: field(nx, ny, nz)
    integer(c_int64_t), intent(in) :: seed
    logical, intent(in) :: is_single
    real(real128) :: value, neighbour
    integer(c_int64_t) :: x
    integer :: i, j, k
    x = seed
    neighbour = 0
    do k = 1, nz
       do j = 1, ny
          do i = 1, nx
             x = mod(48271 * x, 2147483647_c_int64_t)
             value = scale(real(mod(x, 16777216_c_int64_t) - 8388608, real128), &
                  int(mod(x / 7, 81_c_int64_t)) - 40)
             if (mod(i, 2) == 0) value = -neighbour + mod(x, 5_c_int64_t)
             value = real(real(value, c_double), real128)
             if (is_single) value = real(real(value, c_float), real128)
             field(i, j, k) = value
             neighbour = value
          end do
       end do
    end do
  end subroutine fill

  elemental function quad(x)
    real(c_double), intent(in) :: x
    real(real128) :: quad
    quad = real(x, real128)
  end function quad

  subroutine same(value, expected, what)
    real(c_double), intent(in) :: value, expected
    character(*), intent(in) :: what
    if (transfer(value, 0_c_int64_t) == transfer(expected, 0_c_int64_t)) return
    !$omp critical (report)
    failed = failed + 1
    write (error_unit, '(3a, 2(1x, z16.16))') 'climate.f90: ', what, ' differs:', value, expected
    !$omp end critical (report)
  end subroutine same

  !> Is the value the double that is nearest to a sum in quadruple precision?
  subroutine near(value, sum_of_quads, what)
    real(c_double), intent(in) :: value
    real(real128), intent(in) :: sum_of_quads
    character(*), intent(in) :: what
    call same(value, real(sum_of_quads, c_double), what)
  end subroutine near
end program climate
