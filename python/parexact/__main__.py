"""``python -m parexact``: which library is loaded, from where, how many threads it uses and why."""

from __future__ import annotations

import platform

import numpy as np

import parexact
from parexact import abi

_RULES = {
    "thread": "this thread's own number",
    "process": "the process's own number",
    "affinity": "the processors that this process may run on",
    "cgroup": "the quota of the control group",
    "cgroup_quota": "the quota of the control group",
}


def main() -> None:
    """Print the library's account of itself in words."""
    facts = parexact.explain()
    threads, simd = facts["threads"], facts["simd"]
    rule = str(threads["rule"])
    reason = _RULES.get(rule, f"the variable {rule}")
    quota = threads["cgroup_quota"]
    print(f"parexact {parexact.__version__}, library {facts['version']}")
    print(f"loaded from   {abi.lib._name}")
    print(f"threads       {threads['count']}: {reason} ({threads['value']})")
    limit = "no quota" if quota is None else f"a quota of {quota}"
    print(f"processors    {threads['affinity']} in the affinity mask, {limit}")
    print(f"SIMD path     {simd['path']} (the processor has {', '.join(simd['cpu_features'])})")
    print(f"Python        {platform.python_version()}, NumPy {np.__version__}, {platform.platform()}")


if __name__ == "__main__":
    main()
