#!/usr/bin/env bash
# The dynamic loader finds the library by LD_LIBRARY_PATH, and by the path that a program carries; so does
# Python.
source "$(dirname "$0")/common.sh"
fortran_dir=$prefix/include
flags=("-I$prefix/include" "-L$prefix/lib" -lparexact)

for language in c cpp f90; do
    compiled $language "${flags[@]}"
    LD_LIBRARY_PATH=$prefix/lib shared "$work/$language" "$prefix"
    compiled $language "${flags[@]}" "-Wl,-rpath,$prefix/lib"
    shared "$work/$language" "$prefix"
done

# A program that lies beside the library's directory, and moves with it.
mkdir "$work/tree"
cp -a "$prefix" "$work/tree/made"
mkdir "$work/tree/made/bin"
quietly "$CC" "$here/programs/use.c" "${flags[@]}" -Wl,-rpath,'$ORIGIN/../lib' -o "$work/tree/made/bin/use"
mv "$work/tree/made" "$work/tree/moved"
shared "$work/tree/moved/bin/use" "$work/tree/moved"

# The slide's script, whose CDLL names the file alone. The sum of linspace(5, 50, 100) is 100 * (5 + 50) / 2.
script=$root/python_examples/slide_sum_ld_library_path.py
got=$(LD_LIBRARY_PATH=$prefix/lib timeout 60 "$PYTHON" "$script") || fail "failed: $script"
[ "${got%%$'\n'*}" = 2750.0 ] || fail "$script: $got"
