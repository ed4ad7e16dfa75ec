#!/usr/bin/env bash
# The recipes for package managers: test_conda.py and test_spack.py say what is tried of them.
source "$(dirname "$0")/common.sh"
quietly "$PYTHON" -m pytest -q -p no:cacheprovider --rootdir "$here" --basetemp "$work/pytest" \
    "$here"/test_{conda,spack}.py
