"""The source is built as docs/architecture.md says."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from paths import ROOT

SOURCE = ROOT / "src"

Module = tuple[str, ...]
"""A file as the path of its module: ("exact", "fold"); of `mod.rs` that of its directory."""


PUBLIC_USE = r"\bpub(?:\([^)]*\))? use ([^;]+);"


def module_of(file: Path) -> Module:
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "mod" else parts


@cache
def files() -> dict[Module, Path]:
    """Return the files by module, without those of tests alone."""
    found = {
        module_of(file): file for file in sorted(SOURCE.rglob("*.rs")) if file.name != "lib.rs"
    }
    return {
        module: file for module, file in found.items() if not {"tests", "test_values"} & set(module)
    }


@cache
def code(module: Module) -> str:
    """Return the text of a file without comments and tests."""
    text = files()[module].read_text(encoding="utf-8")
    text = re.split(r"#\[cfg\(test\)\]\n(?:pub\(crate\) )?mod tests \{", text)[0]
    return re.sub(r"//.*", "", text)


def paths_of_tree(tree: str) -> Iterator[list[str]]:
    """Yield the paths of what stands between `use` and its semicolon."""
    prefix, brace, body = (
        re.sub(r"\s+as \w+", "", tree).replace(" ", "").replace("\n", "").partition("{")
    )
    if not brace:
        yield [part for part in prefix.split("::") if part]
        return
    depth, branch = 0, ""
    for character in body.removesuffix("}") + ",":
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            if branch:
                yield from paths_of_tree(prefix + branch)
            branch = ""
        else:
            branch += character


def uses(module: Module, pattern: str = r"\buse ([^;]+);") -> Iterator[list[str]]:
    for tree in re.findall(pattern, code(module)):
        yield from paths_of_tree(tree)


@cache
def handed_on() -> dict[tuple[Module, str], list[str]]:
    """Return what a module hands on from another one, by the names that it gives to it."""
    return {(module, path[-1]): path for module in files() for path in uses(module, PUBLIC_USE)}


def resolved(module: Module, path: list[str]) -> Module | None:
    """Return the module that defines what a path in another module means; None if that is not in `src`."""
    first, *rest = path
    if first == "crate":
        base: Module = ()
    elif first in ("super", "self"):
        base, rest = module, path
        while rest and rest[0] in ("super", "self"):
            base = base[:-1] if rest[0] == "super" else base
            rest = rest[1:]
    elif (*module, first) in files():
        base, rest = module, path
    else:
        return None
    while rest and (*base, rest[0]) in files():
        base, rest = (*base, rest[0]), rest[1:]
    if rest and (base, rest[0]) in handed_on() and base != module:
        return resolved(base, handed_on()[base, rest[0]])
    return base


@cache
def edges() -> dict[Module, set[Module]]:
    """Return which files a file uses.

    To declare a module is no use, nor is to hand on what is in it without naming it elsewhere in the file.
    """
    found = {}
    for module in files():
        text = re.sub(r"\buse [^;]+;", "", code(module))
        public = {tuple(path) for path in uses(module, PUBLIC_USE)}
        paths = [
            path
            for path in uses(module)
            if path[0] not in ("std", "core")
            and (tuple(path) not in public or re.search(rf"\b{path[-1]}\b", text))
        ]
        paths += [path.split("::") for path in re.findall(r"\b(?:crate|super)(?:::\w+)+", text)]
        targets = {resolved(module, path) for path in paths} - {None, (), module}
        found[module] = {target for target in targets if target}
    return found


def circle_through(start: Module) -> list[Module] | None:
    """Return a way from a file back to itself."""
    ways = [[start]]
    seen = set()
    while ways:
        way = ways.pop()
        for target in edges()[way[-1]]:
            if target == start:
                return [*way, start]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return None


def test_no_files_use_each_other_in_a_circle() -> None:
    assert len(files()) > 100
    assert sum(map(len, edges().values())) > 300
    for module in files():
        circle = circle_through(module)
        assert circle is None, " -> ".join("::".join(each) for each in circle)


def rows(document: Path) -> list[tuple[str, str, str]]:
    """Return the rows of the table of modules: name, concept, what it may use."""
    text = document.read_text(encoding="utf-8").replace("//! ", "")
    table = text[text.index("| module | concept | may use |") :].split("\n\n")[0]
    cells = [
        [cell.strip() for cell in row.strip("|\n ").split(" |")] for row in table.splitlines()[2:]
    ]
    return [
        (name.strip("` "), concept, used if (used := "".join(rest)) else "")
        for name, concept, *rest in cells
    ]


def test_the_library_s_head_repeats_the_table_of_modules() -> None:
    assert rows(SOURCE / "lib.rs") == rows(ROOT / "docs" / "architecture.md")


def test_modules_use_what_their_rows_name() -> None:
    table = rows(SOURCE / "lib.rs")
    allowed = {name: set(re.findall(r"`(\w+)`", used)) for name, _, used in table}
    everything = {name for name, _, used in table if used == "all"}
    assert set(allowed) == {module[0] for module in files()}
    met: dict[str, set[str]] = {name: set() for name in allowed}
    for module, targets in edges().items():
        met[module[0]] |= {target[0] for target in targets} - {module[0]}
    for name, names in allowed.items():
        if name not in everything:
            assert met[name] == names, (
                f"{name} uses {sorted(met[name])}; its row names {sorted(names)}"
            )


def test_the_ownership_of_handles_is_decided_in_one_file() -> None:
    deciding = {module for module in files() if re.search(r"\b(?:from|into)_raw\(", code(module))}
    assert {module for module in deciding if module[0] == "ffi"} == {("ffi", "handle")}
