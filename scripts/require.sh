#!/usr/bin/env bash
# Sees to the tools that the build and the tests need: each is there afterwards, or make fails and says what
# to type.
#
#   scripts/require.sh TOOL...
#
# where TOOL is one of: binutils c++ cc clang++ clippy cmake dieharder gfortran lua mpi pkg-config rustfmt
# slurm tbb tcl valgrind venv.
#
# The tools that a machine with Rust, a C compiler and Python may still lack. Root on Debian or Ubuntu gets
# them installed; nothing is ever skipped for want of a tool.
set -euo pipefail

# Are all of these commands there? `command -v` is content with any one.
found() {
    local name
    for name; do
        command -v "$name" >/dev/null || return
    done
}

# Does the tool work?
works() {
    case $1 in
    binutils) found "${AR:-ar}" "${LD:-ld}" "${NM:-nm}" "${OBJCOPY:-objcopy}" "${READELF:-readelf}" ;;
    c++) found "${CXX:-c++}" ;;
    cc) found "${CC:-cc}" ;;
    clang++) found "${CLANGXX:-clang++}" ;;
    clippy) cargo clippy --version >/dev/null 2>&1 ;;
    cmake | dieharder | pkg-config) found "$1" ;;
    gfortran) found "${FC:-gfortran}" ;;
    lua) # With the modules that Lmod needs.
        lua5.3 -e 'for _, name in ipairs { "lfs", "posix", "term", "json" } do require(name) end' \
            >/dev/null 2>&1 ;;
    mpi) # Both implementations with their compilers' wrappers, under the names that Debian gives them.
        found {mpicc,mpifort,mpiexec}.{mpich,openmpi} ;;
    rustfmt) cargo fmt --version >/dev/null 2>&1 ;;
    slurm) PATH=$PATH:/usr/sbin found slurmctld slurmd munged sbatch srun ;;
    tbb) # Headers and a library to link.
        "${CXX:-c++}" -std=c++17 -x c++ - -x none -ltbb -o "$scratch/tbb" >/dev/null 2>&1 \
            <<<$'#include <tbb/version.h>\nint main() { return TBB_runtime_version() == nullptr; }' ;;
    tcl) found tclsh ;;
    valgrind) # It cannot start without the symbols of the C library, a package of its own.
        valgrind --quiet true >/dev/null 2>&1 ;;
    venv) # Debian's python3 has the module without what it needs to succeed.
        "${PYTHON:-python3}" -m venv "$scratch/venv" >/dev/null 2>&1 ;;
    *) echo "require.sh: unknown tool $1" >&2 && exit 2 ;;
    esac
}

# The command that installs it.
remedy() {
    case $1 in
    binutils | cmake | dieharder | gfortran | pkg-config | tcl | valgrind) echo "apt-get install -y $1" ;;
    mpi) echo "apt-get install -y mpich libmpich-dev openmpi-bin libopenmpi-dev gfortran" ;;
    slurm) echo "apt-get install -y slurmctld slurmd slurm-client munge" ;;
    c++) echo "apt-get install -y g++" ;;
    clang++) echo "apt-get install -y clang" ;;
    cc) echo "apt-get install -y gcc libc6-dev" ;;
    clippy | rustfmt) echo "rustup component add $1" ;;
    tbb) echo "apt-get install -y libtbb-dev" ;;
    lua) echo "apt-get install -y lua5.3 lua-filesystem lua-json lua-posix lua-term" ;;
    venv) echo "apt-get install -y python3-venv" ;;
    esac
}

# May this user run the command of a remedy?
permitted() {
    case $1 in
    apt-get*) [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ;;
    rustup*) command -v rustup >/dev/null ;;
    esac
}

run() {
    case $1 in
    apt-get*) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $1 -qq --no-install-recommends ;;
    *) $1 ;;
    esac
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Two recipes of a parallel make may want to install at the same time.
exec 9<"$0"
flock 9

for tool; do
    works "$tool" && continue
    command=$(remedy "$tool")
    if permitted "$command"; then
        echo "parexact: $tool is missing; installing it: $command" >&2
        run "$command" >&2 && works "$tool" && continue
    fi
    case $command in
    apt-get*) command="sudo apt-get update && sudo $command" ;;
    esac
    echo "parexact: $tool is missing or does not work; please run: $command" >&2
    exit 1
done
