"""Say a C interface in Fortran: the generated parts of include/parexact.f90.

The module's prose and its generic procedures are written by hand, around two generated parts:
constants and types, and the interfaces of the C functions. A function is bound under its own name,
unless the module has a procedure or a generic of that name: then it is bound as `c_…`, for that
procedure to call."""

from __future__ import annotations

import re
import textwrap

from c_interface import Constant, CType, Function, Interface, Struct, Variable

_LENGTH = 110

_SCALARS = {
    "double": "real(c_double)",
    "int": "integer(c_int)",
    "int32_t": "integer(c_int32_t)",
    "int64_t": "integer(c_int64_t)",
    "parexact_status": "integer(c_int32_t)",
    "size_t": "integer(c_size_t)",
    # Fortran has no unsigned integers: the same 64 bits.
    "uint64_t": "integer(c_int64_t)",
}

# What a struct that programs fill in begins with, so that they name only what matters to them.
_DEFAULTS = {
    "parexact_array": {"dtype": "PAREXACT_DTYPE_F64"},
    "parexact_distribution": {"parameter": "[0, 1, 0]"},
}

# Fortran cannot tell the function parexact_state_words from the constant PAREXACT_STATE_WORDS.
_NAMES = {
    "parexact_state_words": "parexact_state_word_count",
    "parexact_summary_words": "parexact_summary_word_count",
}

# Pointers whose type in C does not tell what Fortran should hand over.
_ARGUMENTS = {
    ("parexact_state_fingerprint", "out"): "integer(c_int64_t), intent(inout) :: out(2)",
    # An argument that is absent is NULL in C.
    ("parexact_state_update_axes", "where"): "type(parexact_array), intent(in), optional :: where",
    ("parexact_describe_axes", "where"): "type(parexact_array), intent(in), optional :: where",
    ("parexact_state_results", "out"): "type(parexact_stats), intent(inout) :: out(*)",
    ("parexact_mpi_merge", "in"): "type(parexact_state), intent(in) :: in(*)",
    ("parexact_mpi_merge", "inout"): "type(parexact_state), intent(inout) :: inout(*)",
    ("parexact_mpi_merge", "len"): "integer(c_int), intent(in) :: len",
    ("parexact_mpi_merge", "datatype"): "integer(c_int), intent(in) :: datatype",
    ("parexact_summary_update", "y"): "type(parexact_array), intent(in), optional :: y",
    ("parexact_summary_update", "where"): "type(parexact_array), intent(in), optional :: where",
    ("parexact_summary_results", "results"): "integer(c_int32_t), intent(in) :: results(*)",
    ("parexact_summary_results", "out"): "real(c_double), intent(inout) :: out(*)",
    ("parexact_summary_fingerprint", "out"): "integer(c_int64_t), intent(inout) :: out(2)",
    ("parexact_summary_mpi_merge", "in"): "type(parexact_summary), intent(in) :: in(*)",
    ("parexact_summary_mpi_merge", "inout"): "type(parexact_summary), intent(inout) :: inout(*)",
    ("parexact_summary_mpi_merge", "len"): "integer(c_int), intent(in) :: len",
    ("parexact_summary_mpi_merge", "datatype"): "integer(c_int), intent(in) :: datatype",
    ("parexact_summarize", "y"): "type(parexact_array), intent(in), optional :: y",
    ("parexact_summarize", "where"): "type(parexact_array), intent(in), optional :: where",
    # The arrays must stay where they are until the job is done, which an address says.
    ("parexact_map_async", "items"): "type(c_ptr), value :: items",
    ("parexact_map_async", "results"): "type(c_ptr), value :: results",
}

# A pointer is that of an array if the count of its elements follows it.
_COUNT = re.compile(r"n|count|\w+_(count|len)")


def write(interface: Interface, module: str) -> str:
    """Return the module's text with its generated parts made anew."""
    hand_written = module
    for part in ("constants and types", "interfaces"):
        hand_written = _replace(hand_written, part, "")
    wrapped = {
        name.lower()
        for name in re.findall(
            r"^\s*(?:interface|function|subroutine) (parexact_\w+)", hand_written, re.M
        )
    }
    module = _replace(module, "constants and types", _constants_and_types(interface))
    return _replace(module, "interfaces", _interfaces(interface, wrapped))


def _replace(module: str, part: str, text: str) -> str:
    begin, end = (
        f"  ! Generated from parexact.h by `make bindings`: {part}.\n",
        f"  ! End of the generated {part}.\n",
    )
    if module.count(begin) != 1 or module.count(end) != 1:
        raise ValueError(f"the module does not have the two lines around its {part}")
    before, rest = module.split(begin)
    return before + begin + text + end + rest.split(end)[1]


def _constants_and_types(interface: Interface) -> str:
    groups: dict[str, list[Constant]] = {}
    for constant in interface.constants:
        # PAREXACT_OK and PAREXACT_ERROR_* are one group.
        group = "ERROR" if constant.name == "PAREXACT_OK" else constant.name.split("_")[1]
        groups.setdefault(group, []).append(constant)
    text = "\n".join("".join(_constant(c) for c in group) for group in groups.values())
    return text + "".join("\n" + _struct(s, interface) for s in interface.structs)


def _constant(constant: Constant) -> str:
    return (
        f"{_comment(constant.doc, '  ')}"
        f"  integer(c_int32_t), parameter, public :: {constant.name} = {constant.value}\n"
    )


def _comment(text: str, indent: str) -> str:
    lines = textwrap.wrap(text.replace("`", ""), _LENGTH - len(indent) - 3)
    return "".join(f"{indent}!> {line}\n" for line in lines)


def _struct(struct: Struct, interface: Interface) -> str:
    text = f"{_comment(struct.doc, '  ')}  type, bind(C), public :: {struct.name}\n"
    for field in struct.fields:
        text += _comment(field.doc, "     ")
        default = "" if interface.is_written(struct.name) else f" = {_default(struct, field)}"
        text += f"     {_field(field)}{default}\n"
    return text + f"  end type {struct.name}\n"


def _field(field: Variable) -> str:
    if field.type.length is not None:
        # Indices count from 0, as they do in C and in the document of the format.
        bounds = f"0:{field.type.length - 1}" if field.name == "words" else str(field.type.length)
        return f"{_SCALARS[field.type.name]} :: {field.name}({bounds})"
    kind = "type(c_ptr)" if field.type.pointers else _SCALARS[field.type.name]
    return f"{kind} :: {field.name}"


def _default(struct: Struct, field: Variable) -> str:
    return _DEFAULTS.get(struct.name, {}).get(field.name) or (
        "c_null_ptr" if field.type.pointers else "0"
    )


def _interfaces(interface: Interface, wrapped: set[str]) -> str:
    callbacks = "".join(
        _body(f, f.name, "bind(C)", "answer", interface) for f in interface.callbacks
    )
    public = _wrap(f"  public :: {', '.join(f.name for f in interface.callbacks)}")
    functions = ""
    for function in interface.functions:
        name = _NAMES.get(function.name, function.name)
        if name in wrapped:
            name = f"c_{name.removeprefix('parexact_')}"
        functions += _body(function, name, f'bind(C, name="{function.name}")', "answer", interface)
    return (
        f"  abstract interface\n{callbacks.rstrip()}\n  end interface\n{public}\n"
        f"  interface\n{functions.rstrip()}\n  end interface\n"
    )


def _body(function: Function, name: str, binding: str, result: str, interface: Interface) -> str:
    kind = "subroutine" if function.result == CType("void") else "function"
    dummies = ", ".join(p.name for p in function.parameters)
    head = f"     {kind} {name}({dummies}) {binding}"
    declared = [_argument(function, i, interface) for i in range(len(function.parameters))]
    if kind == "function":
        head += f" result({result})"
        returned = function.result
        declared.append(
            f"{'type(c_ptr)' if returned.pointers else _SCALARS[returned.name]} :: {result}"
        )
    lines = "".join(f"       {line}\n" for line in ["import", *declared])
    return f"{_wrap(head)}{lines}     end {kind} {name}\n\n"


def _argument(function: Function, index: int, interface: Interface) -> str:
    parameter = function.parameters[index]
    name, c_type = parameter.name, parameter.type
    special = _ARGUMENTS.get((function.name, name))
    if special:
        return special
    if any(c_type.name == callback.name for callback in interface.callbacks):
        return f"procedure({c_type.name}) :: {name}"
    if c_type.pointers == 0:
        return f"{_SCALARS[c_type.name]}, value :: {name}"
    intent = "intent(in)" if c_type.const else "intent(inout)"
    if c_type.name in interface.handles:
        return (
            f"type(c_ptr), {intent} :: {name}"
            if c_type.pointers == 2
            else f"type(c_ptr), value :: {name}"
        )
    # Any variable or array of the caller's, where it is not an address that a callback gets back.
    if name in ("item", "items", "results") and function in interface.functions:
        return f"type(*), {intent} :: {name}{'' if name == 'item' else '(*)'}"
    if c_type.name in ("void", "char"):
        return f"type(c_ptr), value :: {name}"
    kind = _SCALARS.get(c_type.name, f"type({c_type.name})")
    return f"{kind}, {intent} :: {name}{'(*)' if _is_array(function, index) else ''}"


def _is_array(function: Function, index: int) -> bool:
    """Is this pointer followed by the count of what it points to, perhaps after pointers of the same kind?"""
    kind = function.parameters[index].type.name
    for parameter in function.parameters[index + 1 :]:
        if parameter.type.pointers == 0:
            return _COUNT.fullmatch(parameter.name) is not None
        if parameter.type.name != kind:
            return False
    return False


def _wrap(line: str) -> str:
    """Return a line of Fortran, continued on further lines where it is too long."""
    indent = " " * (len(line) - len(line.lstrip()) + 5)
    rows = textwrap.wrap(
        line, _LENGTH - 2, subsequent_indent=indent, break_long_words=False, drop_whitespace=True
    )
    indented = [line[: len(line) - len(line.lstrip())] + rows[0].lstrip(), *rows[1:]]
    return " &\n".join(indented) + "\n"
