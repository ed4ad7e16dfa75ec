"""Read constants and prototypes from parexact.h, so that no test repeats a number of it."""

from __future__ import annotations

import re

from paths import HEADER

TEXT = re.sub(r"/\*.*?\*/|//[^\n]*", " ", HEADER.read_text(encoding="utf-8"), flags=re.S)


def _constants() -> dict[str, int]:
    found: dict[str, int] = {}
    for name, value in re.findall(
        r"^[ \t]*#define[ \t]+(PAREXACT_\w+)[ \t]+(.+?)[ \t]*$", TEXT, re.M
    ):
        number = re.fullmatch(r"\(?\s*(-?(?:0[xX][0-9a-fA-F]+|\d+))[uUlL]*\s*\)?", value)
        if number:
            found[name] = int(number.group(1), 0)
    return found


CONSTANTS = _constants()


def constant(name: str) -> int:
    """Return PAREXACT_<name>."""
    return CONSTANTS["PAREXACT_" + name]


def prototypes() -> dict[str, tuple[str, list[str]]]:
    """Return name -> (result type, argument types), in C, without parameter names."""
    text = re.sub(r"^[ \t]*#.*$", " ", TEXT, flags=re.M)
    text = re.sub(r"typedef[^;{]*;|(typedef\s+)?struct\s+\w*\s*\{[^}]*\}\s*\w*\s*;", " ", text)
    found = {}
    pattern = r"([\w \t\n*]+?[\s*])(\w+)\s*\(([^()]*)\)\s*(?:__attribute__[^;]*)?;"
    for result, name, arguments in re.findall(pattern, text):
        types = [_type(a) for a in arguments.split(",") if a.strip() not in ("", "void")]
        found[name] = (_squeeze(result), types)
    return found


def callbacks() -> dict[str, tuple[str, list[str]]]:
    """Return name -> (result type, argument types) of the types of functions."""
    pattern = r"typedef\s+([\w \t\n*]+?)\(\s*\*\s*(\w+)\s*\)\s*\(([^()]*)\)\s*;"
    return {
        name: (_squeeze(result), [_type(a) for a in arguments.split(",")])
        for result, name, arguments in re.findall(pattern, TEXT)
    }


def _type(argument: str) -> str:
    """Drop the parameter's name: `const double *x` becomes `const double *`."""
    array = argument.rstrip().endswith("]")
    stripped = re.sub(r"\[[^\]]*\]", "", argument)
    return _squeeze(re.sub(r"\w+\s*$", "", stripped) + ("*" if array else ""))


def _squeeze(c_type: str) -> str:
    words = re.sub(r"\b(extern|struct)\b", " ", c_type)
    return " ".join(words.replace("*", " * ").split())
