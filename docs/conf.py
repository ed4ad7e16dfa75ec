"""Sphinx configuration of the documentation site; `make docs` builds it into target/docs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "parexact"
author = "the parexact developers"
copyright = "the parexact developers"
_manifest = (HERE.parent / "Cargo.toml").read_text(encoding="utf-8")
release = re.search(r'^version = "(.+)"', _manifest, re.M)[1]  # type: ignore[index]
version = ".".join(release.split(".")[:2])

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "interface_manuals",
]
exclude_patterns = ["_extensions", "README.md"]
# What is Python says so; commands and output are not.
highlight_language = "none"
html_theme = "furo"
html_title = f"parexact {version}"
# A page that cannot be resolved is a defect: the build runs with warnings as errors.
nitpicky = False
myst_heading_anchors = 3
autosummary_generate = False
autodoc_typehints = "none"
# The pages are built without an MPI.
autodoc_mock_imports = ["mpi4py"]
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
