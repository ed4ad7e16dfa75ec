"""parexact as one of the libraries whose threads `threadpoolctl` limits, where that is installed."""

from __future__ import annotations

from typing import Any


def register() -> None:
    """Tell threadpoolctl about the library, if it is there."""
    try:
        from threadpoolctl import LibController, register
    except ImportError:
        return
    from parexact import abi

    class ParexactController(LibController):  # type: ignore[misc, unused-ignore]
        """Limits the thread count of the process."""

        user_api = "parexact"
        internal_api = "parexact"
        filename_prefixes = ("libparexact",)
        check_symbols = ("parexact_get_num_threads",)

        def get_num_threads(self) -> Any:
            return abi.lib.parexact_get_num_threads()

        def set_num_threads(self, num_threads: int) -> None:
            abi.lib.parexact_set_num_threads(num_threads)

        def get_version(self) -> str:
            return str(abi.lib.parexact_version().decode())

    register(ParexactController)
