/* The workshop's first native function: sum an array, and change one of its elements to show that it is
 * shared.
 *
 *     cc c_examples/sum_my_numbers.c -Iinclude -Ltarget/release -lparexact -o sum_my_numbers
 *     LD_LIBRARY_PATH=target/release ./sum_my_numbers
 */
#include <math.h>
#include <stdio.h>

#include "parexact.h"

#define N 100

int main(void)
{
    double numbers[N];
    double total;

    /* As np.linspace(5, 50, 100). */
    for (size_t i = 0; i < N; i++)
        numbers[i] = 5.0 + (double)i * (45.0 / (N - 1));
    numbers[N - 1] = 50.0;

    total = sum_my_numbers(numbers, N);
    if (isnan(total)) { /* there are no NaNs in our numbers: something else is wrong */
        fprintf(stderr, "sum_my_numbers: %s\n", parexact_last_error());
        return 1;
    }
    printf("%.1f\n", total);
    printf("numbers[%d] is now %.4f\n", N / 2, numbers[N / 2]);
    return 0;
}
