#!/usr/bin/env bash
# Compiles and runs the tests in C++ and the examples in it against a built library, by two compilers.
#
#     tests/cpp/run.sh LIBDIR [INCLUDEDIR]
#
# LIBDIR holds libparexact.so, its link by SONAME and libparexact.a (target/release after `make`); INCLUDEDIR
# holds parexact.hpp and parexact.h (include/ unless given). CXX and CLANGXX name other compilers. Every tool
# is required. What is built stays in target/native/cpp for inspection. The first compiler's sanitizers run
# all tests once more, and memcheck those of several threads, in small.
tests=cpp
source "$(dirname "${BASH_SOURCE[0]}")/../c/common.sh"

cxx=${CXX:-c++} clang=${CLANGXX:-clang++}
require "$cxx" "$clang" nm timeout valgrind
here=$root/tests/cpp
# What a program that includes the header may ask for.
stricter=(-Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor)

# The header alone, in several standards, without type information at run time, and in two translation units.
for compiler in "$cxx" "$clang"; do
    name=$(basename "$compiler")
    for options in -std=c++17 -std=c++20 '-std=c++17 -fno-rtti' '-std=c++17 -O2'; do
        # shellcheck disable=SC2086
        check "header $name $options" "$compiler" $options "${strict[@]}" "${stricter[@]}" "-I$include" \
            -fsyntax-only -x c++ - <<<'#include "parexact.hpp"' || true
    done
done
program two_units "$cxx" "${cxx17[@]}" "$here"/two_units/*.cpp "${link[@]}"

for source in "$here"/*.cpp; do
    name=$(basename "$source" .cpp)
    program "$name" "$cxx" "${cxx17[@]}" "$source" "${link[@]}"
    program "clang_$name" "$clang" "${cxx17[@]}" "$source" "${link[@]}"
    program "sanitized_$name" "$cxx" "${cxx17[@]}" "${sanitized[@]}" "$source" "${link[@]}"
done
for name in map jobs queue lock control integrate; do
    memcheck "$name"
done
program static_library "$cxx" "${cxx17[@]}" "$here/jobs.cpp" "$libdir/libparexact.a" -lpthread -ldl -lm

# refused COMPILER SOURCE: does not compile, and is told why by the sentence of its first line.
refused() {
    local said
    if said=$("$1" "${cxx17[@]}" -fsyntax-only "$2" 2>&1); then
        echo "it compiles"
        return 1
    fi
    grep --quiet --fixed-strings "$(sed -n '1s|^// ||p' "$2")" <<<"$said" || { echo "$said" && return 1; }
}
export -f refused
for source in "$here"/refused/*.cpp; do
    for compiler in "$cxx" "$clang"; do
        check "refused_$(basename "$source" .cpp) $(basename "$compiler")" \
            bash -c "$(declare -p cxx17); refused \"\$@\"" _ "$compiler" "$source" || true
    done
done

# A sum of a vector is the C call and nothing else: with -O2 no view is made.
for compiler in "$cxx" "$clang"; do
    check "no overhead $(basename "$compiler")" "$here/no_overhead.sh" "$compiler" "-I$include" || true
done

examples=$root/cpp_examples
example example_monte_carlo "$cxx" "${cxx17[@]}" "$examples/monte_carlo.cpp" "${link[@]}" <<'END'
2000000 paths: 10.6848 +- 0.0142, Black and Scholes: 10.6925
backwards on one thread: the same bits
END
# The display of the progress is on the standard error.
example example_background_job "$cxx" "${cxx17[@]}" "$examples/background_job.cpp" "${link[@]}" <<'END'
400 of 400 done
END
# A Ctrl-C, as soon as there is a display.
# shellcheck disable=SC2016
check example_background_job_interrupted bash -c '
    "$1" >"$1.out" 2>"$1.err" & job=$!
    until [[ -s $1.err ]]; do sleep 0.01; done
    kill -INT $job
    status=0; wait $job || status=$?
    [[ $status = 130 && $(<"$1.out") = interrupted ]]' _ "$build/example_background_job" || true
threads=(std::thread OpenMP TBB)
# host_threads NAME COUNT OPTION...: the example with so many of these kinds of threads.
host_threads() {
    local name=$1 count=$2
    shift 2
    printf '%-12s sum 1928181.192821740, the same bits\n' "${threads[@]::count}" |
        example "$name" "$cxx" "${cxx17[@]}" "$examples/host_threads.cpp" "${link[@]}" "$@"
}
host_threads example_host_threads 1 -Wno-unknown-pragmas
host_threads example_host_threads_openmp 2 -fopenmp
host_threads example_host_threads_tbb 3 -fopenmp -DWITH_TBB -ltbb
# The same programs under the sanitizers; TBB's own library is not built for them.
for name in monte_carlo background_job host_threads; do
    program "sanitized_example_$name" "$cxx" "${cxx17[@]}" "${sanitized[@]}" "$examples/$name.cpp" \
        -fopenmp "${link[@]}"
done

summary
