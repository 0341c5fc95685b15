"""Pages that cannot rot: what the program has, its pages name."""

import argparse
import importlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARCHITECTURE_LINES_MAX = 260  # before the glossary, which has a line for every noun


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def missing(words: Iterable[str], name: str) -> list[str]:
    """Words that the page never has on their own, not merely inside a longer word."""
    there = page(name)
    return [w for w in words if not re.search(rf"(?<![\w-]){re.escape(w)}(?![\w-])", there)]


def test_every_make_target_has_its_help_line() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", page("Makefile"), re.MULTILINE)
    assert targets
    silent = [target for target, rest in targets if not re.search(r"## \w", rest)]
    assert not silent, f"no help line: {silent}"


def test_readme_names_both_commands() -> None:
    assert not missing(["make run", "make test"], "README.md")


def test_every_subcommand_has_its_place() -> None:
    parser = importlib.import_module("api.cli").parser()
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    commands = [name for action in actions for name in action.choices]
    assert commands
    assert not missing([f"shouwang {name}" for name in commands], "docs/commands.md")


def test_every_refusal_has_its_place() -> None:
    refusals = importlib.import_module("schemas.refusals").Refusal
    assert not missing([str(refusal.value) for refusal in refusals], "docs/refusals.md")


def test_every_skill_has_its_place_in_both_languages() -> None:
    skills = importlib.import_module("schemas.codes").SKILLS
    assert not missing(skills, "docs/codes.md")
    there = page("docs/codes.md")
    unnamed = [s for s, entry in skills.items() if not (entry.zh in there and entry.en in there)]
    assert not unnamed, f"without a name in zh or en: {unnamed}"


def test_architecture_can_be_read_in_one_sitting() -> None:
    lines = len(page("ARCHITECTURE.md").split("\n## Glossary\n")[0].splitlines())
    assert lines <= ARCHITECTURE_LINES_MAX, f"{lines} lines"


def test_every_dependency_states_its_reason() -> None:
    project = tomllib.loads(page("pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    lines = page("pyproject.toml").splitlines()
    reasons = {line.split('"')[1]: line.rpartition("#")[2] for line in lines if '",' in line}
    bare = [name for group in groups for name in group if len(reasons.get(name, "")) < 10]
    assert not bare, f"without a reason: {bare}"
