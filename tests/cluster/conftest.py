"""An installation; and the oracle, the pages and the examples, which the tests import as well."""

import sys
from pathlib import Path

import launch
import pytest

sys.path[:0] = [
    str(launch.ROOT / "tests" / "python"),
    str(launch.ROOT / "python_examples" / "cluster"),
]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the prefix of an installation, as far as programs in C and Fortran need one."""
    prefix = tmp_path_factory.mktemp("prefix")
    (prefix / "lib" / "pkgconfig").mkdir(parents=True)
    for library in launch.LIBRARIES.glob("libparexact.so*"):
        (prefix / "lib" / library.name).symlink_to(library)
    (prefix / "include").symlink_to(launch.ROOT / "include")
    text = (launch.ROOT / "packaging" / "parexact.pc.in").read_text(encoding="utf-8")
    values = {"PREFIX": prefix, "LIBDIR": prefix / "lib", "INCLUDEDIR": prefix / "include"}
    for name, value in {**values, "VERSION": "0"}.items():
        text = text.replace(f"@{name}@", str(value))
    (prefix / "lib" / "pkgconfig" / "parexact.pc").write_text(text, encoding="utf-8")
    return prefix
