#!/usr/bin/env bash
# find_package(parexact) in projects of one language each, from a directory that was moved.
source "$(dirname "$0")/common.sh"

# configured DIRECTORY BUILD ARGUMENT...
configured() {
    local source=$here/cmake/$1 build=$2
    shift 2
    quietly cmake -S "$source" -B "$build" -DCMAKE_PREFIX_PATH="$prefix" --warn-uninitialized -Werror=dev \
        -DCMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON "$@"
}

# A word is uninitialized if the package's files read what nobody has set; that is a warning, and here an error.
unwarned() {
    if grep -A3 'CMake.*Warning' "$work/log" >&2; then fail "warnings"; fi
}

project() {
    local language=$1 compiler=$2 source=$3 build=$work/$1
    configured languages "$build" -DLANGUAGE="$language" -DSOURCE="$here/programs/$source" \
        -DCMAKE_"$language"_COMPILER="$compiler" -DCMAKE_INSTALL_PREFIX="$build/installed"
    unwarned
    quietly cmake --build "$build"
    # In the tree of a build CMake gives programs the path to what they are linked with.
    shared "$build/shared" "$prefix"
    static "$build/static"
    fully_static "$build/fully_static"
    quietly cmake --install "$build"
    shared "$build/installed/bin/shared" "$prefix"
}
project C "$CC" use.c
project CXX "$CXX" use.cpp
project Fortran "$FC" use.f90

# Versions that must fit or not: the first number is the ABI's, and a range is taken as it is.
IFS=. read -r major minor patch <<<"$version"
later=$major.$minor.$((patch + 1))
next=$((major + 1))
fits="$version;$version,EXACT;$major;$major.$minor;0...<$next;0...$version;$version...$later;OPTIONAL_COMPONENTS,mpi"
misfits="$later;$later,EXACT;$major.$((minor + 1));$next;$next...$((next + 1));0...<$version;$later...$next"
misfits+=";COMPONENTS,mpi;$version,COMPONENTS,mpi"
[ "$major" = 0 ] || misfits+=";$((major - 1))"
configured versions "$work/versions" -DFITS="$fits" -DMISFITS="$misfits" -DVERSION="$version"
unwarned

# layout SEARCH VARIABLE...: the package is found below the prefix SEARCH of a staged installation with these variables.
layout() {
    local search=$1
    shift
    rm -rf "$work/staged" "$work/layout"
    quietly "$MAKE" -C "$root" install DESTDIR="$work/staged" "$@"
    quietly cmake -S "$here/cmake/languages" -B "$work/layout" -DCMAKE_PREFIX_PATH="$search" -DLANGUAGE=C \
        -DSOURCE="$here/programs/use.c" -DCMAKE_C_COMPILER="$CC"
    quietly cmake --build "$work/layout" --target shared
    shared "$work/layout/shared" "$work/staged"
}
layout "$work/staged/opt/px" PREFIX=/opt/px LIBDIR=/opt/px/lib/x86_64-linux-gnu INCLUDEDIR=/opt/px/include/parexact
# By way of a link such as /lib, which leads to /usr/lib and has no include directory beside it.
mkdir "$work/root"
ln -s "$work/staged/usr/lib" "$work/root/lib"
layout "$work/root" PREFIX=/usr
