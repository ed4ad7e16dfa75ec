"""Read a C header of this project into plain values: constants, structs, handles, callbacks, functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pycparser import c_ast, c_parser

# The names of <stddef.h> and <stdint.h> that the header uses; what they are is of no interest here.
_STANDARD_TYPES = (
    "size_t",
    "int8_t",
    "int16_t",
    "int32_t",
    "int64_t",
    "uint8_t",
    "uint32_t",
    "uint64_t",
)


@dataclass(frozen=True)
class CType:
    """A type: its name, how many pointers lead to it, whether what is pointed to is const, the
    length of an array."""

    name: str
    pointers: int = 0
    const: bool = False
    length: int | None = None


@dataclass(frozen=True)
class Variable:
    """A parameter of a function or a field of a struct."""

    name: str
    type: CType
    doc: str = ""


@dataclass(frozen=True)
class Constant:
    name: str
    value: int
    doc: str


@dataclass(frozen=True)
class Struct:
    name: str
    fields: tuple[Variable, ...]
    doc: str


@dataclass(frozen=True)
class Function:
    """A function, or the type of a callback."""

    name: str
    result: CType
    parameters: tuple[Variable, ...]
    doc: str = ""


@dataclass
class Interface:
    """Everything that a header declares, in its order."""

    version: str
    soname: str
    constants: list[Constant] = field(default_factory=list)
    structs: list[Struct] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    callbacks: list[Function] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)

    def is_written(self, struct: str) -> bool:
        """Tell whether some function writes to such a struct of the caller."""
        return any(
            p.type.name == struct and not p.type.const for f in self.functions for p in f.parameters
        )


def read(header: Path, manifest: Path) -> Interface:
    """Read a header, and the version from Cargo.toml, whose major number is the SONAME's."""
    version = re.search(r'^version = "(.+)"', manifest.read_text(encoding="utf-8"), re.M)
    if version is None:
        raise ValueError(f"{manifest} has no version")
    interface = Interface(version[1], f"libparexact.so.{version[1].split('.')[0]}")
    text = re.sub(
        r"#ifdef __cplusplus.*?#endif", "", header.read_text(encoding="utf-8"), flags=re.S
    )
    docs = _docs(text)
    for name, value in re.findall(r"^#define (\w+) (-?\d+)$", text, re.M):
        interface.constants.append(Constant(name, int(value), docs[name]))

    code = re.sub(r"//[^\n]*|^#.*$", "", text, flags=re.M)
    for constant in interface.constants:
        code = re.sub(rf"\b{constant.name}\b", str(constant.value), code)
    standard = "".join(f"typedef int {name};" for name in _STANDARD_TYPES)
    for node in c_parser.CParser().parse(standard + code, str(header)).ext:
        if node.name in _STANDARD_TYPES:
            continue
        doc = docs.get(node.name, "")
        if isinstance(node.type, c_ast.FuncDecl):
            interface.functions.append(_function(node.name, node.type, doc))
        elif isinstance(node.type, c_ast.PtrDecl) and isinstance(node.type.type, c_ast.FuncDecl):
            interface.callbacks.append(_function(node.name, node.type.type, doc))
        elif isinstance(node.type, c_ast.TypeDecl) and isinstance(node.type.type, c_ast.Struct):
            members = node.type.type.decls
            if members is None:
                interface.handles.append(node.name)
            else:
                fields = tuple(
                    Variable(m.name, _type(m.type), docs.get(m.name, "")) for m in members
                )
                interface.structs.append(Struct(node.name, fields, doc))
    return interface


def _docs(text: str) -> dict[str, str]:
    """Return the first paragraph of each comment, by the name of what follows it."""
    found: dict[str, str] = {}
    for comment, code in re.findall(r"((?:^[ ]*//.*\n)+)(.+)", text, re.M):
        lines = [line.strip().removeprefix("//").strip() for line in comment.splitlines()]
        paragraph = " ".join(lines[: lines.index("")] if "" in lines else lines)
        struct = re.match(r"typedef struct \{", code)
        if struct:
            following = text[text.index(comment + code) :]
            name = re.search(r"^\} (\w+);", following, re.M)
        else:
            name = re.match(r"#define (\w+)|.*?\(\*(\w+)\)\(|.*?(\w+)(?:\[\w+\])?(?:\(|;)", code)
        if name:
            found.setdefault(next(filter(None, name.groups())), paragraph)
    return found


def _function(name: str, node: c_ast.FuncDecl, doc: str) -> Function:
    parameters = node.args.params if node.args else []
    variables = [Variable(p.name or "", _type(p.type)) for p in parameters]
    if [v.type for v in variables] == [CType("void")]:
        variables = []
    return Function(name, _type(node.type), tuple(variables), doc)


def _type(node: c_ast.Node) -> CType:
    pointers, length = 0, None
    while isinstance(node, (c_ast.PtrDecl, c_ast.ArrayDecl)):
        if isinstance(node, c_ast.PtrDecl):
            pointers += 1
        else:
            length = int(node.dim.value)
        node = node.type
    const = pointers > 0 and "const" in node.quals
    inner = node.type
    name = " ".join(inner.names) if isinstance(inner, c_ast.IdentifierType) else inner.name
    return CType(name, pointers, const, length)
