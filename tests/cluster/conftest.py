"""Let the tests import the oracle and the examples, besides the modules of this directory."""

import sys

import launch

sys.path[:0] = [
    str(launch.ROOT / "tests" / "python"),
    str(launch.ROOT / "python_examples" / "cluster"),
]
