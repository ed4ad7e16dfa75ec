"""Directives that show the manuals of the C, the C++ and the Fortran interface, which are comments
of their sources.

    .. c-manual:: include/parexact.h
    .. cpp-manual:: include/parexact.hpp
    .. fortran-manual:: include/parexact.f90

The sources stay the one place where the text is written; a page that shows them cannot be out of date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent.parent

# A section's title between dashes: `// -- Plain vectors of doubles ----` or `! ----- States`.
_C_SECTION = re.compile(r"^// -- (.+?) -+$", re.M)
_FORTRAN_SECTION = re.compile(r"^  ! -{20,} (.+)$", re.M)


def _paragraphs(comment: list[str]) -> Iterator[nodes.Element]:
    """Make paragraphs, lists and literal blocks of the lines of a comment."""
    block: list[str] = []
    for line in [*comment, ""]:
        if line.strip():
            block.append(line)
            continue
        if block:
            yield _block(block)
        block = []


def _block(rows: list[str]) -> nodes.Element:
    if all(row.startswith("    ") for row in rows):
        text = "\n".join(row[4:] for row in rows)
        return nodes.literal_block(text, text)
    if rows[0].startswith("* "):
        items = " ".join(row.strip() for row in rows).removeprefix("* ").split(" * ")
        return nodes.bullet_list("", *(nodes.list_item("", _paragraph(item)) for item in items))
    return _paragraph(" ".join(row.strip() for row in rows))


def _paragraph(text: str) -> nodes.paragraph:
    paragraph = nodes.paragraph()
    # What a Fortran call looks like stands before a colon; what a paragraph is about, before its
    # first full stop.
    call = re.match(r"(?:\w+ = |call |)\w+\(.*?\)(?=:|$)", text)
    about = re.match(
        r"(?:Status|Arguments|Ownership|Threads|Forking|Floating point|Stability|Errors|Cost)[.:]",
        text,
    )
    if call:
        paragraph += nodes.literal(call[0], call[0])
        text = text[call.end() :]
    elif about:
        paragraph += nodes.strong(about[0], about[0])
        text = text[about.end() :]
    for part in re.split(r"(`[^`]+`)", text):
        if len(part) > 2 and part.startswith("`"):
            paragraph += nodes.literal(part[1:-1], part[1:-1])
        elif part:
            paragraph += nodes.Text(part)
    return paragraph


def _code(text: str, language: str) -> nodes.literal_block:
    block = nodes.literal_block(text, text)
    block["language"] = language
    return block


def _section(title: str, name: str) -> nodes.section:
    section = nodes.section(ids=[nodes.make_id(f"{name}-{title}")])
    section += nodes.title(title, title)
    return section


def _append_constant(section: nodes.section, name: str, value: str, comment: str) -> None:
    """Add a constant to the list of constants that the section ends with, or begin one."""
    if not isinstance(section[-1], nodes.bullet_list):
        section += nodes.bullet_list()
    entry = _paragraph(f"`{name}` = {value}: {comment}")
    section[-1] += nodes.list_item("", entry)


class CManual(Directive):
    """The header: its introduction, then each section with declarations and their descriptions."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return what docutils puts into the page."""
        path = ROOT / self.arguments[0]
        self.state.document.settings.env.note_dependency(str(path))
        text = path.read_text(encoding="utf-8")
        introduction = text.split("#ifndef")[0]
        shown: list[nodes.Node] = list(
            _paragraphs([line[3:] for line in introduction.splitlines()])
        )
        pieces = _C_SECTION.split(text.split("#ifdef __cplusplus")[1].split("\n", 3)[3])
        for title, body in zip(pieces[1::2], pieces[2::2]):
            section = _section(title, "c")
            for comment, code in self._entries(body.split("#ifdef __cplusplus")[0]):
                constant = re.match(r"#define (\w+) (-?\d+)$", code)
                if constant:
                    _append_constant(section, constant[1], constant[2], " ".join(comment))
                    continue
                if code:
                    section += _code(code, "c")
                section += list(_paragraphs(comment))
            shown.append(section)
        return shown

    @staticmethod
    def _entries(body: str) -> Iterator[tuple[list[str], str]]:
        """Yield each comment with the declaration that follows it, which may be none."""
        for block in re.split(r"\n\n(?=//|typedef|\w)", body.strip("\n")):
            lines = block.strip("\n").splitlines()
            count = next(
                (i for i, line in enumerate(lines) if not line.startswith("//")), len(lines)
            )
            comment = [line[2:].removeprefix(" ") for line in lines[:count]]
            if "Safety:" in comment:
                # The header's conventions say the same for every pointer.
                comment = comment[: comment.index("Safety:")]
            yield comment, "\n".join(lines[count:]).strip()


class CppManual(Directive):
    """The header: its introduction, then each section. Functions are shown without their bodies,
    classes with what is public."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return what docutils puts into the page."""
        path = ROOT / self.arguments[0]
        self.state.document.settings.env.note_dependency(str(path))
        text = path.read_text(encoding="utf-8")
        introduction = text.split("#ifndef")[0]
        shown: list[nodes.Node] = list(
            _paragraphs([line[2:].removeprefix(" ") for line in introduction.splitlines()])
        )
        text = re.sub(
            r"^namespace detail \{$.*?^\} // namespace detail$\n", "", text, flags=re.M | re.S
        )
        text = text.split("\n} // namespace parexact")[0]
        pieces = _C_SECTION.split(text)
        for title, body in zip(pieces[1::2], pieces[2::2]):
            section = _section(title, "cpp")
            # Entries begin at the margin, after an empty line; so do parts of a class.
            for block in re.split(r"\n\n+(?=\S)(?!public:|protected:|private:)", body.strip("\n")):
                lines = block.splitlines()
                count = next(
                    (i for i, line in enumerate(lines) if not line.startswith("//")), len(lines)
                )
                section += list(_paragraphs([line[2:].removeprefix(" ") for line in lines[:count]]))
                code = self._declarations("\n".join(lines[count:]))
                if code:
                    section += _code(code, "cpp")
            shown.append(section)
        return shown

    @staticmethod
    def _declarations(code: str) -> str:
        """Leave out private members, bodies of functions, and what only the compiler needs."""
        for pattern, replacement in (
            (r"^private:$.*?(?=^\};$)", ""),
            (r"^ *static_assert\(.*?\)(?: &&\n.*?)?;\n?", ""),
            (r", std::enable_if_t<[^;{]*?, int> = 0>", ">"),
            (r", class = std::enable_if_t<[^;{]*?>>", ">"),
            (r"\[\[[^\]]*\]\] |\binline (?=\w)", ""),
        ):
            code = re.sub(pattern, replacement, code, flags=re.M | re.S)
        code = re.sub(r"\n{3,}", "\n\n", _without_bodies(code))
        return re.sub(r"\n\n(?=public:|\};)", "\n", code).strip("\n")


def _without_bodies(code: str) -> str:
    """Replace the bodies of C++ functions by semicolons, with the initialisers of constructors."""
    shown, begin, at = "", 0, 0
    while at < len(code):
        if code.startswith("//", at):
            at = code.find("\n", at) if "\n" in code[at:] else len(code)
            continue
        if code[at] == "{":
            statement = code[begin:at]
            words = re.sub(r"//.*|template <.*>", "", statement)
            if ")" in words and not re.search(r"\b(?:class|struct|enum|union)\b", words):
                end = _closing(code, at)
                shown += re.sub(
                    r"(\)(?: noexcept)?)\s*:\s.*", r"\1", statement, count=1, flags=re.S
                ).rstrip()
                shown += ";"
                begin = at = end + 1
                continue
        if code[at] in "{};":
            shown += code[begin : at + 1]
            begin = at + 1
        at += 1
    return shown + code[begin:]


def _closing(code: str, at: int) -> int:
    """Return the place of the brace that closes the one at this place."""
    depth = 0
    for place in range(at, len(code)):
        depth += {"{": 1, "}": -1}.get(code[place], 0)
        if depth == 0:
            return place
    raise ValueError("a brace is not closed")


class FortranManual(Directive):
    """A module: the comment at its head, then the comments of each section, up to the interfaces of
    C functions or the implementation."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return what docutils puts into the page."""
        path = ROOT / self.arguments[0]
        self.state.document.settings.env.note_dependency(str(path))
        text = path.read_text(encoding="utf-8")
        head, rest = re.split(r"\nmodule \w+\n", text, maxsplit=1)
        shown: list[nodes.Node] = list(
            _paragraphs([line[2:].removeprefix(" ") for line in head.splitlines()])
        )
        specification = rest.split("\ncontains\n")[0]
        pieces = _FORTRAN_SECTION.split(specification)
        for title, text in zip(pieces[1::2], pieces[2::2]):
            if title.startswith(("Interfaces of C functions", "Implementation")):
                break
            section = _section(title, "fortran")
            body = re.sub(
                r"^  ! Generated from.*?^  ! End of the generated.*?$", "", text, flags=re.M | re.S
            )
            for block in re.findall(r"(?:^  !.*\n?)+", body, re.M):
                section += list(
                    _paragraphs([re.sub(r"^  !>? ?", "", line) for line in block.splitlines()])
                )
            shown.append(section)
        return shown


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("c-manual", CManual)
    app.add_directive("cpp-manual", CppManual)
    app.add_directive("fortran-manual", FortranManual)
    return {"parallel_read_safe": True}
