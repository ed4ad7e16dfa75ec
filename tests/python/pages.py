"""The programs and the commands of a Markdown page, in the order in which its reader meets them.

| block | what it is |
|---|---|
| `c`, `cpp`, `fortran`, `cmake` | a whole file; the last file in the paragraph before it: `example.c` |
| the same with a second word: `c excerpt` | a part of a program, which is not run |
| `sh` | commands, run in the directory of the files |
| `text` behind a file or behind commands | the last lines that they print |
| no language | anything else, but no commands that compile a program |

Commands that name a file belong to it if they follow in the same section; cmake's name those in its file. A
program without any is compiled and run by the first commands of the page for its language, where its name
takes the place of the other one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from paths import ROOT

SUFFIXES = {"c": ".c", "cpp": ".cpp", "fortran": ".f90", "cmake": ".txt .cmake"}
OTHERS = {"", "text", "python", "py"}
COMPILES = re.compile(
    r"\b(cc|c\+\+|gcc|g\+\+|clang|gfortran|mpicc|mpic\+\+|mpicxx|mpifort|cmake)\s"
)
FENCE = re.compile(r"^```([^`\n]*)\n(.*?)^```$", re.M | re.S)


class PageError(Exception):
    """A block is not what the table above allows."""


@dataclass(frozen=True)
class Step:
    """A file or commands, and what the page says that the commands print."""

    line: int
    section: str
    text: str
    name: str = ""
    """The name of a file; empty for commands."""
    printed: str | None = None

    def check(self, printed: str) -> None:
        """Compare what the commands have printed in the end; blanks at the end of a line do not count."""
        if self.printed is not None:
            promised = self.printed.splitlines()
            lines = [line.rstrip() for line in printed.splitlines()]
            assert lines[-len(promised) :] == promised, f"line {self.line}; printed was:\n{printed}"


@dataclass
class _Block:
    line: int
    section: str
    language: str
    text: str
    before: str
    """The paragraph before it."""
    follows: bool
    """Whether nothing but white space lies between this block and the one before."""


def steps(page: Path) -> list[Step]:
    """Return what a reader of the page does, in this order."""
    try:
        return steps_of(page.read_text(encoding="utf-8"))
    except PageError as error:
        raise PageError(f"{page.relative_to(ROOT)}:{error}") from None


def steps_of(text: str) -> list[Step]:
    """Return the same for the text of a page."""
    return list(_steps(_blocks(text)))


def without_mpi(page: Path) -> list[Step]:
    """Return those of its steps that are in sections without MPI."""
    found = steps(page)
    sections = _sections_with_mpi(found)
    return [step for step in found if step.section not in sections]


def with_mpi(page: Path) -> list[Step]:
    """Return the other ones."""
    found = steps(page)
    sections = _sections_with_mpi(found)
    return [step for step in found if step.section in sections]


def pages() -> list[Path]:
    """Return all pages of the documentation."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("packaging/**/*.md")])


def _sections_with_mpi(found: Iterable[Step]) -> set[str]:
    return {step.section for step in found if "mpiexec" in step.text and not step.name}


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    end = 0
    for fence in FENCE.finditer(text):
        between = text[end : fence.start()]
        headings = re.findall(r"^#+ (.*)$", between, re.M)
        section = headings[-1] if headings else blocks[-1].section if blocks else ""
        line = text.count("\n", 0, fence.start()) + 1
        before = between.strip().rpartition("\n\n")[2]
        blocks.append(_Block(line, section, fence[1].strip(), fence[2], before, not before))
        end = fence.end()
    return blocks


def _steps(blocks: list[_Block]) -> Iterable[Step]:
    usual: dict[str, tuple[str, str]] = {}
    for index, block in enumerate(blocks):
        if block.language == "sh":
            yield Step(block.line, block.section, block.text, printed=_output(blocks, index))
        elif block.language in SUFFIXES:
            name = _name(block)
            yield Step(block.line, block.section, block.text, name)
            commands = _commands(blocks, index, name)
            language = name.rpartition(".")[2]
            if commands is not None:
                usual.setdefault(language, (commands, name))
            elif language in usual:
                text = _renamed(*usual[language], name)
                yield Step(block.line, block.section, text, printed=_output(blocks, index))
            else:
                raise PageError(f"{block.line}: no commands compile and run {name}")
        elif not _is_left_alone(block):
            raise PageError(
                f"{block.line}: a block of '{block.language}': see tests/python/pages.py"
            )


def _name(block: _Block) -> str:
    suffixes = SUFFIXES[block.language].split()
    names = [
        name
        for name in re.findall(r"`([\w-]+\.\w+)`", block.before)
        if Path(name).suffix in suffixes
    ]
    if not names:
        raise PageError(
            f"{block.line}: the paragraph before this file must have its name, such as "
            f"`example{suffixes[0]}`, or the block must be marked: ```{block.language} excerpt"
        )
    return names[-1]


def _output(blocks: list[_Block], index: int) -> str | None:
    after = blocks[index + 1 : index + 2]
    return after[0].text if after and after[0].language == "text" and after[0].follows else None


def _commands(blocks: list[_Block], index: int, name: str) -> str | None:
    """Return the commands for the file in its section, before another file of that name."""
    is_in_project = blocks[index].language == "cmake"
    for block in blocks[index + 1 :]:
        if block.section != blocks[index].section:
            return None
        words = [name, "cmake "] if is_in_project else [name]
        if block.language == "sh" and any(word in block.text for word in words):
            return block.text
        if block.language in SUFFIXES and _name(block) == name:
            return None
        is_in_project |= block.language == "cmake" and name in block.text
    return None


def _renamed(commands: str, old: str, new: str) -> str:
    stem, other = Path(old).stem, Path(new).stem
    return re.sub(rf"(?<![\w-]){re.escape(stem)}(?![\w-])", other, commands)


def _is_left_alone(block: _Block) -> bool:
    language, _, rest = block.language.partition(" ")
    if language in SUFFIXES:
        return rest == "excerpt"
    if language.startswith("{"):  # a directive of the documentation site
        return True
    return not rest and language in OTHERS and (language != "" or not COMPILES.search(block.text))
