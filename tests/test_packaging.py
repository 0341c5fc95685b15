"""Four flat names go into site-packages: exactly these, and nobody else's."""

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

from deploy.native import compiler

ROOT = Path(__file__).parent.parent
PACKAGES = {"schemas", "geo", "streams", "api"}
DATA = ["geo/data", "schemas/json", "api/pages"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names inside a wheel built here, with what is installed and without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    [path] = folder.glob("*.whl")
    return ZipFile(path).namelist()


def test_wheel_holds_four_packages_and_its_own_description(wheel: list[str]) -> None:
    top = {name.split("/")[0] for name in wheel}
    [described] = [name for name in top if name.endswith(".dist-info")]
    assert described.startswith("shouwang-")
    assert top - {described} == PACKAGES


@pytest.mark.parametrize("folder", DATA)
def test_wheel_holds_the_data_files(wheel: list[str], folder: str) -> None:
    on_disk = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    ours = {path.relative_to(ROOT).as_posix() for path in on_disk if path.suffix != ".pyc"}
    assert ours, f"{folder} is empty or missing"
    assert ours <= set(wheel), f"left out of the wheel: {sorted(ours - set(wheel))}"


def test_wheel_holds_the_compiled_search_and_its_source(wheel: list[str]) -> None:
    assert {"geo/native/cubes.h", "geo/native/crowd.c"} <= set(wheel)
    if compiler() is not None:
        assert "geo/native/crowd.so" in wheel


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_each_name_has_one_owner(name: str) -> None:
    # An editable installation claims no names, so the absence of any owner is ours.
    owners = set(packages_distributions().get(name, ["shouwang"]))
    assert owners == {"shouwang"}, f"{name} is also installed by {owners - {'shouwang'}}"


@pytest.mark.parametrize("name", ["tests", "deploy", "docs"])
def test_nobody_installs_our_other_folders(name: str) -> None:
    assert name not in packages_distributions(), f"a dependency installs {name}/"
