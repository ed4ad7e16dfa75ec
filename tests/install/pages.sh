#!/usr/bin/env bash
# The programs of README and of other pages: test_pages.py follows the pages. Their `module` is that of Lmod.
source "$(dirname "$0")/common.sh"
source "$here/module_systems.sh"
unpack_module_systems
printf 'module() { eval "$(%s "$@")"; }\n' "${lmod[*]}" >"$work/module.sh"
quietly env BASH_ENV="$work/module.sh" \
    "$PYTHON" -m pytest -q -p no:cacheprovider --rootdir "$here" --basetemp "$work/pytest" \
    "$here/test_pages.py"
