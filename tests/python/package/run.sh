#!/usr/bin/env bash
# Installs the wheel as users do, and runs the package's tests against it.
#
#     tests/python/package/run.sh VENV WHEEL SDIST
#
# VENV has the packages that tests need. The wheel goes into two new environments: an empty one, where it must
# work without a compiler, and one that sees VENV's packages, for the tests. The sdist must build. All of it
# lies in target/package.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
venv=$(cd "$1" && pwd) wheel=$(realpath "$2") sdist=$(realpath "$3")
work=$root/target/package
rm -rf "$work"
mkdir -p "$work"
unset PAREXACT_LIBRARY PYTHONPATH LD_LIBRARY_PATH
export PYTHONDONTWRITEBYTECODE=1
cd "$work"

echo "-- the wheel in an empty environment, without a compiler"
"$venv/bin/python" -m venv empty
empty/bin/python -m pip install -q "$wheel"
env -i HOME="$HOME" PATH=/nowhere "$work/empty/bin/python" - <<'END'
import pathlib, subprocess, sys
import numpy as np
import parexact

assert parexact.sum(np.array([1e100, 1.0, -1e100])) == 1.0
assert parexact.Generator(1).normal(size=1000).std() > 0
package = pathlib.Path(parexact.__file__).parent
assert pathlib.Path(parexact.abi.lib._name).parent == package, parexact.abi.lib._name
assert (package / "py.typed").exists() and (package / "THIRD-PARTY-LICENSES.txt").stat().st_size > 10_000
subprocess.run([sys.executable, "-m", "parexact"], check=True)
END
[ "$(find empty/lib -path '*dist-info/licenses/LICENSE-*' | grep -c LICENSE)" = 2 ] ||
    { echo "licences are missing" >&2; exit 1; }

echo "-- the source distribution builds"
# Without link-time optimisation: whether it builds is the question here.
CARGO_TARGET_DIR=$work/sdist-target CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    "$venv/bin/python" -m pip wheel -q --no-deps --no-build-isolation --wheel-dir sdist-wheel "$sdist"
[[ $("$venv/bin/python" -m zipfile -l sdist-wheel/*.whl) == *parexact/libparexact.so* ]] ||
    { echo "the wheel made of the sdist lacks the library" >&2; exit 1; }
rm -rf sdist-target

echo "-- the package's tests against the installed wheel"
"$venv/bin/python" -m venv tests
site=$(tests/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$site/borrowed.pth"
tests/bin/python -m pip install -q --no-deps "$wheel"
cd "$root"
# Not the settings of the raw tests above them, which name the library of the tree.
PAREXACT_TEST_PREFIX=$work/tests "$work/tests/bin/python" -m pytest -q -rs -p no:cacheprovider \
    --confcutdir=tests/python/package tests/python/package
"$venv/bin/python" -m mypy --strict python/parexact
