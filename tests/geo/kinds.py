"""Both indexes of a skill, for tests that hold for either: the plain one and the compiled one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from deploy import native
from geo.compiled import CompiledIndex, Library
from geo.index import Index
from geo.nearest import SkillIndex

New = Callable[[], Index]


@cache
def made() -> str:
    """Where a library made from this source is; or nowhere, if there is no compiler."""
    library = Path(mkdtemp(prefix="shouwang-native-")) / "crowd.so"
    if native.compiler() is None:
        return ""
    problem = native.build(library)
    assert problem is None, problem
    return str(library)


@cache
def functions() -> Library:
    if not made():
        pytest.skip("no C compiler (Debian, as root: deploy/install-cc.sh)")
    return Library(Path(made()))


def plain() -> Index:
    return SkillIndex()


def compiled() -> Index:
    return CompiledIndex(functions())


both = pytest.mark.parametrize("new", [plain, compiled])
