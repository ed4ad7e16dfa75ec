"""Say a C interface in Python: the module `parexact.abi`."""

from __future__ import annotations

import textwrap

from c_interface import CType, Function, Interface, Struct

_SCALARS = {
    "double": "c_double",
    "int": "c_int",
    "int32_t": "c_int32",
    "int64_t": "c_int64",
    "parexact_status": "c_int32",
    "size_t": "c_size_t",
    "uint64_t": "c_uint64",
}

_HEAD = '''\
"""The C interface of parexact as ctypes: constants, structs, callbacks and prototypes under their C names.

`lib` is the library, loaded and with its prototypes declared. `include/parexact.h` is the manual.
Nothing here looks at an array before C does: an address of float32, strided or big-endian memory
that is called a `double *` is summed as if it were one. The functions of `parexact` itself look.

Handles and addresses are `c_void_p`, to which ctypes also converts an integer such as
`array.ctypes.data`. Keep every callback object for as long as C may call it.

Made from the header by `make bindings`: do not edit.
"""

from __future__ import annotations

from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
{names}
)
from typing import Any

from parexact._library import load

#: The version that this file was made for, and the name under which the dynamic loader knows the library.
VERSION = "{version}"
SONAME = "{soname}"
'''

_TABLE = """
#: Result type and argument types of each function.
PROTOTYPES: dict[str, tuple[Any, list[Any]]]"""

_TAIL = '''

def declare(library: CDLL) -> CDLL:
    """Give each function of a loaded library its argument and result types, and return the library."""
    for name, (result, arguments) in PROTOTYPES.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


lib = declare(load(VERSION, SONAME))
'''


def write(interface: Interface) -> str:
    """Return the text of the module."""
    names = ["c_char_p", "c_void_p", *dict.fromkeys(_SCALARS.values())]
    head = _HEAD.format(
        names="\n".join(f"    {name}," for name in sorted(names)),
        version=interface.version,
        soname=interface.soname,
    )
    parts = [head, "\n".join(_constant(c.name, c.value, c.doc) for c in interface.constants)]
    parts += [_struct(s) for s in interface.structs]
    parts += [_callback(f, interface) for f in interface.callbacks]
    rows = "\n".join(_prototype(f, interface) for f in interface.functions)
    parts.append(f"{_TABLE} = {{\n{rows}\n}}")
    return "\n".join(parts) + _TAIL


def _comment(text: str, indent: str = "") -> str:
    lines = textwrap.wrap(text.replace("`", ""), 106 - len(indent), break_long_words=False)
    return "".join(f"{indent}#: {line}\n" for line in lines)


def _constant(name: str, value: int, doc: str) -> str:
    return f"{_comment(doc)}{name} = {value}"


def _struct(struct: Struct) -> str:
    doc = "\n    ".join(textwrap.wrap(struct.doc, 100))
    annotations = "".join(
        f"{_comment(f.doc, '    ')}    {f.name}: {_python_type(f.type)}\n" for f in struct.fields
    )
    fields = "".join(f'        ("{f.name}", {_field(f.type)}),\n' for f in struct.fields)
    return (
        f'\n\nclass {struct.name}(Structure):\n    """{doc}"""\n\n{annotations}'
        f"    _fields_ = [\n{fields}    ]"
    )


def _python_type(c_type: CType) -> str:
    if c_type.length is not None or c_type.pointers:
        return "Any"
    return "float" if c_type.name == "double" else "int"


def _field(c_type: CType) -> str:
    if c_type.length is not None:
        return f"{_SCALARS[c_type.name]} * {c_type.length}"
    if c_type.pointers and c_type.name == "void":
        return "c_void_p"
    return f"POINTER({_SCALARS[c_type.name]})" if c_type.pointers else _SCALARS[c_type.name]


def _callback(function: Function, interface: Interface) -> str:
    types = [function.result, *(p.type for p in function.parameters)]
    listed = ", ".join(_type(t, interface) for t in types)
    parameters = ", ".join(p.name for p in function.parameters)
    return f"\n{_comment(f'{function.doc} Called with ({parameters}).')}{function.name} = CFUNCTYPE({listed})"


def _prototype(function: Function, interface: Interface) -> str:
    arguments = "".join(f"{_type(p.type, interface)}, " for p in function.parameters)[:-2]
    line = f'    "{function.name}": ({_type(function.result, interface)}, [{arguments}]),'
    if len(line) <= 100:
        return line
    rows = "".join(f"            {_type(p.type, interface)},\n" for p in function.parameters)
    result = _type(function.result, interface)
    return f'    "{function.name}": (\n        {result},\n        [\n{rows}        ],\n    ),'


def _type(c_type: CType, interface: Interface) -> str:
    name, pointers = c_type.name, c_type.pointers
    if name in interface.handles:
        name, pointers = "c_void_p", pointers - 1
    elif name == "void":
        if pointers == 0:
            return "None"
        name, pointers = "c_void_p", pointers - 1
    elif name == "char":
        # What the library returns is text; what it writes is a buffer.
        name, pointers = ("c_char_p" if c_type.const else "c_void_p"), pointers - 1
    else:
        name = _SCALARS.get(name, name)
    for _ in range(pointers):
        name = f"POINTER({name})"
    return name
