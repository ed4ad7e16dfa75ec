#!/usr/bin/env bash
# One concept: a tool that the build or the tests need is there afterwards, or make fails and says what to type.
#
#   scripts/require.sh TOOL...      of: binutils c++ cc clippy dieharder gfortran mpi pkg-config rustfmt slurm valgrind venv
#
# The tools that a machine with Rust, a C compiler and Python may still lack. Root on Debian or Ubuntu gets them
# installed; nothing is ever skipped for want of a tool.
set -euo pipefail

# Does the tool work?
works() {
    case $1 in
    binutils) command -v nm ld objcopy readelf >/dev/null ;;
    c++) command -v "${CXX:-c++}" >/dev/null ;;
    cc) command -v "${CC:-cc}" >/dev/null ;;
    clippy) cargo clippy --version >/dev/null 2>&1 ;;
    dieharder) command -v dieharder >/dev/null ;;
    gfortran) command -v "${FC:-gfortran}" >/dev/null ;;
    mpi) # Both implementations, and their compilers' wrappers, which bear the implementation's name in Debian.
        for mpi in mpich openmpi; do
            command -v "mpicc.$mpi" "mpifort.$mpi" "mpiexec.$mpi" >/dev/null || return
        done ;;
    pkg-config) command -v pkg-config >/dev/null ;;
    rustfmt) cargo fmt --version >/dev/null 2>&1 ;;
    slurm) PATH=$PATH:/usr/sbin command -v slurmctld slurmd munged sbatch srun >/dev/null ;;
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
    binutils | dieharder | gfortran | pkg-config | valgrind) echo "apt-get install -y $1" ;;
    mpi) echo "apt-get install -y mpich libmpich-dev openmpi-bin libopenmpi-dev gfortran" ;;
    slurm) echo "apt-get install -y slurmctld slurmd slurm-client munge" ;;
    c++) echo "apt-get install -y g++" ;;
    cc) echo "apt-get install -y gcc libc6-dev" ;;
    clippy | rustfmt) echo "rustup component add $1" ;;
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
