/* Nothing is read or written beyond what the arguments offer, and nothing at all before they are checked.
 *
 * The arguments lie at the edges of pages that no access survives. Unlike AddressSanitizer and memcheck this
 * sees every access of the library, which is not instrumented and runs at full speed on its real SIMD path.
 * */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

enum { PAGE = 1 << 16, MAX_NDIM = 64 }; /* at least as large as the system's pages */

/* The call that runs, so that the handler can name it when an access ends the program. */
static const char *running = "nothing";

static void die(int signal)
{
    static const char said[] = "an access out of bounds in ";
    (void)signal;
    if (write(STDERR_FILENO, said, sizeof said - 1) < 0 ||
        write(STDERR_FILENO, running, strlen(running)) < 0 || write(STDERR_FILENO, "\n", 1) < 0)
        _exit(3);
    _exit(2);
}

#define OK(call) (running = #call, CHECK_STATUS(call, PAREXACT_OK))
#define REFUSED(call, expected) (running = #call, CHECK_STATUS(call, PAREXACT_ERROR_##expected))

/* A page that may be used, between two that may not. */
typedef struct {
    unsigned char *start;
} guarded;

static guarded guarded_page(void)
{
    unsigned char *pages =
        (unsigned char *)mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_READ | PROT_WRITE) != 0)
        abort();
    return (guarded){pages + PAGE};
}

/* So many bytes at the beginning of the page, or at its end. */
static void *edge(guarded page, int at_end, size_t size)
{
    return page.start + (at_end ? PAGE - size : 0);
}

/* An address where not a byte may be touched. */
static void *forbidden(guarded page)
{
    return page.start + PAGE;
}

static guarded page[3];
static double d;
static parexact_stats stats;

/* Shapes, strides and axes of just as many numbers as there are dimensions. */
static void descriptions(void)
{
    static const double x[3] = {1, 2, 3};
    for (int at_end = 0; at_end < 2; at_end++)
        for (int32_t ndim = 0; ndim <= MAX_NDIM; ndim++) {
            const size_t n = (size_t)ndim;
            int64_t *shape = (int64_t *)edge(page[0], at_end, n * sizeof *shape);
            int64_t *strides = (int64_t *)edge(page[1], at_end, n * sizeof *strides);
            int32_t *axes = (int32_t *)edge(page[2], at_end, n * sizeof *axes);
            for (int32_t i = 0; i < ndim; i++) {
                shape[i] = i == ndim - 1 ? 3 : 1;
                strides[i] = 8;
                axes[i] = i % 2 ? i - ndim : i;
            }
            parexact_array a = {x, PAREXACT_DTYPE_F64, ndim, shape, NULL};
            const double expected = ndim == 0 ? 1 : 6;
            OK(parexact_sum(&a, &d));
            CHECK_DOUBLE(d, expected);
            a.strides = strides;
            OK(parexact_sum(&a, &d));
            CHECK_DOUBLE(d, expected);
            OK(parexact_dot(&a, &a, &d));
            OK(parexact_reduce(&a, PAREXACT_OP_SUM, axes, ndim, 0, 0, &d, 1));
            CHECK_DOUBLE(d, expected);
            OK(parexact_dot_axes(&a, &a, axes, ndim, 0, &d, 1));
            OK(parexact_summarize(PAREXACT_SUMMARY_PAIR, PAREXACT_RESULT_SUM, &a, &a, NULL, axes, ndim, 0,
                                  0, &d,
                                  1));
            CHECK_DOUBLE(d, expected);

            /* More axes than dimensions are refused before one is read: here only the first ones could be. */
            const int32_t counts[] = {ndim + 1, ndim + 2, INT32_MAX, -1, INT32_MIN};
            for (size_t i = 0; i < LENGTH(counts); i++) {
                REFUSED(parexact_reduce(&a, 0, axes, counts[i], 0, 0, &d, 1), INVALID_ARGUMENT);
                REFUSED(parexact_reduce(&a, 0, (int32_t *)forbidden(page[2]), counts[i], 0, 0, &d, 1),
                        INVALID_ARGUMENT);
                CHECK(strstr(parexact_last_error(), "axis_count") != NULL);
            }
        }
}

/* A refusal that other arguments decide: what these pointers point to is not looked at. */
static void refused_unread(void)
{
    double *const never = (double *)forbidden(page[0]);
    const int64_t four[] = {4}, five[] = {5};
    parexact_array a = {never, PAREXACT_DTYPE_F64, 1, (const int64_t *)never, (const int64_t *)never};
    const int32_t bad_ndim[] = {-1, MAX_NDIM + 1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(bad_ndim); i++) {
        a.ndim = bad_ndim[i];
        REFUSED(parexact_sum(&a, &d), INVALID_ARGUMENT);
    }
    a.ndim = 1;
    a.dtype = 13;
    REFUSED(parexact_sum(&a, &d), INVALID_ARGUMENT);

    const parexact_array x = {never, PAREXACT_DTYPE_F64, 1, four, NULL},
                         y = {never, PAREXACT_DTYPE_F32, 1, five, NULL};
    const int32_t *axes = (const int32_t *)forbidden(page[1]);
    REFUSED(parexact_dot(&x, &y, &d), INVALID_ARGUMENT);
    REFUSED(parexact_describe(&x, -1, 0, &stats), INVALID_ARGUMENT);
    REFUSED(parexact_describe(&x, 0, 3, &stats), INVALID_ARGUMENT);
    REFUSED(parexact_reduce(&x, 7, axes, 1, 0, 0, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_reduce(&x, 0, axes, 1, -1, 0, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_reduce(&x, 0, axes, 1, 0, 3, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_reduce(&x, 0, (const int32_t[]){1}, 1, 0, 0, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_reduce(&x, 0, axes, 0, 0, 0, never, 2), INVALID_ARGUMENT);
    REFUSED(parexact_reduce(&x, 0, axes, 0, 0, 0, never, SIZE_MAX), INVALID_ARGUMENT);

    REFUSED(parexact_dot_axes(&x, &y, axes, 1, 0, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_dot_axes(&x, &x, (const int32_t[]){0}, 1, 3, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_dot_axes(&x, &x, axes, 0, 0, never, 2), INVALID_ARGUMENT);
    REFUSED(parexact_summarize(4, 0, &x, NULL, NULL, axes, 1, 0, 0, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_summarize(0, 9, &x, NULL, NULL, axes, 1, 0, 0, never, 1), UNSUPPORTED);
    REFUSED(parexact_summarize(0, 2, &x, &x, NULL, axes, 1, 0, 0, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_summarize(2, 2, &x, &y, NULL, axes, 1, 0, 0, never, 1), INVALID_ARGUMENT);
    REFUSED(parexact_summary_init((parexact_summary *)(void *)never, 4), INVALID_ARGUMENT);

    REFUSED(parexact_sum_f64(never, SIZE_MAX, &d), SIZE_OVERFLOW);
    REFUSED(parexact_norm_f64(never, SIZE_MAX / 8, &d), SIZE_OVERFLOW);
    REFUSED(parexact_dot_f64(never, never, SIZE_MAX / 16 + 1, &d), SIZE_OVERFLOW);
    REFUSED(parallel_stats(never, SIZE_MAX, &stats), SIZE_OVERFLOW);
    REFUSED(parexact_sum_f64(never, 4, NULL), NULL_POINTER);

    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0, -1, 0}}, none = {-1, 0, {0, 1, 0}};
    const parexact_distribution uniform = {PAREXACT_DIST_UNIFORM, 0, {0, 1, 0}};
    REFUSED(parexact_random_fill(&normal, 1, 2, 3, never, 4), INVALID_ARGUMENT);
    REFUSED(parexact_random_fill(&none, 1, 2, 3, never, 4), INVALID_ARGUMENT);
    REFUSED(parexact_random_fill(&uniform, 1, 2, UINT64_MAX, never, 4), SIZE_OVERFLOW);

    size_t needed;
    REFUSED(parexact_explain((char *)never, 1, &needed), INVALID_ARGUMENT);
    int len = -1;
    running = "parexact_mpi_merge";
    parexact_mpi_merge(never, never, &len, NULL);
    len = 0;
    parexact_mpi_merge(never, never, &len, NULL);
    running = "parexact_summary_mpi_merge";
    parexact_summary_mpi_merge(never, never, &len, NULL);
    len = -1;
    parexact_summary_mpi_merge(never, never, &len, NULL);
}

/* Arrays without elements are not read, wherever they are. */
static void nothing_to_read(void)
{
    double *const never = (double *)forbidden(page[0]);
    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0, 1, 0}};
    const parexact_array empty = {never, PAREXACT_DTYPE_F64, 2, (const int64_t[]){3, 0}, NULL};
    const parexact_array no_marks = {never, PAREXACT_DTYPE_BOOL, 2, (const int64_t[]){3, 0}, NULL};
    OK(parexact_sum_f64(never, 0, &d));
    OK(parexact_dot_f64(never, never, 0, &d));
    OK(parexact_sum(&empty, &d));
    OK(parexact_reduce(&empty, 0, (const int32_t *)never, 0, 0, 0, &d, 1));
    OK(parexact_reduce(&empty, 0, (const int32_t[]){0}, 1, 0, 0, never, 0));
    OK(parexact_dot_axes(&empty, &empty, (const int32_t[]){0}, 1, 0, never, 0));
    OK(parexact_dot_axes(&empty, &empty, (const int32_t *)never, 0, 0, &d, 1));
    OK(parexact_summarize(PAREXACT_SUMMARY_WEIGHTED, PAREXACT_RESULT_STD, &empty, &empty, &no_marks,
                          (const int32_t[]){0}, 1, 0, 0, never, 0));
    parexact_summary s;
    OK(parexact_summary_init(&s, PAREXACT_SUMMARY_PAIR));
    OK(parexact_summary_update(&s, &empty, &empty, &no_marks));
    OK(parexact_summary_results(&s, (const int32_t *)never, 0, 0, 0, never));
    OK(parexact_random_fill(&normal, 1, 2, 3, never, 0));
    running = "sum_my_numbers";
    CHECK_BITS(sum_my_numbers(never, 0), PLUS_ZERO);
}

/* Vectors that begin where the page does, or end there. */
static void vectors(void)
{
    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0, 1, 0}};
    for (int at_end = 0; at_end < 2; at_end++)
        for (size_t n = 1; n < 300; n++) {
            const double expected = (double)(n * (n + 1) / 2);
            double *x = (double *)edge(page[0], at_end, n * sizeof *x);
            double *y = (double *)edge(page[1], at_end, n * sizeof *y);
            OK(parexact_random_fill(&normal, 1, 2, n, x, n));
            for (size_t i = 0; i < n; i++) {
                x[i] = (double)(i + 1);
                y[i] = 1;
            }
            OK(parexact_sum_f64(x, n, &d));
            CHECK_DOUBLE(d, expected);
            OK(parexact_dot_f64(x, y, n, &d));
            CHECK_DOUBLE(d, expected);
            OK(parexact_norm_f64(y, n, &d));
            OK(parallel_stats(x, n, &stats));
            CHECK_DOUBLE(stats.max, (double)n);
        }
}

/* Elements of any size, forwards and backwards, alone and two rows of them. */
static void arrays(void)
{
    static const size_t sizes[] = {8, 4, 8, 4, 2, 1, 8, 4, 2, 1, 1, 2, 2}; /* by dtype */
    for (int at_end = 0; at_end < 2; at_end++)
        for (int32_t code = 0; code < 2 * (int32_t)LENGTH(sizes); code++)
            for (int64_t n = 1; n < 70; n++) {
                const int64_t size = (int64_t)sizes[code / 2];
                const int32_t dtype = code / 2 + (code % 2 ? PAREXACT_DTYPE_SWAPPED : 0);
                const int64_t shape[] = {2, n}, back[] = {-n * size, -size};
                unsigned char *data = (unsigned char *)edge(page[0], at_end, (size_t)(2 * n * size));
                double *columns = (double *)edge(page[1], at_end, (size_t)n * sizeof *columns);
                double *rows = (double *)edge(page[2], at_end, 2 * sizeof *rows);
                memset(data, 0, (size_t)(2 * n * size));
                const parexact_array a = {data, dtype, 2, shape, NULL};
                const parexact_array reversed = {data + (2 * n - 1) * size, dtype, 2, shape, back};
                OK(parexact_sum(&a, &d));
                OK(parexact_sum(&reversed, &d));
                OK(parexact_dot(&a, &reversed, &d));
                OK(parexact_describe(&reversed, 0, 0, &stats));
                const int32_t first = 0, last = 1;
                const parexact_array marks = {data, PAREXACT_DTYPE_U8, 2, shape, NULL};
                OK(parexact_dot_axes(&a, &reversed, &first, 1, 0, columns, (size_t)n));
                OK(parexact_dot_axes(&reversed, &a, &last, 1, 0, rows, 2));
                OK(parexact_summarize(PAREXACT_SUMMARY_SHAPE, PAREXACT_RESULT_SKEWNESS, &reversed, NULL,
                                      &marks,
                                      &first, 1, 0, 0, columns, (size_t)n));
                OK(parexact_summarize(PAREXACT_SUMMARY_PAIR, PAREXACT_RESULT_SLOPE, &a, &reversed, NULL,
                                      &last, 1,
                                      0, 0, rows, 2));
                OK(parexact_summarize(PAREXACT_SUMMARY_WEIGHTED, PAREXACT_RESULT_MEAN, &a, &reversed, NULL,
                                      &first, 1, 0, 0, columns, (size_t)n));
                for (int32_t op = 0; op <= PAREXACT_OP_NORM; op++) {
                    OK(parexact_reduce(&a, op, (const int32_t[]){0}, 1, 0, 0, columns, (size_t)n));
                    OK(parexact_reduce(&reversed, op, (const int32_t[]){1}, 1, 0, 0, rows, 2));
                }
            }
}

int main(void)
{
    const struct sigaction deadly = {.sa_handler = die};
    if (sigaction(SIGSEGV, &deadly, NULL) != 0 || sigaction(SIGBUS, &deadly, NULL) != 0)
        abort();
    for (size_t i = 0; i < LENGTH(page); i++)
        page[i] = guarded_page();
    descriptions();
    refused_unread();
    nothing_to_read();
    vectors();
    arrays();
    return checks_done();
}
