#!/usr/bin/env bash
# What an installation consists of, and where each part of it lies.
#
#   scripts/install.sh install|uninstall BUILD
#
# BUILD holds the libraries. PREFIX, LIBDIR, INCLUDEDIR, PKGCONFIGDIR, CMAKEDIR, MODULEDIR and DESTDIR come
# from the environment, set by make; an empty MODULEDIR means that no modulefile is wanted. Removal walks the
# same list as installation, so that it removes what was installed and nothing else. packaging/README.md
# describes the parts.
set -euo pipefail
cd "$(dirname "$0")/.."
action=$1 build=$2

for name in PREFIX LIBDIR INCLUDEDIR PKGCONFIGDIR CMAKEDIR MODULEDIR; do
    case ${!name} in
    *[[:space:]]*) # pkg-config separates the flags that it prints by spaces.
        echo "$name must not contain white space: '${!name}'" >&2 && exit 1 ;;
    /*) printf -v "$name" %s "$(realpath --canonicalize-missing --no-symlinks "${!name}")" ;;
    '') [ $name = MODULEDIR ] || { echo "$name must not be empty" >&2 && exit 1; } ;;
    *) echo "$name must be an absolute path: '${!name}'" >&2 && exit 1 ;;
    esac
done

# The version is read from Cargo.toml, as in build.rs; the SONAME has its first number.
version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q}' Cargo.toml)
soname=libparexact.so.${version%%.*}

# What the static library needs of the system: what rustc --print native-static-libs says, without the
# unwinder. Compilers add libgcc_s to an ordinary program, and libgcc_eh to one that is linked by -static.
system=(util rt pthread m dl)
system_flags=${system[*]/#/-l}
system_list=$(IFS=';' && echo "${system[*]}")

# file MODE SOURCE TARGET: `install` gives files and directories that it makes their modes, despite any umask.
file() {
    case $action in
    install) install -D -m "$1" "$2" "$DESTDIR$3" ;;
    uninstall) rm -f "$DESTDIR$3" ;;
    esac
}

# link DESTINATION TARGET
link() {
    case $action in
    install) ln -sf "$1" "$DESTDIR$2" ;;
    uninstall) rm -f "$DESTDIR$2" ;;
    esac
}

# below DIRECTORY VARIABLE: the directory as a template writes it: from the variable that holds the prefix, if
# it lies below it.
below() {
    case $1/ in
    "$PREFIX"/*) printf '${%s}%s' "$2" "${1#"$PREFIX"}" ;;
    *) printf %s "$1" ;;
    esac
}

# filled TEMPLATE TARGET VARIABLE: the template, where VARIABLE holds the prefix. @UP@ leads from TARGET's
# directory there.
filled() {
    if [ "$action" = install ]; then
        local up
        up=$(realpath --canonicalize-missing --no-symlinks --relative-to="${2%/*}" "$PREFIX")
        sed "$(substitution VERSION "$version" SONAME "$soname" PREFIX "$PREFIX" UP "$up" \
            SYSTEM_FLAGS "$system_flags" SYSTEM_LIST "$system_list" \
            LIBDIR "$(below "$LIBDIR" "$3")" INCLUDEDIR "$(below "$INCLUDEDIR" "$3")" \
            PKGCONFIGDIR "$(below "$PKGCONFIGDIR" "$3")")" "packaging/$1" |
            install -D -m 644 /dev/stdin "$DESTDIR$2"
    else
        rm -f "$DESTDIR$2"
    fi
}

# substitution NAME VALUE...: the sed program that replaces each @NAME@ by its value.
substitution() {
    while [ $# -gt 0 ]; do
        printf 's|@%s@|%s|g\n' "$1" "$(printf %s "$2" | sed 's/[&|\\]/\\&/g')"
        shift 2
    done
}

# own DIRECTORY: nobody else puts files there, so it goes with the last of ours.
own() {
    [ "$action" = install ] || rmdir "$DESTDIR$1" 2>/dev/null || true
}

file 755 "$build/libparexact.so" "$LIBDIR/libparexact.so.$version"
link "libparexact.so.$version" "$LIBDIR/$soname"
link "$soname" "$LIBDIR/libparexact.so"
file 644 "$build/libparexact.a" "$LIBDIR/libparexact.a"
for source in include/*; do
    file 644 "$source" "$INCLUDEDIR/${source##*/}"
done

filled parexact.pc.in "$PKGCONFIGDIR/parexact.pc" prefix
filled parexact-config.cmake.in "$CMAKEDIR/parexact-config.cmake" _parexact_prefix
filled parexact-config-version.cmake.in "$CMAKEDIR/parexact-config-version.cmake" _parexact_prefix
own "$CMAKEDIR"
if [ -n "$MODULEDIR" ]; then
    filled modulefile.in "$MODULEDIR/parexact/$version" prefix
    own "$MODULEDIR/parexact"
fi
