"""What tests here import besides their neighbours: the oracle, and the examples."""

import sys

import launch

sys.path[:0] = [
    str(launch.ROOT / "tests" / "python"),
    str(launch.ROOT / "python_examples" / "cluster"),
]
