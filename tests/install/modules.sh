#!/usr/bin/env bash
# After `module load parexact` every tool finds the library, under Lmod and under environment-modules, in a
# moved directory.
source "$(dirname "$0")/common.sh"
source "$here/module_systems.sh"
unpack_module_systems
export MODULEPATH=$prefix/share/modulefiles

# module ARGUMENT...: the command of both systems, in this shell.
module() {
    local commands
    commands=$(timeout 60 "${system[@]}" "$@" 2>"$work/said") || { cat "$work/said" >&2; return 1; }
    eval "$commands"
}

# printed ARGUMENT...: what the module command tells the reader.
printed() {
    timeout 60 "${system[@]}" "$@" 2>&1 >/dev/null
}

# variables: those that the modulefile may touch.
variables() {
    env | LC_ALL=C sort |
        grep -E '^(LD_LIBRARY_PATH|LIBRARY_PATH|CPATH|PKG_CONFIG_PATH|CMAKE_PREFIX_PATH|PAREXACT_[A-Z_]*)='
}

# unloading puts everything back, and what a user had set stays in place meanwhile.
load_and_unload() {
    local before
    export LD_LIBRARY_PATH=/home/me/lib
    before=$(variables)
    module load parexact
    diff - <(variables) >&2 <<LIST || fail "these are missing (<), or should not be there (>)"
CMAKE_PREFIX_PATH=$prefix
CPATH=$prefix/include
LD_LIBRARY_PATH=$prefix/lib:/home/me/lib
LIBRARY_PATH=$prefix/lib
PAREXACT_FORTRAN_DIR=$prefix/include
PAREXACT_ROOT=$prefix
PKG_CONFIG_PATH=$prefix/lib/pkgconfig
LIST
    module unload parexact
    [ "$(variables)" = "$before" ] || fail "unload left: $(variables)"
}

# A user builds and runs programs, and starts Python.
use() {
    local static
    module load "parexact/$version"
    fortran_dir=$PAREXACT_FORTRAN_DIR
    for language in c cpp f90; do
        compiled $language -lparexact
        shared "$work/$language" "$prefix"
    done
    read -ra static <<<"$(pkg-config --define-prefix --static --libs parexact)"
    compiled c -static "${static[@]}"
    fully_static "$work/c"

    quietly cmake -S "$here/cmake/languages" -B "$work/build" -DLANGUAGE=C -DSOURCE="$here/programs/use.c"
    quietly cmake --build "$work/build" --target shared
    shared "$work/build/shared" "$prefix"

    # The package's Python files alone: no wheel, and no library beside them.
    mkdir -p "$work/python/parexact"
    cp "$root"/python/parexact/*.py "$work/python/parexact"
    answers env PYTHONPATH="$work/python" "$PYTHON" -c 'if True:
        import parexact
        assert "'"$prefix"'/lib/" in open("/proc/self/maps").read()
        print(parexact.__version__, round(parexact.sum([1e100, 1.0, -1e100])))'
    module unload parexact
}

descriptions() {
    case $(printed whatis parexact) in
    *"correctly rounded"*) ;;
    *) fail "whatis: $(printed whatis parexact)" ;;
    esac
    case $(printed help parexact) in
    *"parexact $version: "*'$PAREXACT_FORTRAN_DIR/parexact.f90'*) ;;
    *) fail "help: $(printed help parexact)" ;;
    esac
    case $(printed avail) in
    *"parexact/$version"*) ;;
    *) fail "avail: $(printed avail)" ;;
    esac
}

# Two versions are never loaded together: Lmod swaps them, environment-modules refuses the second.
conflict() {
    mkdir -p "$work/other/share/modulefiles/parexact" "$work/other/lib"
    cp "$prefix/share/modulefiles/parexact/$version" "$work/other/share/modulefiles/parexact/99.0"
    touch "$work/other/lib/$soname"
    MODULEPATH+=:$work/other/share/modulefiles
    module load "parexact/$version"
    module load parexact/99.0 || true
    case $LD_LIBRARY_PATH in
    *lib:*lib*) fail "two versions: $LD_LIBRARY_PATH" ;;
    esac
}

# Administrators keep modulefiles in one place: by MODULEDIR, as links, or as copies of those that an
# installation made.
elsewhere() {
    quietly "$MAKE" -C "$root" install DESTDIR="$work" PREFIX="/opt/parexact/$version" \
        MODULEDIR=/opt/modulefiles
    MODULEPATH=$work/opt/modulefiles
    module load parexact
    [ "$PAREXACT_ROOT" = "$work/opt/parexact/$version" ] || fail "by MODULEDIR: $PAREXACT_ROOT"
    module unload parexact
    mkdir -p "$work/central/linked" "$work/central/copied"
    ln -sf "$prefix/share/modulefiles/parexact/$version" "$work/central/linked/$version"
    cp "$prefix/share/modulefiles/parexact/$version" "$work/central/copied/$version"
    MODULEPATH=$work/central
    module load linked
    [ "$PAREXACT_ROOT" = "$prefix" ] || fail "by way of a link: $PAREXACT_ROOT"
    module unload linked
    module load copied
    [ "$PAREXACT_ROOT" = "$origin" ] || fail "a copy: $PAREXACT_ROOT"
}

for name in lmod environment_modules; do
    declare -n system=$name
    for check in load_and_unload use descriptions conflict elsewhere; do
        # In a shell of its own: the next one begins without a module.
        (work=$work/$name-$check; mkdir "$work"; $check)
    done
done
