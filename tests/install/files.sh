#!/usr/bin/env bash
# Which files an installation consists of, below which directories, and that uninstall removes them all.
source "$(dirname "$0")/common.sh"
cd "$root"

# contents DIRECTORY: every file and link below it, sorted, with its permissions; a link with where it leads.
contents() {
    (cd "$1" && find . -type f -printf '%P %m\n' -o -type l -printf '%P %l\n' | LC_ALL=C sort)
}

# installed LIB MODULES PREFIX VARIABLE...: one installation by a careful administrator, from the first file
# to the last. LIB is the library directory below the prefix, MODULES that of the modulefiles or empty.
installed() {
    local lib=$1 modules=$2 target=$3 dest="$work/desti nation" source
    shift 3
    local variables=(DESTDIR="$dest" PREFIX="$target" "$@")
    # In a shell where whatever would build the library is out of reach, as under sudo.
    mkdir -p "$dest$target/$lib" "$work/bin"
    printf '#!/bin/sh\necho "cargo was called" >&2\nexit 1\n' >"$work/bin/cargo"
    chmod +x "$work/bin/cargo"
    touch "$dest$target/$lib/libother.so"
    (umask 077 && PATH=$work/bin:$PATH quietly "$MAKE" install "${variables[@]}")

    {
        for source in include/*; do
            echo "include/${source##*/} 644"
        done
        echo "$lib/cmake/parexact/parexact-config-version.cmake 644"
        echo "$lib/cmake/parexact/parexact-config.cmake 644"
        echo "$lib/libother.so $(stat --format=%a "$dest$target/$lib/libother.so")"
        echo "$lib/libparexact.a 644"
        echo "$lib/libparexact.so $soname"
        echo "$lib/libparexact.so.$version 755"
        echo "$lib/$soname libparexact.so.$version"
        echo "$lib/pkgconfig/parexact.pc 644"
        if [ -n "$modules" ]; then echo "$modules/parexact/$version 644"; fi
    } | LC_ALL=C sort >"$work/expected"
    contents "$dest$target" | diff "$work/expected" - >&2 || fail "missing (<), or should not be there (>)"
    [ "$(contents "$dest" | wc -l)" = "$(wc -l <"$work/expected")" ] || fail "files outside of the prefix"
    if find "$dest$target" -mindepth 1 -type d ! -perm -755 | grep . >&2; then
        fail "others cannot read these"
    fi
    local written=("$dest$target/$lib"/{pkgconfig,cmake} ${modules:+"$dest$target/$modules"})
    if grep -rl -e "$work" -e @ "${written[@]}" >&2; then
        fail "these name DESTDIR, or a template's variable"
    fi

    quietly "$MAKE" uninstall "${variables[@]}"
    [ "$(cd "$dest" && find . ! -type d)" = ".$target/$lib/libother.so" ] ||
        fail "uninstall left: $(contents "$dest")"
    if find "$dest$target" -mindepth 1 -name '*parexact*' | grep . >&2; then fail "uninstall left these"; fi
    rm -rf "$dest"
}

installed lib '' /usr
installed lib/x86_64-linux-gnu '' /usr LIBDIR=/usr/lib/x86_64-linux-gnu
# A prefix that could be written to without DESTDIR, with a slash at its end; a library directory of another
# name.
installed lib64 share/modulefiles "$HOME/own" PREFIX="$HOME/own/" LIBDIR="$HOME/own/lib64"
[ ! -e "$HOME/own" ] || fail "install wrote outside of DESTDIR"
installed lib etc/modules /opt/parexact MODULEDIR=/opt/parexact/etc/modules

# refused MESSAGE VARIABLE...: make install fails with that message, and installs nothing.
refused() {
    local message=$1 said
    shift
    if said=$("$MAKE" install DESTDIR="$work/refused" "$@" 2>&1); then fail "not refused: $*"; fi
    case $said in
    *"$message"*) ;;
    *) fail "'$message' is not what it said: $said" ;;
    esac
    [ ! -e "$work/refused" ] || fail "it installed something: $*"
}
refused "PREFIX must be an absolute path: 'parexact'" PREFIX=parexact
refused "LIBDIR must not contain white space: '/opt/my lib'" LIBDIR='/opt/my lib'
refused "CMAKEDIR must not be empty" CMAKEDIR=
