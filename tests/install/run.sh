#!/usr/bin/env bash
# Installs what is built, moves the directory, and uses it in every way that packaging/README.md names.
#
#     tests/install/run.sh [CHECK...]
#
# Each CHECK is a file beside this one, without its .sh. Nothing is written outside of a temporary directory
# and target/.
set -euo pipefail
cd "$(dirname "$0")"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# What the outer make and the caller's own modules set must not reach the checks.
unset MAKEFLAGS MAKEOVERRIDES DESTDIR PREFIX LIBDIR INCLUDEDIR PKGCONFIGDIR CMAKEDIR MODULEDIR
unset LD_LIBRARY_PATH LIBRARY_PATH CPATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH MODULEPATH
unset PYTHONPATH LOADEDMODULES _LMFILES_
unset "${!PAREXACT_@}" "${!LMOD_@}" "${!__LMOD_@}" "${!_ModuleTable@}" "${!MODULES_@}" "${!__MODULES_@}"
export HOME=$scratch/home PYTHONDONTWRITEBYTECODE=1
export origin=$scratch/made/here prefix=$scratch/moved/to/another/place

mkdir -p "$HOME" "${prefix%/*}"
"${MAKE:-make}" -C ../.. --no-print-directory install PREFIX="$origin" >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" >&2; exit 1; }
mv "$origin" "$prefix"

[ $# -gt 0 ] || set -- files loader pkg_config cmake modules recipes pages
for check; do
    work=$scratch/$check "./$check.sh"
    echo "ok      installation: $check"
done
