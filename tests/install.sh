#!/usr/bin/env bash
# Installs what is built into a temporary directory, uses it as C and C++ programs would, and removes it again.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make=${MAKE:-make}
# What the outer make was given must not reach the inner ones.
unset MAKEFLAGS MAKEOVERRIDES DESTDIR PREFIX LIBDIR INCLUDEDIR PKGCONFIGDIR

fail() {
    echo "install test: $*" >&2
    exit 1
}

# Every file and link below a directory, sorted; a link with where it leads.
contents() {
    (cd "$1" && find . ! -type d -printf '%P %l\n' | sed 's/ $//' | LC_ALL=C sort)
}

version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q}' Cargo.toml)
soname=$(readelf --dynamic target/release/libparexact.so | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')

cat >"$work/use.c" <<'C'
#include <parexact.h>
#include <stdio.h>

int main(void) {
    const double x[] = {1e100, 1.0, -1e100};
    double sum = 0;
    if (parexact_sum_f64(x, 3, &sum) != PAREXACT_OK) return 1;
    printf("%s %g\n", parexact_version(), sum);
    return 0;
}
C
cat >"$work/use.cpp" <<'CPP'
#include <parexact.h>
#include <cstdio>
#include <stdexcept>

// The static library brings the Rust runtime's unwinding tables along; C++ exceptions must not notice.
int main() {
    const double x[] = {1e100, 1.0, -1e100};
    double sum = 0;
    try {
        if (parexact_sum_f64(x, 3, &sum) != PAREXACT_OK) return 1;
        throw std::runtime_error(parexact_version());
    } catch (const std::exception &error) {
        std::printf("%s %g\n", error.what(), sum);
    }
    return 0;
}
CPP

# installed LIBDIR PREFIX VARIABLE...: one installation, from the first file to the last.
installed() {
    local lib=$1 prefix=$2 dest=$work/destination got
    shift 2
    local variables=(DESTDIR="$dest" PREFIX="$prefix" "$@")
    "$make" --no-print-directory install "${variables[@]}" >"$work/log" 2>&1 ||
        { cat "$work/log"; fail "make install"; }

    LC_ALL=C sort >"$work/expected" <<LIST
include/parexact.f90
include/parexact.h
$lib/libparexact.a
$lib/libparexact.so $soname
$lib/libparexact.so.$version
$lib/pkgconfig/parexact.pc
$lib/$soname libparexact.so.$version
LIST
    contents "$dest$prefix" | diff "$work/expected" - || fail "files that are missing (<) or should not be there (>)"
    [ "$(contents "$dest" | wc -l)" = 7 ] || fail "files outside the prefix"
    grep -q "$dest" "$dest$prefix/$lib/pkgconfig/parexact.pc" && fail "parexact.pc names DESTDIR"

    local config=(pkg-config --define-variable=prefix="$dest$prefix")
    export PKG_CONFIG_PATH=$dest$prefix/$lib/pkgconfig
    [ "$("${config[@]}" --modversion parexact)" = "$version" ] || fail "pkg-config names another version"
    local cflags libs static
    read -ra cflags <<<"$("${config[@]}" --cflags parexact)"
    read -ra libs <<<"$("${config[@]}" --libs parexact)"
    read -ra static <<<"$("${config[@]}" --static --libs parexact)"

    "${CC:-cc}" "$work/use.c" "${cflags[@]}" "${libs[@]}" -o "$work/shared"
    readelf --dynamic "$work/shared" | grep -q "NEEDED.*\[$soname\]" || fail "the program does not ask for $soname"
    got=$(LD_LIBRARY_PATH=$dest$prefix/$lib timeout 60 "$work/shared")
    [ "$got" = "$version 1" ] || fail "shared: '$got'"

    # The linker prefers a shared library of the same name: name the archive instead.
    static=("${static[@]/#-lparexact/-l:libparexact.a}")
    "${CC:-cc}" "$work/use.c" "${cflags[@]}" "${static[@]}" -o "$work/static"
    "${CXX:-c++}" "$work/use.cpp" "${cflags[@]}" "${static[@]}" -o "$work/static++"
    for program in static static++; do
        readelf --dynamic "$work/$program" | grep -q 'NEEDED.*parexact' && fail "$program is not static"
        got=$(timeout 60 "$work/$program")
        [ "$got" = "$version 1" ] || fail "$program: '$got'"
    done

    "$make" --no-print-directory uninstall "${variables[@]}" >"$work/log" 2>&1 ||
        { cat "$work/log"; fail "make uninstall"; }
    [ -z "$(contents "$dest")" ] || fail "uninstall left $(contents "$dest")"
    rm -rf "$dest"
}

installed lib /usr
# A prefix that could be written to without DESTDIR, and a library directory of another name.
installed lib64 "$work/prefix" LIBDIR="$work/prefix/lib64"
[ ! -e "$work/prefix" ] || fail "install wrote outside DESTDIR"
echo "install test: passed"
