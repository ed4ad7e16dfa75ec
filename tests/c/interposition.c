/* A program that happens to define functions of our names gets its own when it calls them; the library keeps
 * to its own. Compiled with -rdynamic and without the header: the definitions here would replace the
 * library's, were it not linked with -Bsymbolic. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)                                                             \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);   \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

/* With other arguments than ours, and fatal if the library should ever come here. */
int my_statistics(void);
int parallel_stats(void);
int sum_my_numbers(void);
int parexact_describe(void);
int parexact_sum_f64(void);
int parexact_state_init(void);
int parexact_state_update(void);
int parexact_state_merge(void);
const char *parexact_last_error(void);

static int legitimate_calls;

int my_statistics(void) { return ++legitimate_calls; }
int parallel_stats(void) { return ++legitimate_calls; }
int sum_my_numbers(void) { abort(); }
int parexact_describe(void) { abort(); }
int parexact_sum_f64(void) { abort(); }
int parexact_state_init(void) { abort(); }
int parexact_state_update(void) { abort(); }
int parexact_state_merge(void) { abort(); }
const char *parexact_last_error(void) { abort(); }

typedef struct {
    uint64_t count, nan_count;
    double sum, mean, variance, std, min, max;
} stats;

typedef struct {
    const void *data;
    int32_t dtype, ndim;
    const int64_t *shape, *strides;
} array;

/* The library's own function of this name. ISO C has no cast from an object pointer to a function pointer. */
static void *library;
static void find(void *function_pointer, const char *name)
{
    void *address = dlsym(library, name);
    void *global = dlsym(RTLD_DEFAULT, name);
    EXPECT(address != NULL);
    /* The program's definition is the one that would interpose. */
    EXPECT(global != NULL && global != address);
    memcpy(function_pointer, &address, sizeof address);
}

int main(void)
{
    /* RTLD_GLOBAL is the worst case: the program's symbols come first wherever a reference is not bound. */
    library = dlopen(SONAME, RTLD_NOW | RTLD_GLOBAL);
    if (!library)
        fprintf(stderr, "%s\n", dlerror());
    EXPECT(library != NULL);

    int32_t (*their_parallel_stats)(const double *, size_t, stats *);
    int32_t (*their_describe)(const array *, int64_t, int32_t, stats *);
    int32_t (*their_sum)(const double *, size_t, double *);
    int32_t (*their_init)(int64_t *);
    int32_t (*their_update)(int64_t *, const array *);
    int32_t (*their_merge)(int64_t *, const int64_t *);
    double (*their_sum_my_numbers)(double *, size_t);
    const char *(*their_last_error)(void);
    find(&their_parallel_stats, "parallel_stats");
    find(&their_describe, "parexact_describe");
    find(&their_sum, "parexact_sum_f64");
    find(&their_init, "parexact_state_init");
    find(&their_update, "parexact_state_update");
    find(&their_merge, "parexact_state_merge");
    find(&their_sum_my_numbers, "sum_my_numbers");
    find(&their_last_error, "parexact_last_error");

    double x[4] = {1, 2, 3, 4}, total = 0;
    const int64_t shape[1] = {4};
    const array view = {x, 0, 1, shape, NULL};
    static int64_t state[256], other[256];
    stats s, t;
    memset(&s, 0, sizeof s);
    memset(&t, 1, sizeof t);
    EXPECT(their_parallel_stats(x, 4, &s) == 0);
    EXPECT(s.count == 4 && s.sum >= 10.0 && s.sum <= 10.0 && s.variance >= 1.25 && s.variance <= 1.25);
    EXPECT(their_describe(&view, 0, 0, &t) == 0);
    EXPECT(memcmp(&s, &t, sizeof s) == 0);
    EXPECT(their_sum(x, 4, &total) == 0 && total >= 10.0 && total <= 10.0);
    EXPECT(their_init(state) == 0 && their_init(other) == 0);
    EXPECT(their_update(state, &view) == 0 && their_update(other, &view) == 0);
    EXPECT(their_merge(state, other) == 0 && state[1] == 8);
    /* mpi_merge and sum_my_numbers might call merge and sum inside the library. */
    void (*their_mpi_merge)(void *, void *, int *, void *);
    void *address = dlsym(library, "parexact_mpi_merge");
    int one = 1;
    EXPECT(address != NULL);
    memcpy(&their_mpi_merge, &address, sizeof address);
    their_mpi_merge(other, state, &one, NULL);
    EXPECT(state[1] == 12);
    total = their_sum_my_numbers(x, 4);
    EXPECT(total >= 10.0 && total <= 10.0 && x[2] < 0);
    EXPECT(their_sum(NULL, 4, &total) == 1 && their_last_error()[0] != '\0');

    EXPECT(legitimate_calls == 0);
    EXPECT(my_statistics() == 1 && parallel_stats() == 2);
    return 0;
}
