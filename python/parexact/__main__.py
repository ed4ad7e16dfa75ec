"""``python -m parexact``: which library is loaded, from where, how many threads it uses and why."""

from __future__ import annotations

import platform

import numpy as np

import parexact
from parexact import abi

#: The rules of `parexact_explain` that are not environment variables, in words.
_RULES = {
    "call from a worker": "calls inside a callback run on its own thread",
    "parexact_set_num_threads_local": "set for this thread",
    "parexact_set_num_threads": "set for this process",
    "affinity": "the processors that this process may run on",
    "cgroup quota": "the quota of the control group",
    "share of the node": "an even share of the node's processors for each of its ranks",
}


def _reason(rule: str, value: str | None) -> str:
    """Return in words what decided the number of threads."""
    return _RULES.get(rule) or f"the environment variable {rule} is {value}"


def main() -> None:
    """Print the library's account of itself in words."""
    facts = parexact.explain()
    threads, simd = facts["threads"], facts["simd"]
    reason = _reason(threads["rule"], threads["value"])
    quota = threads["cgroup_quota"]
    print(f"parexact {parexact.__version__}, library {facts['version']}")
    print(f"loaded from   {abi.lib._name}")
    print(f"threads       {threads['count']}: {reason}")
    limit = "no quota" if quota is None else f"a quota of {quota}"
    print(f"processors    {threads['affinity']} in the affinity mask, {limit}")
    if threads["ranks_on_node"] is not None:
        share = f"{threads['ranks_on_node']} on this node, says {threads['ranks_variable']}"
        print(f"ranks         {share}; together they have {threads['node_processors']} processors")
    print(f"SIMD path     {simd['path']} (the processor has {', '.join(simd['cpu_features'])})")
    print(f"Python        {platform.python_version()}, NumPy {np.__version__}, {platform.platform()}")


if __name__ == "__main__":
    main()
