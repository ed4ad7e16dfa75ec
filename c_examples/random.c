/* Ten million normals, drawn and reduced at once, then in four parts as four ranks would draw them: the same
 * bits.
 *
 *     cc c_examples/random.c -Iinclude -Ltarget/release -lparexact -o random
 *     LD_LIBRARY_PATH=target/release ./random
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

#define N UINT64_C(10000000)
#define RANKS 4
#define SEED 2017
#define STREAM 0

static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        exit(1);
    }
}

static void show(const char *label, const parexact_state *state)
{
    parexact_stats stats;
    uint64_t fingerprint[2];

    check(parexact_state_result(state, 0, PAREXACT_NAN_PROPAGATE, &stats));
    check(parexact_state_fingerprint(state, fingerprint));
    printf("%s: %" PRIu64 " values, mean %9.6f, std %9.6f, fingerprint %016" PRIX64 "%016" PRIX64 "\n", label,
           stats.count, stats.mean, stats.std, fingerprint[0], fingerprint[1]);
}

int main(void)
{
    /* The parameters are the mean and the standard deviation. */
    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0.0, 1.0, 0.0}};
    parexact_state whole, merged, part;
    double some[3];

    /* None of the numbers is stored. */
    check(parexact_state_init(&whole));
    check(parexact_random_state(&normal, SEED, STREAM, 0, N, &whole));
    show("at once ", &whole);

    /* Each rank draws its own part, by offset; here the last rank comes first. */
    check(parexact_state_init(&merged));
    for (uint64_t rank = RANKS; rank-- > 0;) {
        const uint64_t first = N * rank / RANKS, last = N * (rank + 1) / RANKS;
        check(parexact_state_init(&part));
        check(parexact_random_state(&normal, SEED, STREAM, first, last - first, &part));
        check(parexact_state_merge(&merged, &part));
    }
    show("in parts", &merged);

    /* Any of the numbers can be looked at: the last three. */
    check(parexact_random_fill(&normal, SEED, STREAM, N - 3, some, 3));
    printf("the last %9.6f %9.6f %9.6f\n", some[0], some[1], some[2]);
    return 0;
}
