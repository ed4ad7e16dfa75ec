/* dlclose does not unload the library: its worker threads live on. Loading it again finds the same one. */
#include <dlfcn.h>

#include "check.h"

typedef parexact_status (*sum_function)(const double *, size_t, double *);

static void *symbol(void *library, const char *name)
{
    void *address = dlsym(library, name);
    if (!address)
        abort();
    return address;
}

static sum_function find_sum(void *library)
{
    sum_function sum;
    void *address = symbol(library, "parexact_sum_f64");
    memcpy(&sum, &address, sizeof sum);
    return sum;
}

static void check_sum(sum_function sum)
{
    enum { N = 1 << 20 };
    static double x[N];
    double d = 0;
    for (size_t i = 0; i < N; i++)
        x[i] = 0.5;
    CHECK(sum(x, N, &d) == PAREXACT_OK);
    CHECK_DOUBLE(d, 0.5 * N);
}

int main(void)
{
    const char *name = SONAME;
    CHECK(dlopen(name, RTLD_NOW | RTLD_NOLOAD) == NULL); /* this program is not linked with it */
    void *library = dlopen(name, RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return EXIT_FAILURE;
    }
    const sum_function sum = find_sum(library);
    parexact_status (*set_num_threads)(size_t);
    size_t (*get_num_threads)(void);
    void *address = symbol(library, "parexact_set_num_threads");
    memcpy(&set_num_threads, &address, sizeof address);
    address = symbol(library, "parexact_get_num_threads");
    memcpy(&get_num_threads, &address, sizeof address);
    CHECK(set_num_threads(3) == PAREXACT_OK);
    check_sum(sum);

    for (int round = 0; round < 3; round++) {
        CHECK(dlclose(library) == 0);
        void *still_there = dlopen(name, RTLD_NOW | RTLD_NOLOAD);
        CHECK(still_there != NULL);
        if (!still_there)
            return checks_done(); /* whatever follows would crash */
        CHECK(dlclose(still_there) == 0);
        check_sum(sum);
        library = dlopen(name, RTLD_NOW);
        CHECK(library != NULL && find_sum(library) == sum);
        CHECK(get_num_threads() == 3);
        check_sum(sum);
    }
    return checks_done();
}
