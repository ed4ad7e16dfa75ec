# What the tests of the native interfaces share. A script sets `tests` to the name of its directory below
# tests/, and sources this with its own arguments: LIBDIR, and INCLUDEDIR if it is not include/.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
die() { printf 'tests/%s/run.sh: %s\n' "$tests" "$*" >&2; exit 2; }

[[ $# -eq 1 || $# -eq 2 ]] || die "usage: tests/$tests/run.sh LIBDIR [INCLUDEDIR]"
libdir=$(cd "$1" && pwd) || die "no directory $1"
include=$(cd "${2:-$root/include}" && pwd) || die "no directory ${2:-$root/include}"
# The name of the ABI, from the version in Cargo.toml.
soname=libparexact.so.$(sed -n '/^version = /{s/.*"\([0-9]*\)\..*/\1/p;q}' "$root/Cargo.toml")
for file in "$libdir"/{libparexact.so,"$soname",libparexact.a} "$include"/parexact.{h,hpp,f90}; do
    [[ -e $file ]] || die "$file is missing"
done

build=$root/target/native/$tests
rm -rf "$build"
mkdir -p "$build"
export LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PYTHONDONTWRITEBYTECODE=1

strict=(-Wall -Wextra -pedantic -Werror -O1 -g)
cxx17=(-std=c++17 "${strict[@]}" "-I$include")
link=("-L$libdir" -lparexact -lm -pthread)
sanitized=(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Leaks are memcheck's: looking for them here needs ptrace, which containers may forbid.
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1
seconds=180
passed=0 failed=0

# require TOOL...: every tool is required.
require() {
    local tool
    for tool; do
        command -v "$tool" >/dev/null || die "$tool is not installed"
    done
}

# check NAME COMMAND...: one line for the command, and all it said if it failed.
check() {
    local name=$1 log status=0
    shift
    log=$build/${name//[^a-zA-Z0-9_]/-}.log
    timeout --kill-after=5 "$seconds" "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status == 0)); then
        passed=$((passed + 1))
        printf 'ok      %s\n' "$name"
        return 0
    fi
    failed=$((failed + 1))
    if ((status == 124 || status == 137)); then
        printf 'FAILED  %s (no end after %d s)\n' "$name" "$seconds"
    else
        printf 'FAILED  %s (exit status %d)\n' "$name" "$status"
    fi
    sed 's/^/        /' "$log"
    return 1
}

# program NAME COMPILER...: compiles to $build/NAME, then runs it; a program that does not compile has failed.
program() {
    local name=$1
    shift
    # shellcheck disable=SC2310
    compile "$name" "$@" && check "$name" "$build/$name" || true
}

# compile NAME COMPILER...: silent unless it fails.
compile() {
    local name=$1
    shift
    local log=$build/$name.compile.log
    if timeout --kill-after=5 "$seconds" "$@" -o "$build/$name" >"$log" 2>&1 </dev/null; then
        return 0
    fi
    failed=$((failed + 1))
    printf 'FAILED  %s (does not compile)\n' "$name"
    sed 's/^/        /' "$log"
    return 1
}

# example NAME COMPILER...: as program, and its output must be the one expected on standard input.
example() {
    local name=$1
    shift
    cat >"$build/$name.expected"
    # shellcheck disable=SC2310,SC2016
    compile "$name" "$@" &&
        check "$name" bash -o pipefail -c '"$1" | diff - "$1.expected"' _ "$build/$name" || true
}

# memcheck NAME [OPTION...]: the program $build/NAME once more, with small sizes, looking for bad accesses and
# lost memory.
memcheck() {
    local name=$1
    shift
    [[ -x $build/$name ]] || return 0 # has failed already
    check "memcheck $name" env PAREXACT_TEST_SMALL=1 valgrind --quiet --fair-sched=yes --error-exitcode=1 \
        --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite "$@" \
        "$build/$name" || true
}

# summary: the last line, and the exit status.
summary() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0))
}
