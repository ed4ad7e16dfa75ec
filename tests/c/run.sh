#!/usr/bin/env bash
# Compiles and runs the tests in C and Fortran and the examples in these languages against a built library.
#
#     tests/c/run.sh LIBDIR [INCLUDEDIR]
#
# LIBDIR holds libparexact.so, its link by SONAME and libparexact.a (target/release after `make`); INCLUDEDIR
# holds parexact.h and parexact.f90 (include/ unless given). CC, CXX, FC, PYTHON name other tools. Every tool
# is required: a missing compiler is an error, not a test left out. What is built stays in target/native/c for
# inspection. Valgrind's memcheck then runs the tests of pools, jobs, locks, queues and integrals once more,
# in small, and the compiler's sanitizers those of arguments and of threads.
tests=c
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cc=${CC:-cc} cxx=${CXX:-c++} fc=${FC:-gfortran} python=${PYTHON:-python3}
require "$cc" "$cxx" "$fc" "$python" nm readelf timeout valgrind
c99=(-std=c99 "${strict[@]}" "-I$include")
c11=(-std=c11 -D_GNU_SOURCE "-DSONAME=\"$soname\"" "${strict[@]}" "-I$include")
fortran=(-std=f2018 "${strict[@]}" "-J$build" "-I$build")

check shared_library "$python" "$root/tests/c/shared_library.py" \
    "$libdir/libparexact.so" "$include/parexact.h" || true

program header_c99 "$cc" "${c99[@]}" "$root/tests/c/header_alone.c" "${link[@]}"
program header_c11 "$cc" "${c11[@]}" "$root/tests/c/header_alone.c" "${link[@]}"
program header_cxx17 "$cxx" "${cxx17[@]}" -x c++ "$root/tests/c/header_alone.c" -x none "${link[@]}"

# These load the library by themselves.
declare -A own_linking=([reload]=-ldl [interposition]='-rdynamic -ldl')
for source in "$root"/tests/c/*.c; do
    name=$(basename "$source" .c)
    [[ $name != header_alone ]] || continue
    if [[ -v own_linking[$name] ]]; then
        # shellcheck disable=SC2086
        program "$name" "$cc" "${c11[@]}" "$source" ${own_linking[$name]}
    else
        program "$name" "$cc" "${c11[@]}" "$source" "${link[@]}"
    fi
done

# The static library, with what a Rust archive needs of the system; it must not fall back on the shared one.
program static_library "$cc" "${c11[@]}" "$root/tests/c/values.c" "$libdir/libparexact.a" -lpthread -ldl -lm
check static_library_alone \
    bash -c '! readelf --dynamic "$1" | grep libparexact' _ "$build/static_library" || true

# The tests' own accesses and arithmetic are sound as well, and what the library does is compatible with
# sanitizers in the program that calls it. It is not instrumented itself: what it reads and writes is for
# `bounds` and memcheck to see.
for name in arguments arrays dot_axes messages parallel_arguments state state_axes summary \
    summary_arguments; do
    program "sanitized_$name" "$cc" "${c11[@]}" "${sanitized[@]}" "$root/tests/c/$name.c" "${link[@]}"
done

# ThreadSanitizer sees neither how the library's threads take turns nor what they do, but the library tells it
# what it must know. It reports the program's own races alone, of which races.c has one of each kind.
races=(-fsanitize=thread)
placed=() # older versions need addresses that are not random
if compile race_free "$cc" "${c11[@]}" "${races[@]}" "$root/tests/c/header_alone.c" "${link[@]}"; then
    "$build/race_free" >"$build/race_free.log" 2>&1 || placed=(setarch --addr-no-randomize)
    check race_free "${placed[@]}" "$build/race_free" || true
fi
for name in cancel concurrent control deadlock deadlock_knots integrate jobs_nested lock lock_orphaned map \
    map_callers map_failures pool_free pool_waits queue random settings_left state_axes summary_arguments \
    thread_end; do
    # shellcheck disable=SC2310
    compile "race_free_$name" "$cc" "${c11[@]}" "${races[@]}" "$root/tests/c/$name.c" "${link[@]}" &&
        check "race_free_$name" env PAREXACT_TEST_SMALL=1 "${placed[@]}" "$build/race_free_$name" || true
done
if compile races "$cc" "${c11[@]}" "${races[@]}" "$root/tests/c/sanitizers/races.c" "${link[@]}"; then
    for kind in integrate job lock map queue; do
        # shellcheck disable=SC2016
        check "races_$kind" bash -c '"$@" 2>&1 | grep "SUMMARY: ThreadSanitizer: data race.*races\.c"' _ \
            "${placed[@]}" "$build/races" "$kind" || true
    done
fi

# What lives on several threads must also live in clean memory. Valgrind has no AVX-512: it takes the AVX2
# path.
for name in parallel_arguments map map_callers map_failures pool_free pool_refused pool_waits jobs \
    jobs_nested deadlock deadlock_knots lock queue cancel pi integrate settings_left state_axes \
    summary_arguments dot_axes; do
    memcheck "$name"
done
# A child leaks the workers and jobs that it inherits, by design, and a process that exits while jobs run does
# not free them.
memcheck pool_fork --leak-check=no
memcheck lock_orphaned --leak-check=no
memcheck pool_exit --leak-check=no
# The standard library's own data of a thread stays when it is made after the destructors have run.
memcheck thread_end --leak-check=no

# Random numbers are the same from either language, on any machine.
random='at once : 10000000 values, mean  0.000099, std  0.999937, fingerprint 09C824D33B7688DEC1D781C7479769B3
in parts: 10000000 values, mean  0.000099, std  0.999937, fingerprint 09C824D33B7688DEC1D781C7479769B3
the last -0.673234 -0.879301  0.269727'

examples=$root/fortran_examples
# shellcheck disable=SC2310
if compile parexact.o "$fc" "${fortran[@]}" -c "$include/parexact.f90"; then
    for source in "$root"/tests/fortran/*.f90; do
        program "fortran_$(basename "$source" .f90)" \
            "$fc" "${fortran[@]}" "$source" "$build/parexact.o" "${link[@]}"
    done
    # No variable of the module's procedures lies in static memory, which threads would share.
    # shellcheck disable=SC2016
    check fortran_without_static_memory bash -c '! nm "$1" | grep " [bd] "' _ "$build/parexact.o" || true
    memcheck fortran_parallel
    # The results of tests/fortran/climate.f90, from exact rationals, for any number of threads of the program
    # and of the library, in a program that is compiled for speed at any price.
    mkdir -p "$build/fast"
    # shellcheck disable=SC2310,SC2016
    if compile fortran_climate_fast "$fc" -O3 -ffast-math -fopenmp "-J$build/fast" "$include/parexact.f90" \
        "$root/tests/fortran/climate.f90" "${link[@]}"; then
        cat >"$build/fortran_climate.expected" <<'END'
real(4) C3259B2A391474A0 47F097CC6780F50E 4751C269DE943E5C C33565E44756BC15 C7A4F6D9D0A46C9A
real(8) C3259B2A3914749F 47F097CC6780F50E 4751C269DE943E5C C33565E44756BC15 C7A4F6D9D0A46C9A
END
        for threads in '1 1' '3 1' '4 3'; do
            check "fortran_climate_fast, threads $threads" env OMP_NUM_THREADS="${threads% *}" \
                PAREXACT_NUM_THREADS="${threads#* }" bash -o pipefail -c '"$1" | diff - "$2"' _ \
                "$build/fortran_climate_fast" "$build/fortran_climate.expected" || true
        done
    fi
    # The compiler's own checks, of recursion among others, must bear the module's callbacks on several
    # threads.
    for name in arrays parallel; do
        program "fortran_${name}_checked" "$fc" "${fortran[@]}" -fcheck=all -fcheck=no-array-temps \
            "$include/parexact.f90" "$root/tests/fortran/$name.f90" "${link[@]}"
    done
    # A program in older Fortran uses the module as it is compiled; one with other default kinds compiles it
    # with these.
    program fortran_arrays_f2008 "$fc" -std=f2008 "${strict[@]}" "-J$build" "$root/tests/fortran/arrays.f90" \
        "$build/parexact.o" "${link[@]}"
    mkdir -p "$build/kinds"
    program fortran_arrays_kinds "$fc" -fdefault-real-8 -fdefault-integer-8 "-J$build/kinds" \
        "$include/parexact.f90" "$root/tests/fortran/arrays.f90" "${link[@]}"
    example example_sum_my_numbers_f90 \
        "$fc" "${fortran[@]}" "$examples/sum_my_numbers.f90" "$build/parexact.o" "${link[@]}" <<'END'
2750.0
numbers(51) is now -27.7273
END
    example example_global_mean_f90 \
        "$fc" "${fortran[@]}" "$examples/global_mean.f90" "$build/parexact.o" "${link[@]}" <<'END'
area-weighted mean   275.4233
means of the levels  281.0869 274.5869 268.0869 261.5869
over the ocean       271.3367  11.4876  172800
END
    example example_map_f90 \
        "$fc" "${fortran[@]}" "$examples/map.f90" "$build/parexact.o" "${link[@]}" <<'END'
837799 takes 524 steps
END
    example example_pi_f90 \
        "$fc" "${fortran[@]}" "$examples/pi.f90" "$build/parexact.o" "${link[@]}" <<'END'
    n  pi(n)         error      integral of 4/(1+x**2)
    1  3.2000000000  5.841E-02  3.2000000000
    2  3.1623529412  2.076E-02  3.1623529412
   10  3.1424259850  8.333E-04  3.1424259850
   50  3.1416259869  3.333E-05  3.1416259869
  100  3.1416009869  8.333E-06  3.1416009869
  500  3.1415929869  3.333E-07  3.1415929869
n = 289 is the first with an error below 1e-6
END
    example example_random_f90 \
        "$fc" "${fortran[@]}" "$examples/random.f90" "$build/parexact.o" "${link[@]}" <<<"$random"
    example example_summary_f90 \
        "$fc" "${fortran[@]}" "$examples/summary.f90" "$build/parexact.o" "${link[@]}" <<'END'
y = 3.000001 (+- 0.000411) x + -4.959, correlation 0.999962
skewness of y 0.000000
weighted means    3370.194    6370.194    9370.194   12370.194
dot products     2250166.8   4250166.8   6250166.8   8250166.8
END
    for source in "$examples"/*.f90; do
        name=$(basename "$source" .f90)
        [[ -e $build/example_${name}_f90.expected ]] ||
            program "example_${name}_f90" "$fc" "${fortran[@]}" "$source" "$build/parexact.o" "${link[@]}"
    done
fi
example example_sum_my_numbers_c "$cc" "${c99[@]}" "$root/c_examples/sum_my_numbers.c" "${link[@]}" <<'END'
2750.0
numbers[50] is now -27.7273
END
example example_map_structs_c "$cc" "${c99[@]}" "$root/c_examples/map_structs.c" "${link[@]}" <<'END'
two        10240 14.14
three        810 17.32
nine         810 30.00
sixteen      160 40.00
ten        10000 31.62
the callback failed for index 3: it returned 1
END
# The display of the progress is on the standard error.
example example_background_job_c "$cc" "${c99[@]}" "$root/c_examples/background_job.c" "${link[@]}" <<'END'
400 of 400 done
PAREXACT_ERROR_CANCELLED
END
example example_lock_and_queue_c "$cc" "${c99[@]}" "$root/c_examples/lock_and_queue.c" "${link[@]}" <<'END'
8 numbers have 48 divisors or more, 2520 has the most: 48
43376 divisors in all
END
example example_pi_c "$cc" "${c99[@]}" "$root/c_examples/pi.c" "${link[@]}" <<'END'
    n  pi(n)         error
    1  3.2000000000  5.841e-02
    2  3.1623529412  2.076e-02
   10  3.1424259850  8.333e-04
   50  3.1416259869  3.333e-05
  100  3.1416009869  8.333e-06
  500  3.1415929869  3.333e-07
n = 289 is the first with an error below 1e-6
END
example example_random_c "$cc" "${c99[@]}" "$root/c_examples/random.c" "${link[@]}" <<<"$random"
for source in "$root"/c_examples/*.c; do
    name=$(basename "$source" .c)
    [[ -e $build/example_${name}_c.expected ]] ||
        program "example_${name}_c" "$cc" "${c99[@]}" "$source" "${link[@]}"
done

summary
