/* States along axes: what is refused, and that it leaves every state as it was; what a call that is stopped
 * leaves. */
#include "parallel.h"

enum { ROWS = 3, COLUMNS = 4 };
enum { ERROR_WORD = PAREXACT_STATE_MAX_FIRST + 2, COUNT_WORD = PAREXACT_STATE_ADDITIVE_FIRST };

static double field[ROWS][COLUMNS];
static const int64_t shape[] = {ROWS, COLUMNS};
static const int32_t first_axis = 0;
static parexact_state states[COLUMNS], before[COLUMNS];

static parexact_array field_view(void)
{
    parexact_array view = {field, PAREXACT_DTYPE_F64, 2, shape, NULL};
    return view;
}

/* States with something in them, and a copy to compare with. */
static void prepare(void)
{
    const parexact_array a = field_view();
    CHECK_STATUS(parexact_states_init(states, COLUMNS), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update_axes(states, COLUMNS, &a, NULL, &first_axis, 1), PAREXACT_OK);
    memcpy(before, states, sizeof states);
}

static int untouched(void)
{
    return memcmp(before, states, sizeof states) == 0;
}

static int last_error_has(const char *text)
{
    if (strstr(parexact_last_error(), text))
        return 1;
    fprintf(stderr, "the last error is: %s\n", parexact_last_error());
    return 0;
}

#define CHECK_REFUSED(call, status, text)                                                                    \
    do {                                                                                                     \
        CHECK_STATUS(call, status);                                                                          \
        CHECK(last_error_has(text));                                                                         \
        CHECK(untouched());                                                                                  \
    } while (0)

#define UPDATE(count, a, where, axes, axis_count)                                                            \
    parexact_state_update_axes(states, count, a, where, axes, axis_count)

static void values(void)
{
    prepare();
    parexact_stats stats[COLUMNS], one;
    CHECK_STATUS(parexact_state_results(states, COLUMNS, 1, PAREXACT_NAN_PROPAGATE, stats), PAREXACT_OK);
    for (size_t j = 0; j < COLUMNS; j++) {
        double column[ROWS];
        for (size_t i = 0; i < ROWS; i++)
            column[i] = field[i][j];
        const int64_t length[] = {ROWS};
        const parexact_array view = vector_view(column, length);
        CHECK_STATUS(parexact_describe(&view, 1, PAREXACT_NAN_PROPAGATE, &one), PAREXACT_OK);
        CHECK(memcmp(&one, &stats[j], sizeof one) == 0);
    }

    /* No axes: all of them, into one state. */
    const parexact_array a = field_view();
    parexact_state all;
    CHECK_STATUS(parexact_states_init(&all, 1), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update_axes(&all, 1, &a, NULL, NULL, 0), PAREXACT_OK);
    CHECK(all.words[COUNT_WORD] == ROWS * COLUMNS);

    /* Merging an array of states with itself doubles each. */
    CHECK_STATUS(parexact_states_merge(states, states, COLUMNS), PAREXACT_OK);
    CHECK_STATUS(parexact_state_results(states, COLUMNS, 1, PAREXACT_NAN_PROPAGATE, stats), PAREXACT_OK);
    CHECK(stats[2].count == 2 * ROWS);
    CHECK_DOUBLE(stats[2].sum, 2 * (field[0][2] + field[1][2] + field[2][2]));
}

/* A mask of each type, broadcast along rows by a stride of 0, and what it selects. */
static void masks(void)
{
    const parexact_array a = field_view();
    /* The middle byte decides: types are not confused with bytes. */
    const uint8_t bytes[COLUMNS] = {0, 2, 0, 255};
    const int16_t shorts[COLUMNS] = {0, 0x100, 0, -1};
    const int32_t ints[COLUMNS] = {0, 0x10000, 0, -1};
    const uint64_t longs[COLUMNS] = {0, UINT64_C(1) << 40, 0, 1};
    const struct {
        const void *data;
        int32_t dtype;
        int64_t size;
    } kinds[] = {
        {bytes, PAREXACT_DTYPE_BOOL, 1}, {bytes, PAREXACT_DTYPE_U8, 1},   {bytes, PAREXACT_DTYPE_I8, 1},
        {shorts, PAREXACT_DTYPE_I16, 2}, {shorts, PAREXACT_DTYPE_U16, 2}, {ints, PAREXACT_DTYPE_I32, 4},
        {ints, PAREXACT_DTYPE_U32, 4},   {longs, PAREXACT_DTYPE_U64, 8},  {longs, PAREXACT_DTYPE_I64, 8},
    };
    for (size_t k = 0; k < LENGTH(kinds); k++) {
        const int64_t strides[] = {0, kinds[k].size};
        const parexact_array where = {kinds[k].data, kinds[k].dtype, 2, shape, strides};
        CHECK_STATUS(parexact_states_init(states, COLUMNS), PAREXACT_OK);
        CHECK_STATUS(UPDATE(COLUMNS, &a, &where, &first_axis, 1), PAREXACT_OK);
        for (size_t j = 0; j < COLUMNS; j++)
            CHECK(states[j].words[COUNT_WORD] == (j % 2 ? ROWS : 0));
    }
}

static void arguments(void)
{
    prepare();
    const parexact_array a = field_view();
    parexact_stats out[COLUMNS];
    const int32_t null = PAREXACT_ERROR_NULL_POINTER, invalid = PAREXACT_ERROR_INVALID_ARGUMENT;
    const int32_t overflow = PAREXACT_ERROR_SIZE_OVERFLOW;
    const size_t too_many = SIZE_MAX / sizeof *states + 1;

    CHECK_REFUSED(parexact_states_init(NULL, 1), null, "states must not be NULL");
    CHECK_REFUSED(parexact_states_init(states, too_many), overflow, "state_count");
    CHECK_REFUSED(parexact_states_merge(NULL, states, 1), null, "into must not be NULL");
    CHECK_REFUSED(parexact_states_merge(states, NULL, 1), null, "from must not be NULL");
    CHECK_REFUSED(parexact_states_merge(states, before, too_many), overflow, "state_count");
    CHECK_REFUSED(parexact_states_merge(states, states + 1, COLUMNS - 1), invalid, "overlap");
    CHECK_REFUSED(parexact_states_merge(states + 1, states, COLUMNS - 1), invalid, "overlap");
    CHECK_STATUS(parexact_states_init(NULL, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_states_merge(NULL, NULL, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_state_results(NULL, 0, 0, 0, NULL), PAREXACT_OK);

    CHECK_REFUSED(parexact_state_update_axes(NULL, COLUMNS, &a, NULL, &first_axis, 1), null,
                  "states must not be NULL");
    CHECK_REFUSED(UPDATE(COLUMNS, NULL, NULL, &first_axis, 1), null, "a must not be NULL");
    CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, NULL, 1), null, "axes must not be NULL");
    CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, &first_axis, -1), invalid, "axis_count is -1");
    CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, &first_axis, 3), invalid, "axis_count is 3; it must be 0 to 2");
    CHECK_REFUSED(UPDATE(COLUMNS - 1, &a, NULL, &first_axis, 1), invalid, "state_count is 3; it must be 4");
    CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, NULL, 0), invalid, "state_count is 4; it must be 1");
    CHECK_REFUSED(UPDATE(0, &a, NULL, &first_axis, 1), invalid, "state_count is 0");
    const int32_t wrong[] = {2}, twice[] = {0, -2};
    CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, wrong, 1), invalid, "axes[0] is 2");
    CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, twice, 2), invalid, "axes[1] is -2; this axis was given before");
    parexact_array unknown = a;
    unknown.dtype = 63;
    CHECK_REFUSED(UPDATE(COLUMNS, &unknown, NULL, &first_axis, 1), invalid, "dtype of a is 63");

    /* A mask of a wrong type or shape. */
    static const uint8_t ones[ROWS * COLUMNS] = {1};
    parexact_array where = {ones, PAREXACT_DTYPE_BOOL, 2, shape, NULL};
    where.dtype = PAREXACT_DTYPE_F32;
    CHECK_REFUSED(UPDATE(COLUMNS, &a, &where, &first_axis, 1), invalid, "dtype of where");
    where.dtype = PAREXACT_DTYPE_BOOL;
    const int64_t other_shape[] = {COLUMNS, ROWS};
    where.shape = other_shape;
    CHECK_REFUSED(UPDATE(COLUMNS, &a, &where, &first_axis, 1), invalid, "where must have the shape of a");
    where.shape = shape;
    where.ndim = 1;
    CHECK_REFUSED(UPDATE(COLUMNS, &a, &where, &first_axis, 1), invalid, "where must have the shape of a");
    where.ndim = 2;
    where.data = NULL;
    CHECK_REFUSED(UPDATE(COLUMNS, &a, &where, &first_axis, 1), null, "data of where");

    /* Overlaps, from either end. */
    parexact_array inside = {&states[0].words[3], PAREXACT_DTYPE_I64, 2, shape, NULL};
    CHECK_REFUSED(UPDATE(COLUMNS, &inside, NULL, &first_axis, 1), invalid, "overlap");
    inside.dtype = PAREXACT_DTYPE_U8;
    inside.data = (const char *)(states + COLUMNS) - 1;
    CHECK_REFUSED(UPDATE(COLUMNS, &inside, NULL, &first_axis, 1), invalid, "overlap");
    where.data = states;
    CHECK_REFUSED(UPDATE(COLUMNS, &a, &where, &first_axis, 1), invalid, "overlap");

    CHECK_REFUSED(parexact_state_results(NULL, 1, 0, 0, out), null, "states must not be NULL");
    CHECK_REFUSED(parexact_state_results(states, 1, 0, 0, NULL), null, "out must not be NULL");
    CHECK_REFUSED(parexact_state_results(states, 1, -1, 0, out), invalid, "ddof is -1");
    CHECK_REFUSED(parexact_state_results(states, 1, 0, 3, out), invalid, "nan_policy is 3");
    CHECK_REFUSED(parexact_state_results(states, too_many, 0, 0, out), overflow, "state_count");
    CHECK_REFUSED(parexact_state_results(states, COLUMNS, 0, 0, (parexact_stats *)&states[COLUMNS - 1]),
                  invalid, "overlap");
}

/* No results: there may be no states, and the array is not read. */
static void nothing(void)
{
    const int64_t empty[] = {3, 0};
    const parexact_array a = {NULL, PAREXACT_DTYPE_F64, 2, empty, NULL};
    const int32_t axes[] = {0, 1};
    CHECK_STATUS(parexact_state_update_axes(NULL, 0, &a, NULL, axes, 1), PAREXACT_OK);
    prepare();
    CHECK_STATUS(parexact_state_update_axes(states, 3, &a, NULL, axes + 1, 1), PAREXACT_OK);
    CHECK(untouched());
}

static void damage(void)
{
    const parexact_array a = field_view();
    parexact_stats out[COLUMNS];
    parexact_state fresh[COLUMNS];
    CHECK_STATUS(parexact_states_init(fresh, COLUMNS), PAREXACT_OK);
    for (int last = 0; last < 2; last++) {
        prepare();
        /* Two are damaged: the first one is named. */
        const size_t damaged = last ? COLUMNS - 1 : 1;
        states[damaged].words[COUNT_WORD] = -1;
        states[COLUMNS - 1].words[PAREXACT_STATE_WORDS - 1] = 1;
        memcpy(before, states, sizeof states);
        const char *name = last ? "[3]: " : "[1]: ";
        CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, &first_axis, 1), PAREXACT_ERROR_BAD_STATE, name);
        CHECK_REFUSED(parexact_states_merge(states, fresh, COLUMNS), PAREXACT_ERROR_BAD_STATE, name);
        CHECK(last_error_has("into"));
        CHECK_REFUSED(parexact_state_results(states, COLUMNS, 0, 0, out), PAREXACT_ERROR_BAD_STATE, name);
        parexact_state into[COLUMNS];
        memcpy(into, fresh, sizeof into);
        CHECK_STATUS(parexact_states_merge(into, states, COLUMNS), PAREXACT_ERROR_BAD_STATE);
        CHECK(last_error_has("from") && memcmp(into, fresh, sizeof into) == 0);
    }
    field[1][2] = double_of(CANONICAL_NAN);
    prepare();
    CHECK_STATUS(parexact_state_results(states, COLUMNS, 0, PAREXACT_NAN_RAISE, out),
                 PAREXACT_ERROR_NAN_FOUND);
    CHECK(last_error_has("states[2]: 1 of 3 values are NaN"));
    field[1][2] = 1;
}

/* A state of `count` zeros. */
static parexact_state zeros(int64_t count)
{
    parexact_state s;
    const int64_t one[] = {1}, stride[] = {0};
    const double zero = 0;
    const parexact_array a = {&zero, PAREXACT_DTYPE_F64, 1, one, stride};
    CHECK_STATUS(parexact_state_init(&s), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&s, &a), PAREXACT_OK);
    s.words[COUNT_WORD] = count;
    return s;
}

/* The count of the last state has room for two more. */
static void counts(void)
{
    const parexact_array a = field_view();
    const int32_t overflow = PAREXACT_ERROR_SIZE_OVERFLOW;
    prepare();
    states[COLUMNS - 1] = zeros(INT64_MAX - 2);
    memcpy(before, states, sizeof states);
    CHECK_REFUSED(UPDATE(COLUMNS, &a, NULL, &first_axis, 1), overflow,
                  "states[3]: the number of values to add is 3");
    parexact_state from[COLUMNS];
    CHECK_STATUS(parexact_states_init(from, COLUMNS), PAREXACT_OK);
    from[COLUMNS - 1] = zeros(3);
    CHECK_REFUSED(parexact_states_merge(states, from, COLUMNS), overflow, "from[3]: its count is 3");
    from[COLUMNS - 1] = zeros(2);
    CHECK_STATUS(parexact_states_merge(states, from, COLUMNS), PAREXACT_OK);
    CHECK(states[COLUMNS - 1].words[COUNT_WORD] == INT64_MAX);

    /* It is what the mask selects that counts. */
    uint8_t selected[ROWS][COLUMNS];
    memset(selected, 1, sizeof selected);
    const parexact_array where = {selected, PAREXACT_DTYPE_BOOL, 2, shape, NULL};
    memcpy(states, before, sizeof states);
    CHECK_REFUSED(UPDATE(COLUMNS, &a, &where, &first_axis, 1), overflow, "states[3]");
    selected[0][COLUMNS - 1] = 0;
    CHECK_STATUS(UPDATE(COLUMNS, &a, &where, &first_axis, 1), PAREXACT_OK);
    CHECK(states[COLUMNS - 1].words[COUNT_WORD] == INT64_MAX && states[0].words[COUNT_WORD] == 2 * ROWS);
}

/* States at an odd address are states like others. */
static void misaligned(void)
{
    static char memory[sizeof states + 1], results[COLUMNS * sizeof(parexact_stats) + 1];
    parexact_state *odd = (parexact_state *)(void *)(memory + 1);
    parexact_stats *out = (parexact_stats *)(void *)(results + 1);
    const parexact_array a = field_view();
    prepare();
    CHECK_STATUS(parexact_states_init(odd, COLUMNS), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update_axes(odd, COLUMNS, &a, NULL, &first_axis, 1), PAREXACT_OK);
    CHECK(memcmp(odd, states, sizeof states) == 0);
    CHECK_STATUS(parexact_states_merge(odd, states, COLUMNS), PAREXACT_OK);
    CHECK_STATUS(parexact_states_merge(states, states, COLUMNS), PAREXACT_OK);
    CHECK(memcmp(odd, states, sizeof states) == 0);
    CHECK_STATUS(parexact_state_results(odd, COLUMNS, 0, 0, out), PAREXACT_OK);
}

static int all_hold(const parexact_state *s, size_t count, int64_t status)
{
    for (size_t i = 0; i < count; i++)
        if (s[i].words[ERROR_WORD] != status)
            return 0;
    return 1;
}

typedef struct {
    parexact_control *control;
    atomic_int over;
} stopper;

/* Cancels once something is done, if it comes to that. */
static void *cancel_midway(void *argument)
{
    stopper *s = argument;
    for (uint64_t done = 0, total; done == 0 && !s->over;)
        parexact_control_progress(s->control, &done, &total);
    parexact_control_cancel(s->control);
    return NULL;
}

/* An update that is stopped says so in each state, whether it had been changed or not; and so does one that
 * is stopped at its beginning. */
static void cancelled(void)
{
    enum { N = 512 };
    static parexact_state many[N], others[N];
    static const double one = 1;
    const int32_t last_axis = 1;
    const int64_t strides[] = {0, 0};
    /* One row takes some 50 ms, all of them take half a minute. */
    const int64_t lengths[] = {N, 1 << 25};
    const parexact_array many_values = {&one, PAREXACT_DTYPE_F64, 2, lengths, strides};
    stopper s = {NULL, 0};
    CHECK_STATUS(parexact_control_new(&s.control), PAREXACT_OK);
    parexact_control_attach(s.control);
    for (int at_once = 0; at_once < 2; at_once++) {
        CHECK_STATUS(parexact_states_init(many, N), PAREXACT_OK);
        pthread_t thread;
        if (at_once)
            parexact_control_cancel(s.control);
        else
            CHECK(pthread_create(&thread, NULL, cancel_midway, &s) == 0);
        CHECK_STATUS(parexact_state_update_axes(many, N, &many_values, NULL, &last_axis, 1),
                     PAREXACT_ERROR_CANCELLED);
        s.over = 1;
        if (!at_once)
            pthread_join(thread, NULL);
        CHECK(all_hold(many, N, PAREXACT_ERROR_CANCELLED));
        parexact_stats out[N];
        parexact_control_reset(s.control);
        CHECK_STATUS(parexact_state_results(many, N, 0, 0, out), PAREXACT_ERROR_BAD_STATE);
        CHECK(last_error_has("states[0]: an earlier update or merge of this state failed with status 8"));
    }
    CHECK_STATUS(parexact_states_init(many, N), PAREXACT_OK);
    CHECK_STATUS(parexact_states_init(others, N), PAREXACT_OK);
    parexact_control_cancel(s.control);
    CHECK_STATUS(parexact_states_merge(many, others, N), PAREXACT_ERROR_CANCELLED);
    CHECK(all_hold(many, N, PAREXACT_ERROR_CANCELLED) && all_hold(others, N, 0));
    CHECK_STATUS(parexact_states_init(many, N), PAREXACT_ERROR_CANCELLED);
    CHECK(all_hold(many, N, PAREXACT_ERROR_CANCELLED));
    parexact_control_attach(NULL);
    parexact_control_free(s.control);
}

static void describe_axes(void)
{
    const parexact_array a = field_view();
    parexact_stats out[COLUMNS], same[COLUMNS];
    const int32_t invalid = PAREXACT_ERROR_INVALID_ARGUMENT;
    prepare();
    CHECK_STATUS(parexact_describe_axes(&a, NULL, &first_axis, 1, 1, 0, out, COLUMNS), PAREXACT_OK);
    CHECK_STATUS(parexact_state_results(states, COLUMNS, 1, 0, same), PAREXACT_OK);
    CHECK(memcmp(out, same, sizeof out) == 0);
    fill_with_pattern(out, sizeof out);
    CHECK_STATUS(parexact_describe_axes(NULL, NULL, &first_axis, 1, 0, 0, out, COLUMNS),
                 PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_describe_axes(&a, NULL, NULL, 1, 0, 0, out, COLUMNS), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_describe_axes(&a, NULL, &first_axis, 1, 0, 0, NULL, COLUMNS),
                 PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_describe_axes(&a, &a, &first_axis, 1, 0, 0, out, COLUMNS), invalid);
    CHECK_STATUS(parexact_describe_axes(&a, NULL, &first_axis, 3, 0, 0, out, COLUMNS), invalid);
    CHECK_STATUS(parexact_describe_axes(&a, NULL, &first_axis, 1, -1, 0, out, COLUMNS), invalid);
    CHECK_STATUS(parexact_describe_axes(&a, NULL, &first_axis, 1, 0, 7, out, COLUMNS), invalid);
    CHECK_STATUS(parexact_describe_axes(&a, NULL, &first_axis, 1, 0, 0, out, 3), invalid);
    CHECK(last_error_has("out_len is 3; it must be 4"));
    CHECK(has_pattern(out, sizeof out));
    CHECK_STATUS(
        parexact_describe_axes(&a, NULL, &first_axis, 1, 0, 0, (parexact_stats *)(void *)field, COLUMNS),
        invalid);
    CHECK(last_error_has("overlap"));
}

int main(void)
{
    for (int i = 0; i < ROWS * COLUMNS; i++)
        field[i / COLUMNS][i % COLUMNS] = 0.5 + i;
    values();
    masks();
    arguments();
    nothing();
    damage();
    counts();
    misaligned();
    cancelled();
    describe_axes();
    return checks_done();
}
