"""Nothing is taken for said: whatever writes a fact is chosen or typed by somebody.

A dialog that opens with an answer in it writes that answer under a tired thumb or an Enter. So a
choice begins empty, unless it holds what stands already or says nothing of what has happened.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import api

STATIC = Path(api.__file__).parent / "pages" / "static"
CALL = re.compile(r"(?<![\w.])(?P<name>radios|select|number)\(\s*(?P<first>\"?[\w.]+\"?|`[^`]*`)")
CHOSEN_AT = {"radios": 3, "select": 2, "number": 1}  # which part of the call is chosen already

# By file and name of the field: why it may begin with something in it.
STANDS = {
    ("desk-amend.js", "priority"): "what the demand says now",
    ("desk-amend.js", "kind"): "what the demand says now",
    ("desk-amend.js", "division"): "what the demand says now",
    ("desk-amend.js", "target"): "what the line asks for now",
    ("desk-ask.js", "units"): "what was recorded last; nothing where nothing was",
    ("desk-backlog.js", "name"): "a filter: of all",
    ("desk-calls.js", "quantity"): "a yes answers the number that was asked for",
    ("desk-line-fields.js", "minimum"): "the smallest that can be asked for",
    ("desk-line-fields.js", "target"): "the smallest that can be asked for",
    ("desk-line-fields.js", "grade"): "the lowest that can be asked for",
    ("desk-several.js", "name"): "a filter: of all",
    ("desk-several.js", "incident"): "what is looked at; its list is shown, its reason is chosen",
    ("desk-tasks.js", "domain"): "what the proposal says",
    ("desk-zone.js", "shape"): "which fields are shown; the place itself is chosen",
    ("organization-scene.js", "what"): "what was chosen before a redrawing",
    ("organization-scene.js", "skill"): "its own skill, beside what it says it needs",
}


class Field(NamedTuple):
    file: str
    name: str
    chosen: str


def parts(source: str, start: int) -> list[str]:
    """What stands between the parentheses that open before `start`, by its commas."""
    found, depth, begun = [], 0, start
    for at in range(start, len(source)):
        char = source[at]
        depth += (char in "([{") - (char in ")]}")
        if (depth == 0 and char == ",") or depth < 0:
            found.append(source[begun:at].strip())
            begun = at + 1
        if depth < 0:
            break
    return [part for part in found if part]


def fields(path: Path) -> Iterator[Field]:
    source = path.read_text("utf-8")
    for match in CALL.finditer(source):
        if f"const {match['name']} = (" in source and path.name != "dialog.js":
            continue  # its own word for something else
        said = parts(source, match.start("first"))
        at = CHOSEN_AT[match["name"]]
        chosen = said[at] if len(said) > at else ""
        if chosen and chosen != '""' and "function" not in source[: match.start()][-10:]:
            yield Field(path.name, re.sub(r"\W.*$", "", match["first"].strip('"`')), chosen)


def test_no_choice_of_any_page_begins_with_an_answer_that_nobody_gave() -> None:
    found = [one for path in sorted(STATIC.glob("*.js")) for one in fields(path)]
    unsaid = [one for one in found if (one.file, one.name) not in STANDS]
    assert not unsaid, unsaid
    gone = set(STANDS) - {(one.file, one.name) for one in found}
    unfiltered = {key for key in gone if "filter" not in STANDS[key]}
    assert not unfiltered, unfiltered


def test_the_search_finds_an_answer_that_nobody_gave(tmp_path: Path) -> None:
    path = tmp_path / "wrong.js"
    path.write_text('ask([radios("step", say("phone.step"), steps.map(of), steps[0])]);', "utf-8")
    assert [one.name for one in fields(path)] == ["step"]
    path.write_text('number("minutes", 20, 0, 2880); number("inside", "", 0);', "utf-8")
    assert [one.name for one in fields(path)] == ["minutes"]


def test_every_form_of_a_page_begins_with_an_empty_choice_of_what_has_happened() -> None:
    for page, names in (("desk", ("kind", "hazard")), ("committee", ("kind",))):
        source = (STATIC.parent / f"{page}.html").read_text("utf-8")
        for name in names:
            assert re.search(rf'name="{name}" required>\s*<option value="" ', source), (page, name)
    assert "checked" not in (STATIC.parent / "desk.html").read_text("utf-8")
