"""The examples' module of prototypes against the header: neither may drift from the other."""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint64,
    c_void_p,
)
from typing import Any

import header
import native
import pytest
from header import constant

POINTERS: dict[str, list[Any]] = {
    "double *": [POINTER(c_double)],
    "size_t *": [POINTER(c_size_t)],
    "uint64_t *": [POINTER(c_uint64)],
    "int *": [POINTER(c_int)],
    "int32_t *": [POINTER(c_int32)],
    "char *": [c_char_p, c_void_p],
    "void *": [c_void_p],
    "parexact_array *": [POINTER(native.Array)],
    "parexact_stats *": [POINTER(native.Stats)],
    "parexact_state *": [POINTER(native.State)],
    "parexact_distribution *": [POINTER(native.Distribution)],
    "parexact_control *": [c_void_p],
    "parexact_control * *": [POINTER(c_void_p)],
    "parexact_pool *": [c_void_p],
    "parexact_pool * *": [POINTER(c_void_p)],
    "parexact_job *": [c_void_p],
    "parexact_job * *": [POINTER(c_void_p)],
    "parexact_lock *": [c_void_p],
    "parexact_lock * *": [POINTER(c_void_p)],
    "parexact_queue *": [c_void_p],
    "parexact_queue * *": [POINTER(c_void_p)],
}
CALLBACKS: dict[str, Any] = {
    "parexact_map_fn": native.MapFunction,
    "parexact_task_fn": native.TaskFunction,
    "parexact_block_fn": native.BlockFunction,
}
VALUES: dict[str, list[Any]] = {
    "void": [None],
    "double": [c_double],
    "size_t": [c_size_t],
    "uintptr_t": [c_size_t],
    "int64_t": [c_int64],
    "uint64_t": [c_uint64],
    "int32_t": [c_int32],
    "parexact_status": [c_int32],
}


def matches(c_type: str, python_type: object) -> bool:
    plain = " ".join(word for word in c_type.split() if word != "const")
    if plain in CALLBACKS:
        return python_type is CALLBACKS[plain]
    return python_type in {**POINTERS, **VALUES}[plain]


@pytest.mark.parametrize("name", native.PROTOTYPES)
def test_prototype_agrees_with_header(name: str) -> None:
    c_result, c_arguments = header.prototypes()[name]
    result, arguments = native.PROTOTYPES[name]
    assert matches(c_result, result), c_result
    assert len(c_arguments) == len(arguments), c_arguments
    for c_type, python_type in zip(c_arguments, arguments):
        assert matches(c_type, python_type), c_type


@pytest.mark.parametrize("name", CALLBACKS)
def test_callback_agrees_with_header(name: str) -> None:
    c_result, c_arguments = header.callbacks()[name]
    assert matches(c_result, CALLBACKS[name]._restype_)
    assert len(c_arguments) == len(CALLBACKS[name]._argtypes_), c_arguments
    for c_type, python_type in zip(c_arguments, CALLBACKS[name]._argtypes_):
        assert matches(c_type, python_type), c_type


def test_no_prototype_is_missing() -> None:
    assert set(native.PROTOTYPES) == set(header.prototypes())
    assert set(CALLBACKS) == set(header.callbacks())


def test_constants_agree_with_header() -> None:
    assert constant("OK") == native.OK
    for name in (
        *("NAN_FOUND", "CALLBACK_FAILED", "CANCELLED", "TIMEOUT"),
        *("CLOSED", "NOT_OWNER", "DEADLOCK", "FORKED"),
    ):
        assert constant("ERROR_" + name) == getattr(native, name)
    for name, value in native.NAN_POLICY.items():
        assert constant("NAN_" + name.upper()) == value
    for name, value in native.OP.items():
        assert constant("OP_" + name.upper()) == value
    short = {"f": "F", "i": "I", "u": "U"}
    for dtype, value in native.DTYPE.items():
        name = short[dtype.kind] + str(8 * dtype.itemsize) if dtype.kind != "b" else "BOOL"
        assert constant("DTYPE_" + name) == value


def test_state_size_agrees_with_header() -> None:
    assert constant("STATE_WORDS") == native.STATE_WORDS
    assert ctypes.sizeof(native.State) == 8 * constant("STATE_WORDS")


def test_state_constants_describe_one_layout() -> None:
    end = constant("STATE_ADDITIVE_FIRST") + constant("STATE_ADDITIVE_COUNT")
    assert constant("STATE_ADDITIVE_FIRST") == 1
    assert end <= constant("STATE_MAX_FIRST")
    assert constant("STATE_MAX_FIRST") + constant("STATE_MAX_COUNT") <= constant("STATE_WORDS")


def test_every_status_has_a_name_of_its_own() -> None:
    names = {n: v for n, v in header.CONSTANTS.items() if n == "PAREXACT_OK" or "_ERROR_" in n}
    assert sorted(names.values()) == list(range(16))
    for name, value in names.items():
        assert native.lib.parexact_status_name(value).decode() in (name, name[len("PAREXACT_") :])
    for unknown in (-1, 16, 2**31 - 1, -(2**31)):
        assert native.lib.parexact_status_name(unknown)


def test_version_is_a_version() -> None:
    parts = native.lib.parexact_version().decode().split(".")
    assert len(parts) == 3
    assert all(part.split("-")[0].isdigit() for part in parts)
