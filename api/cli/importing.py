"""`shouwang import`: organizations, divisions and demands out of files, each by its own command."""

from __future__ import annotations

import argparse
from importlib import import_module

from api.cli.trouble import Answer, Trouble

_BY = {
    "organizations": ("api.cli.sheets", "bring_in"),
    "demands": ("api.cli.records", "bring_in_demands"),
    "divisions": ("api.cli.records", "bring_in_divisions"),
}


def bring_in(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Only what is asked for is loaded."""
    if typed.what != "organizations" and (typed.file is None or typed.profile is None):
        raise Trouble(
            "请给出文件和 --profile 说明文件（见 docs/profiles.md）。",
            "name a FILE and its --profile, as docs/profiles.md has them",
        )
    module, name = _BY[typed.what]
    code: int
    answer: Answer
    code, answer = getattr(import_module(module), name)(typed)
    return code, answer
