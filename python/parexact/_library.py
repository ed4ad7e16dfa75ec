"""Find and load the shared library that belongs to this package."""

from __future__ import annotations

import os
from ctypes import CDLL, c_char_p


def load(version: str, soname: str) -> CDLL:
    """Load the library of a version, and raise ImportError, with all that was tried, if there is none.

    The first that exists decides between $PAREXACT_LIBRARY, the file that the package carries, and
    what the dynamic loader finds by the SONAME: on LD_LIBRARY_PATH, or where the system installs
    libraries. A variable that names the wrong file is an error, not a hint.

    Functions are called through CDLL, which gives the interpreter's lock back during each call.
    PyDLL would keep it, and a call that waits for Python callbacks on other threads would wait for
    ever."""
    chosen = os.environ.get("PAREXACT_LIBRARY")
    own = os.path.join(os.path.dirname(os.path.realpath(__file__)), "libparexact.so")
    places = (
        [("$PAREXACT_LIBRARY", chosen)]
        if chosen
        else [("the package's own file", own), ("the system's loader", soname)]
    )
    failures = []
    for place, name in places:
        try:
            library = CDLL(name)
        except OSError as error:
            failures.append(f"{place}: {error}")
            continue
        wrong = _mismatch(library, version)
        if wrong is None:
            return library
        failures.append(f"{place}: {name} {wrong}")
    raise ImportError("the shared library of parexact could not be loaded: " + "; ".join(failures))


def _mismatch(library: CDLL, version: str) -> str | None:
    """Tell what is wrong with a library for a package of this version: the first two numbers must agree."""
    try:
        function = library.parexact_version
    except AttributeError:
        return "is not parexact: it has no function parexact_version"
    function.restype = c_char_p
    found = function().decode()
    if found.split(".")[:2] == version.split(".")[:2]:
        return None
    return f"is version {found}, but this package needs {'.'.join(version.split('.')[:2])}"
