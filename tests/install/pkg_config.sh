#!/usr/bin/env bash
# pkg-config finds a directory that was moved by --define-prefix, and gives the flags of shared and of static
# programs.
source "$(dirname "$0")/common.sh"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
config=(pkg-config --define-prefix)

[ "$("${config[@]}" --modversion parexact)" = "$version" ] || fail "another version than $version"
fortran_dir=$("${config[@]}" --variable=includedir parexact)
read -ra cflags <<<"$("${config[@]}" --cflags parexact)"
read -ra libs <<<"$("${config[@]}" --libs parexact)"
read -ra static <<<"$("${config[@]}" --static --libs parexact)"

for language in c cpp f90; do
    compiled $language "${cflags[@]}" "${libs[@]}"
    LD_LIBRARY_PATH=$prefix/lib shared "$work/$language" "$prefix"
    # The linker prefers a shared library of the same name, so the archive is named.
    compiled $language "${cflags[@]}" "${static[@]/#-lparexact/-l:libparexact.a}"
    static "$work/$language"
    compiled $language -static "${cflags[@]}" "${static[@]}"
    fully_static "$work/$language"
    compiled $language -static-pie "${cflags[@]}" "${static[@]}"
    fully_static "$work/$language"
done

# installed PREFIX LIBDIR: a staged installation, whose parexact.pc pkg-config finds.
installed() {
    quietly "$MAKE" -C "$root" install DESTDIR="$work/staged" PREFIX="$1" LIBDIR="$2"
    export PKG_CONFIG_PATH=$work/staged$2/pkgconfig
}
# says EXPECTED ARGUMENT...
says() {
    local expected=$1 got
    shift
    got=$(pkg-config "$@" parexact | sed 's/ *$//')
    [ "$got" = "$expected" ] || fail "pkg-config $*: '$got' instead of '$expected'"
}

# Directories where compilers look anyway are left out.
installed /usr /usr/lib
says "-lparexact" --cflags --libs
# What Rust's standard library needs, without what compilers add. Newer C libraries have all of it inside.
says "-lparexact -lutil -lrt -lpthread -lm -ldl" --static --libs
# pkg-config knows the prefix of prefix/lib/pkgconfig and prefix/lib64/pkgconfig; deeper ones must be told.
installed /opt/px /opt/px/lib64
says "-I/opt/px/include -L/opt/px/lib64 -lparexact" --cflags --libs
says "-I$work/staged/opt/px/include -L$work/staged/opt/px/lib64 -lparexact" --define-prefix --cflags --libs
installed /opt/deep /opt/deep/lib/x86_64-linux-gnu
says "-I/new/include -L/new/lib/x86_64-linux-gnu -lparexact" --define-variable=prefix=/new --cflags --libs
