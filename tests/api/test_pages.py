"""The pages as files: every text in both languages, nothing inline, nothing foreign, all light."""

import gzip
import html.parser
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

import api
from api.problem_words import PROBLEMS
from api.reach import Rung, State
from schemas.commands import Command
from schemas.values import Mode, Reach, Role

PAGES = Path(api.__file__).parent / "pages"
STATIC = PAGES / "static"
LANGUAGES = ("zh", "en")
SCRIPTS = sorted(STATIC.glob("*.js"))
DOCUMENTS = sorted(PAGES.glob("*.html"))
# Packed, everything that an organization's first screen loads. These are plain files with their
# comments; the figure for the built console (20 KiB) is not theirs.
INBOX_BYTES_MAX = 46 * 1024 + 384

KEY = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z_]+)+")
GROUP_KEY = re.compile(r"[a-z_]+\.[A-Za-z_]+")
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}")
ASCII_PUNCTUATION_IN_CHINESE = re.compile("[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")

# A string, a template up to its next part, or what is not a string: comments, regular expressions.
TOKEN = re.compile(
    r"""
    //[^\n]* | /\*.*?\*/
    | "(?P<double>(?:[^"\\\n]|\\.)*)"
    | `(?P<template>(?:[^`\\]|\\.)*)`
    | /(?![/*\s])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[gimsuy]*(?=[.,;)])
    """,
    re.VERBOSE | re.DOTALL,
)
# What the program reads and no user sees, by what stands before it.
UNSEEN = re.compile(r"(find(All)?\(|querySelector(All)?\(|closest\()$")
# Names of headers, keys, methods and zones, which are written with a capital.
CAPITALS = {
    "Asia/Shanghai",
    "Backspace",
    "Content-Type",
    "Control",
    "Enter",
    "Escape",
    "If-Match",
    "Idempotency-Key",
    "POST",
    "Shouwang-Role",
    "Shouwang-Tapped-At",
    "WGS-84",
}


@cache
def words(language: str) -> dict[str, str]:
    """What all pages say, and what only one does; no key is in two files."""
    files = sorted(STATIC.glob(f"words*.{language}.json"))
    tables = [json.loads(path.read_text("utf-8")) for path in files]
    table = {key: text for each in tables for key, text in each.items()}
    assert len(table) == sum(map(len, tables))
    return table


def literals(path: Path) -> Iterator[tuple[str, str, int]]:
    """Every string in a script: what stands before it on its line, the string, its line."""
    source = path.read_text("utf-8")
    for match in TOKEN.finditer(source):
        text = match["double"] if match["double"] is not None else match["template"]
        if text is None:
            continue
        before = source[: match.start()]
        line = before.count("\n") + 1
        parts = re.split(r"\$\{[^}]*\}", text) if match["template"] is not None else [text]
        for part in parts:
            yield before.rpartition("\n")[2], part, line


class Elements(html.parser.HTMLParser):
    """The tags of a page with their attributes, and every text with the tag around it."""

    def __init__(self, document: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open = ""
        self.feed(document.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open, data.strip()))


def keys_in_pages() -> set[str]:
    marks = ("data-words", "data-words-label", "data-words-hint", "data-title")
    return {
        value
        for document in DOCUMENTS
        for _, attributes in Elements(document).tags
        for name, value in attributes.items()
        if name in marks and value
    }


def keys_in_scripts() -> set[str]:
    return {text for path in SCRIPTS for _, text, _ in literals(path) if KEY.fullmatch(text)}


def groups() -> set[str]:
    """Groups of keys that a script chooses from by a value: `choose("cover", …)`."""
    source = "".join(path.read_text("utf-8") for path in SCRIPTS)
    return set(re.findall(r'choose\(\s*"([a-z_]+)"', source))


def in_group(key: str) -> bool:
    return key.partition(".")[0] in groups() and bool(GROUP_KEY.fullmatch(key))


def classes() -> set[str]:
    """Every class that a style knows: words of these alone are no text."""
    styles = "".join(path.read_text("utf-8") for path in STATIC.glob("*.css"))
    return set(re.findall(r"\.([a-z][\w-]*)", styles))


def none_of(found: list[str]) -> None:
    assert not found, "\n".join(found)


# --- words ----------------------------------------------------------------------------------


def test_both_languages_have_the_same_keys() -> None:
    assert list(words("zh")) == list(words("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_has_words_with_the_same_parts(language: str) -> None:
    for key, text in words(language).items():
        assert text.strip(), key
        parts = [sorted(re.findall(r"\{\w+\}", words(one)[key])) for one in LANGUAGES]
        assert parts[0] == parts[1], key


def test_every_key_that_is_used_exists() -> None:
    missing = (keys_in_pages() | keys_in_scripts()) - set(words("zh"))
    assert not missing, sorted(missing)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_page_loads_the_words_that_it_says(document: Path) -> None:
    """Its own texts and those of its scripts are in the common words, or in what it names."""
    page = Elements(document)
    own = [attributes.get("data-own-words") for _, attributes in page.tags]
    names = ["words", *(name for name in own if name)]
    tables = [json.loads((STATIC / f"{name}.zh.json").read_text("utf-8")) for name in names]
    there = {key for table in tables for key in table}
    scripts = imported(STATIC / f"{document.stem}.js")
    said = {text for path in scripts for _, text, _ in literals(path) if KEY.fullmatch(text)}
    marked = {value for _, attributes in page.tags for name, value in attributes.items()
              if name.startswith("data-words") and value}  # fmt: skip
    assert not (said | marked) - there


def test_every_key_is_used() -> None:
    used = keys_in_pages() | keys_in_scripts()
    left = [key for key in words("zh") if key not in used and not in_group(key)]
    assert not left, left


def test_chinese_is_chinese_and_english_is_english() -> None:
    both = {key for key in words("en") if key.startswith(("language.", "mode."))}
    mixed = [key for key, text in words("en").items() if CHINESE.search(text) and key not in both]
    same = [
        key
        for key, text in words("zh").items()
        if text == words("en")[key] and re.search("[a-z]{2,}", re.sub(r"\{\w+\}", "", text))
    ]
    assert not mixed, mixed
    assert set(same) <= {"language.en", "form.send_hint"}, same


def test_chinese_takes_full_width_punctuation() -> None:
    found = [
        key
        for key, text in words("zh").items()
        if ASCII_PUNCTUATION_IN_CHINESE.search(re.sub(r"\{\w+\}", "数", text))
    ]
    assert not found, found


# --- the groups name every value that can come ----------------------------------------------


def states(row: str) -> set[str]:
    """The states that `schemas.views` lists beside a row's field, or that of its lines."""
    schemas = PAGES.parent.parent / "schemas"
    views = (schemas / name for name in ("views.py", "line_views.py"))
    source = "".join(path.read_text("utf-8") for path in views)
    found = re.search(
        rf"class {row}\(.*?\n    (?:state|cover): str  # ([\w, ]+)", source, re.DOTALL
    )
    assert found, row
    return set(found[1].split(", "))


GROUPS: dict[str, set[str]] = {
    "assignment_state": states("AssignmentRow"),
    "command": {member.__name__ for member in get_args(Command)},
    "cover": states("LineView"),
    "incident_state": states("IncidentRow"),
    "mode": {mode.value for mode in Mode},
    "number": {mode.value for mode in Mode},
    "notice_state": {state.value for state in State},
    "offer_state": states("OfferRow"),
    "reach": {reach.value for reach in Reach},
    "role": {role.value for role in Role},
    "rung": {rung.value for rung in Rung},
    "task_state": states("TaskRow"),
}


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_group_names_every_value(group: str) -> None:
    there = {key.partition(".")[2] for key in words("zh") if key.partition(".")[0] == group}
    assert there == GROUPS[group]


def test_every_field_of_a_posting_is_named() -> None:
    demands = pytest.importorskip("api.doors.demands")
    fields = set(demands.PublishDemandBody.model_fields)
    there = {key.partition(".")[2] for key in words("zh") if key.startswith("field.")}
    assert there == fields


def test_doors_answer_in_both_languages() -> None:
    """A problem's words are shown as they come, so both must be there."""
    assert all(message.zh and message.en for message in PROBLEMS.values())


# --- no text outside the words ---------------------------------------------------------------


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_holds_no_text_for_users(path: Path) -> None:
    found = []
    for before, text, line in literals(path):
        if UNSEEN.search(before) or text in CAPITALS or set(text.split()) <= classes():
            continue
        sentence = SENTENCE.search(text) or re.match("[A-Z][a-z]", text)
        media = re.match(r"\((min-width|prefers-color-scheme):", text)
        if CHINESE.search(text) or (sentence and not media):
            found.append(f"{path.name}:{line}: {text!r}")
    none_of(found)


def test_the_search_for_texts_finds_one(tmp_path: Path) -> None:
    path = tmp_path / "wrong.js"
    path.write_text('h("p", {}, "Nobody is here"); say(`第 ${number} 号`);', "utf-8")
    texts = [text for _, text, _ in literals(path)]
    assert "Nobody is here" in texts
    assert "第 " in texts
    assert " 号" in texts


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_page_holds_no_text_but_its_name(document: Path) -> None:
    texts = [text for tag, text in Elements(document).texts if tag not in ("noscript", "title")]
    assert not texts


# --- strict policy, no foreign host ----------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_is_inline(document: Path) -> None:
    for tag, attributes in Elements(document).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src"), "a script has its own file"
        wrong = [name for name in attributes if name == "style" or name.startswith("on")]
        assert not wrong, f"<{tag}> has {wrong}"


@pytest.mark.parametrize("path", [*SCRIPTS, *DOCUMENTS, STATIC / "style.css"], ids=lambda p: p.name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", re.sub(r"//[^\n]* ", "", source))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\b|\.style\b", source)


def test_what_pages_load_is_there() -> None:
    for document in DOCUMENTS:
        for _, attributes in Elements(document).tags:
            address = attributes.get("src") or attributes.get("href") or ""
            if address.startswith("/static/"):
                assert (PAGES / address.removeprefix("/")).is_file(), f"{document.name}: {address}"


def imported(path: Path) -> set[Path]:
    """A script and everything that it imports."""
    found, waiting = set(), [path]
    while waiting:
        script = waiting.pop()
        if script not in found:
            found.add(script)
            names = re.findall(r'from "\./([\w-]+\.js)"', script.read_text("utf-8"))
            waiting.extend(STATIC / name for name in names)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_page_asks_for_all_its_scripts_at_once(document: Path) -> None:
    """A phone that learns of a script only from another one waits a whole round trip more."""
    tags = Elements(document).tags
    preloaded = {a.get("href") for _, a in tags if a.get("rel") == "modulepreload"}
    [entry] = [a["src"] for tag, a in tags if tag == "script"]
    assert entry
    wanted = {f"/static/{path.name}" for path in imported(PAGES / entry.removeprefix("/"))}
    assert preloaded == wanted - {entry}


def test_an_organization_s_first_screen_is_light() -> None:
    scripts = imported(STATIC / "organization.js")
    first = [PAGES / "organization.html", STATIC / "style.css", STATIC / "words.zh.json", *scripts]
    packed = sum(len(gzip.compress(path.read_bytes())) for path in first)
    assert packed <= INBOX_BYTES_MAX, f"{packed} bytes"


# --- the stream, as a browser would read it --------------------------------------------------

PARSE = """
import { EventParser } from "%s";
const parser = new EventParser();
const found = [];
for (const text of JSON.parse(process.argv[1])) found.push(...parser.take(text));
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if not found:
        pytest.skip("no node: the browser test alone exercises the stream's reader")
    return found


def parsed(node: str, folder: Path, texts: list[str]) -> Any:
    source = re.sub(r"^import .*$", "", (STATIC / "live.js").read_text("utf-8"), flags=re.MULTILINE)
    (folder / "live.mjs").write_text(source, "utf-8")
    script = PARSE % (folder / "live.mjs").as_uri()
    command = [node, "--input-type=module", "-e", script, json.dumps(texts)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_events_are_read_however_they_are_cut(node: str, tmp_path: Path, size: int) -> None:
    stream = (
        'id: 3303:1\r\nevent: changes\r\ndata: {"at":1}\r\n\r\n'
        ': nothing\n\nid: 3303:2\nevent: alive\ndata: {"at":2}\n\nid: 3303:3\n'
    )
    texts = [stream[start : start + size] for start in range(0, len(stream), size)]
    events = [event for event in parsed(node, tmp_path, texts) if event["data"]]
    assert events == [
        {"id": "3303:1", "event": "changes", "data": '{"at":1}'},
        {"id": "3303:2", "event": "alive", "data": '{"at":2}'},
    ]
