# What all checks of an installation share. They run with these variables:
#
#   work      a directory of their own
#   prefix    an installation that was moved after it had been made
#   origin    where it was made: there is nothing any more
#
# and with MAKE, CC, CXX, FC and PYTHON.
set -Eeuo pipefail
trap 'echo "installation, ${0##*/}: line $LINENO failed" >&2' ERR
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$work"
: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${FC:=gfortran}" "${PYTHON:=python3}"

version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q}' "$root/Cargo.toml")
soname=$(readelf --dynamic "$root/target/release/libparexact.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')

fail() {
    echo "installation, ${0##*/}: $*" >&2
    exit 1
}

# quietly COMMAND...: what the command says is shown if it fails.
quietly() {
    if ! timeout --kill-after=5 120 "$@" >"$work/log" 2>&1 </dev/null; then
        cat "$work/log" >&2
        fail "failed: $*"
    fi
}

# compiled LANGUAGE FLAG...: compiles the program in that language to $work/LANGUAGE, with the module from
# $fortran_dir.
compiled() {
    local language=$1
    shift
    case $language in
    c) quietly "$CC" "$here/programs/use.c" "$@" -o "$work/c" ;;
    cpp) quietly "$CXX" -std=c++17 "$here/programs/use.cpp" "$@" -o "$work/cpp" ;;
    f90) quietly "$FC" "-J$work" "$fortran_dir/parexact.f90" "$here/programs/use.f90" "$@" -o "$work/f90" ;;
    esac
}

# answers COMMAND...: the command says what the programs say.
answers() {
    local got
    got=$(timeout --kill-after=5 60 "$@" 2>&1) || fail "failed: $*: $got"
    [ "$got" = "$version 1" ] || fail "'$got' instead of '$version 1': $*"
}

# shared PROGRAM PREFIX: the program loads the library of that prefix, by the name of its ABI, and answers.
shared() {
    local loads
    loads=$(ldd "$1") || fail "ldd $1: $loads"
    case $loads in
    *"$soname => $2/"*"/$soname "*) ;;
    *) fail "$1 does not load $soname below $2: $loads" ;;
    esac
    answers "$1"
}

# static PROGRAM: the program has the library inside, and the system's libraries are shared.
static() {
    case $(readelf --dynamic "$1") in
    *NEEDED*parexact*) fail "$1 needs the shared library" ;;
    *NEEDED*libc.so*) ;;
    *) fail "$1 does not share the C library" ;;
    esac
    answers "$1"
}

# fully_static PROGRAM: the program needs no shared library at all.
fully_static() {
    case $(readelf --dynamic "$1") in
    *NEEDED*) fail "$1 needs a shared library" ;;
    esac
    answers "$1"
}
