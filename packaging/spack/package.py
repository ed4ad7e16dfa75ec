"""The Spack package of parexact, for a repository of packages of your own.

From the sources that this file lies in:

    spack repo create DIRECTORY site         # says the command that registers REPOSITORY: run it
    mkdir -p REPOSITORY/packages/parexact
    cp packaging/spack/package.py REPOSITORY/packages/parexact
    spack env create parexact && spack env activate parexact
    spack add parexact
    spack develop --path "$PWD" parexact@VERSION     # these sources, of the newest version below
    spack install

cargo downloads the crates that Cargo.lock names. Whoever publishes a release adds its `url`, and
`sha256` to its version."""

from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class Parexact(MakefilePackage):
    """Correctly rounded parallel sums and statistics, the same bits on any number of threads and ranks.

    A shared and a static library with a C header, the sources of Fortran modules, and the packages of
    pkg-config and CMake."""

    license("MIT OR Apache-2.0")

    version("0.1.0")

    depends_on("c", type="build")
    depends_on("rust@1.89:", type="build")
    # The static library is linked once more, so that it exports the API alone.
    depends_on("binutils+ld", type="build")

    requires("platform=linux", msg="parexact is tested on Linux only")
    requires("target=x86_64:", msg="parexact is tested on x86-64 only")

    @property
    def build_targets(self):
        return ["LOCKED=--locked", "all"]

    @property
    def install_targets(self):
        # Spack makes modulefiles itself.
        return ["install", f"PREFIX={self.prefix}", "MODULEDIR="]

    def check(self):
        with working_dir(self.build_directory):
            make("LOCKED=--locked", "check-rust")

    def setup_run_environment(self, env):
        # For programs that load the library by its name, such as those of Python's ctypes.
        env.prepend_path("LD_LIBRARY_PATH", self.prefix.lib)
        env.set("PAREXACT_FORTRAN_DIR", self.prefix.include)
