"""What `pages` takes from a page, and what it refuses."""

from __future__ import annotations

import re

import pages
import pytest

PAGE = """
# One

A program, `one.c`:

```c
int main(void) { return 0; }
```

```sh
cc one.c -o one
./one
```

```text
done
```

## Two

This one, `two.c`, is compiled in the same way.

```c
int main(void) { return 2; }
```

```text
too
```

```c excerpt
return 3;
```

```
make
```

## Three

`three.f90`, in a project:

```fortran
end
```

Its `CMakeLists.txt`:

```cmake
add_executable(three three.f90)
```

```sh
cmake -B build
mpiexec -n 2 build/three
```

As it says

```text
nothing that commands print
```
"""


def test_a_page() -> None:
    found = [
        (step.section, step.name, step.text.split()[-1], step.printed)
        for step in pages.steps_of(PAGE)
    ]
    assert found == [
        ("One", "one.c", "}", None),
        ("One", "", "./one", "done\n"),
        ("Two", "two.c", "}", None),
        ("Two", "", "./two", "too\n"),
        ("Three", "three.f90", "end", None),
        ("Three", "CMakeLists.txt", "three.f90)", None),
        ("Three", "", "build/three", None),
    ]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "A program, `one.c`:",
            "A program:",
            "6: the paragraph before this file must have its name",
        ),
        ("```c excerpt", "```c except", "a block of 'c except'"),
        ("```c excerpt", "```c", "the paragraph before this file must have its name"),
        ("`one.c`:", "`one.cpp`:", "the paragraph before this file must have its name"),
        ("```\nmake", "```\ncc -c one.c", "a block of ''"),
        ("```\nmake", "```bash\nmake", "a block of 'bash'"),
        ("```sh\ncmake", "```text\ncmake", "no commands compile and run three.f90"),
        ("cc one.c", "cc 1.c", "no commands compile and run one.c"),
    ],
)
def test_what_is_refused(before: str, after: str, message: str) -> None:
    assert PAGE.count(before) == 1
    with pytest.raises(pages.PageError, match=re.escape(message)):
        pages.steps_of(PAGE.replace(before, after))


def test_output() -> None:
    step = pages.Step(1, "", "./one", printed="1\n2\n")
    step.check("compiled\n 1\n1 \n2\n")
    for printed in ("", "1\n", "2\n1\n", "1\n2\n3\n", "1\n 2\n"):
        with pytest.raises(AssertionError, match="line 1"):
            step.check(printed)
