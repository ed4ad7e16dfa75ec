"""What the C header and the Fortran module declare, read from their text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Prototype:
    """A C function: types with single spaces and without `const` and `struct`, arrays as pointers."""

    name: str
    returns: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Binding:
    """A Fortran interface body with bind(C); types in lower case, `, value` kept, everything else dropped."""

    name: str
    procedure: str
    returns: str | None
    arguments: tuple[str, ...]


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)


def _c_type(declaration: str, named: bool) -> str:
    """`const struct parexact_stats *out` -> `parexact_stats*`."""
    declaration = re.sub(r"\b(const|struct|extern)\b", " ", declaration).strip()
    stars = declaration.count("*") + declaration.count("[")
    words = re.sub(r"\[[^]]*\]|\*", " ", declaration).split()
    return " ".join(words[:-1] if named else words) + "*" * stars


def prototypes(header: Path) -> dict[str, Prototype]:
    """Every function that the header declares."""
    text = _without_comments(header.read_text())
    text = re.sub(r"^\s*#.*(\\\n.*)*$", "", text, flags=re.MULTILINE)
    text = re.sub(r'extern\s+"C"\s*\{', "", text)
    while re.search(r"\{[^{}]*\}", text):
        text = re.sub(r"\{[^{}]*\}", "", text)
    found = {}
    for statement in text.replace("}", " ").split(";"):
        statement = " ".join(statement.split())
        match = re.fullmatch(r"(?!typedef\b)(.+?)\b(\w+)\s*\((.*)\)", statement)
        if not match:
            continue
        returns, name, arguments = match.groups()
        types = (
            ()
            if arguments.strip() in ("", "void")
            else tuple(_c_type(a, True) for a in arguments.split(","))
        )
        found[name] = Prototype(name, _c_type(returns, False), types)
    return found


def callbacks(header: Path) -> dict[str, Prototype]:
    """Every type of pointers to functions that the header defines."""
    found = {}
    for returns, name, arguments in re.findall(
        r"\btypedef\s+(\w+)\s*\(\*(\w+)\)\s*\((.*?)\)\s*;",
        _without_comments(header.read_text()),
        re.DOTALL,
    ):
        types = tuple(_c_type(a, True) for a in arguments.split(","))
        found[name] = Prototype(name, _c_type(returns, False), types)
    return found


def _integer(expression: str, known: dict[str, int]) -> int:
    """The value of an integer constant expression of either language that uses +, -, *, parentheses, names, casts."""
    expression = re.sub(r"\(\s*u?int\d+_t\s*\)|\(\s*parexact_status\s*\)", "", expression)
    expression = re.sub(r"\b(\d+)(?:_\w+|[uUlL]+)\b", r"\1", expression)
    expression = re.sub(r"[A-Za-z_]\w*", lambda name: str(known[name.group()]), expression)
    if not re.fullmatch(r"[\d\s()+*-]+", expression):
        raise ValueError(f"not an integer constant: {expression}")
    return int(eval(expression))


def header_constants(header: Path) -> dict[str, int]:
    """Every macro PAREXACT_* that has a value."""
    found: dict[str, int] = {}
    for name, value in re.findall(
        r"^[ \t]*#[ \t]*define[ \t]+(PAREXACT_\w+)[ \t]+(\S.*)$",
        _without_comments(header.read_text()),
        re.MULTILINE,
    ):
        found[name] = _integer(value, found)
    return found


def _fortran_statements(module: Path) -> list[str]:
    """Statements without comments, continuations joined, blanks squeezed, in lower case but for character constants."""
    text = re.sub(r"!.*$", "", module.read_text(), flags=re.MULTILINE)
    text = re.sub(r"&\s*\n\s*&?", " ", text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [
        re.sub(r'("[^"]*")|([^"]+)', lambda m: m[1] or m[2].lower(), line) for line in lines if line
    ]


def module_constants(module: Path) -> dict[str, int]:
    """Every integer parameter PAREXACT_* of the module."""
    found: dict[str, int] = {}
    for statement in _fortran_statements(module):
        match = re.fullmatch(
            r"integer\(c_int32_t\), parameter.*:: (parexact_\w+) = (.+)", statement
        )
        if match:
            found[match[1].upper()] = _integer(match[2].upper(), found)
    return found


def bindings(module: Path) -> list[Binding]:
    """Every interface body with bind(C, name=...), in the order of the file."""
    return _interface_bodies(module, r'bind\(c, name="(\w+)"\)')


def abstract_interfaces(module: Path) -> list[Binding]:
    """Every interface body of a callback: bind(C) without a name, which abstract interfaces do not have."""
    return [
        replace(body, name=body.procedure) for body in _interface_bodies(module, r"bind\(c()\)")
    ]


def _interface_bodies(module: Path, bind: str) -> list[Binding]:
    found: list[Binding] = []
    procedure: re.Match[str] | None = None
    declared: dict[str, str] = {}
    for statement in _fortran_statements(module):
        start = re.fullmatch(
            rf"(function|subroutine) (\w+)\((.*?)\) {bind}(?: result\((\w+)\))?",
            statement,
        )
        if start:
            procedure, declared = start, {}
        elif procedure and statement == f"end {procedure[1]} {procedure[2]}":
            dummies = [name.strip() for name in procedure[3].split(",") if name.strip()]
            returns = declared[procedure[5] or procedure[2]] if procedure[1] == "function" else None
            arguments = tuple(declared[name] for name in dummies)
            found.append(Binding(procedure[4], procedure[2], returns, arguments))
            procedure = None
        elif procedure and "::" in statement:
            attributes, names = statement.split("::")
            parts = re.findall(r"\w+\([^)]*\)|\w+", attributes)
            kind = parts[0] + (", value" if "value" in parts else "")
            for name in re.findall(r"(\w+)(?:\([^)]*\))?", names):
                declared[name] = kind
    return found
