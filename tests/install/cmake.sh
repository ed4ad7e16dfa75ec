#!/usr/bin/env bash
# find_package(parexact) in projects of one language each, from a directory that was moved.
source "$(dirname "$0")/common.sh"

# configured PROJECT BUILD PREFIX ARGUMENT...: the project finds the package below that prefix, without a
# warning.
configured() {
    local source=$here/cmake/$1 build=$2 search=$3
    shift 3
    quietly cmake -S "$source" -B "$build" -DCMAKE_PREFIX_PATH="$search" "$@" \
        --warn-uninitialized --check-system-vars
    # CMake's own files read variables that nobody has set, too.
    if grep --after-context=2 'Warning.* at .*parexact-config' "$work/log" >&2; then fail "warnings"; fi
}

project() {
    local language=$1 compiler=$2 source=$3 build=$work/$1
    configured languages "$build" "$prefix" -DLANGUAGE="$language" -DSOURCE="$here/programs/$source" \
        -DCMAKE_"$language"_COMPILER="$compiler" -DCMAKE_INSTALL_PREFIX="$build/installed"
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

# Programs and a shared library of two directories share the module; each directory looks for the package.
configured fortran "$work/fortran" "$prefix" -DPROGRAM="$here/programs/use.f90" -DCMAKE_Fortran_COMPILER="$FC"
quietly cmake --build "$work/fortran" --parallel 2
[ "$(find "$work/fortran" -name parexact.mod | wc -l)" = 1 ] || fail "the module was compiled more than once"
for program in one/first one/second other/third; do
    shared "$work/fortran/$program" "$prefix"
done

# By pkg-config, whose package does not know that the directory was moved.
quietly cmake -S "$here/cmake/pkg_config" -B "$work/pkg_config" -DCMAKE_PREFIX_PATH="$prefix" \
    -DPKG_CONFIG_ARGN=--define-prefix -DSOURCE="$here/programs/use.c" -DCMAKE_C_COMPILER="$CC"
quietly cmake --build "$work/pkg_config"
shared "$work/pkg_config/use" "$prefix"

# Versions that must fit or not: the first number is the ABI's, and a range is taken as it is.
IFS=. read -r major minor patch <<<"$version"
later=$major.$minor.$((patch + 1))
next=$((major + 1))
fits="$version;$version,EXACT;$major;$major.$minor;0...<$next;0...$version;$version...$later"
fits+=";OPTIONAL_COMPONENTS,mpi"
misfits="$later;$later,EXACT;$major.$((minor + 1));$next;$next...$((next + 1));0...<$version;$later...$next"
misfits+=";COMPONENTS,mpi;$version,COMPONENTS,mpi"
[ "$major" = 0 ] || misfits+=";$((major - 1))"
configured versions "$work/versions" "$prefix" -DFITS="$fits" -DMISFITS="$misfits" -DVERSION="$version"
# No version is for 32-bit programs.
configured versions "$work/versions32" "$prefix" -DMISFITS="$version;0...99" -DCMAKE_SIZEOF_VOID_P=4

# layout SEARCH LIBRARY VARIABLE...: the package is found below the prefix SEARCH of a staged installation
# with these variables, and the program looks for the library below LIBRARY.
layout() {
    local search=$1 library=$2
    shift 2
    rm -rf "$work/staged" "$work/layout"
    quietly "$MAKE" -C "$root" install DESTDIR="$work/staged" "$@"
    configured languages "$work/layout" "$search" -DLANGUAGE=C -DSOURCE="$here/programs/use.c" \
        -DCMAKE_C_COMPILER="$CC"
    quietly cmake --build "$work/layout" --target shared
    shared "$work/layout/shared" "$library"
}
deep=(PREFIX=/opt/px LIBDIR=/opt/px/lib/x86_64-linux-gnu INCLUDEDIR=/opt/px/include/parexact)
layout "$work/staged/opt/px" "$work/staged/opt/px" "${deep[@]}"
# By way of a link to the prefix: an administrator may lead it to another version later.
ln -s "$work/staged/opt/px" "$work/current"
layout "$work/current" "$work/current" "${deep[@]}"
# By way of a link such as /lib, which leads to /usr/lib and has no include directory beside it.
mkdir "$work/root"
ln -s "$work/staged/usr/lib" "$work/root/lib"
layout "$work/root" "$work/staged/usr" PREFIX=/usr
