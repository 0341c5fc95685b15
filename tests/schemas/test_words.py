"""Every word that a user may read: in Chinese and in English, and never an echo of the input."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from api.problem_words import PROBLEMS
from deploy import markdown, write_docs
from schemas.codes import DOMAINS, HAZARDS, KINDS, SKILLS, Skill, counted
from schemas.facts import Fact
from schemas.refusals import REFUSALS, Refusal
from schemas.values import (
    AgainOn,
    ClaimEnd,
    CloseReason,
    DeclineReason,
    Domain,
    Gate,
    OpeningReason,
    Purpose,
    RegistrationClass,
    Role,
    StandDownReason,
    Step,
)
from streams import review_names
from streams.asking import AGAIN
from streams.matching import why
from streams.matching.why import CHANGES, GATE_WORDS
from streams.review_codes import (
    CLAIM_ENDS,
    CLASSES,
    GATES,
    MEDIA,
    OPENINGS,
    PURPOSES,
    REASONS,
    ROLES,
    STEPS,
)
from streams.review_words import FACTS

HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%[sdr(]|\{[^}]*\}|\$\{")
BLANK = re.compile(r"^\s|\s$|\s\s")
# In Chinese a mark is as wide as a character; what is filled in counts as one.
NARROW = re.compile("[\u3001-\u9fff\uff00-\uffef][,;:?!()]|[,;:?!()][\u3001-\u9fff\uff00-\uffef]")
FILLED = re.compile(r"\{[^{}]*\}")

LISTS: dict[str, Mapping[Any, Any]] = {
    "skills": SKILLS,
    "hazards": HAZARDS,
    "kinds": KINDS,
    "domains": DOMAINS,
    "refusals": REFUSALS,
    "problems": PROBLEMS,
    "reasons": REASONS,
    "gates": GATES,
    "why not": GATE_WORDS,
    "classes": CLASSES,
    "roles": ROLES,
    "purposes": PURPOSES,
    "changes": CHANGES,
    "steps": STEPS,
    "ends of claims": CLAIM_ENDS,
    "openings": OPENINGS,
    "outcomes": write_docs.OUTCOMES,
}


def entries() -> Iterator[Any]:
    for name, entry in LISTS.items():
        for code, words in entry.items():
            yield pytest.param(words, id=f"{name} {code}")


@pytest.mark.parametrize("words", list(entries()))
def test_every_entry_has_its_words_in_both_languages(words: Any) -> None:
    assert HAN.search(words.zh), "Chinese has a Han character"
    assert words.en.strip()
    assert not HAN.search(words.en), "English has none"


@pytest.mark.parametrize("words", list(entries()))
def test_words_have_no_place_for_what_was_sent(words: Any) -> None:
    for text in (words.zh, words.en):
        assert not PLACEHOLDER.search(text)
        assert not BLANK.search(text)


def chinese() -> Iterator[str]:
    """Every Chinese text that a list or a table of templates holds."""
    for entry in (*LISTS.values(), FACTS, STEPS, CLAIM_ENDS, OPENINGS, MEDIA, CHANGES):
        yield from (words.zh for words in entry.values())


def spoken() -> Iterator[str]:
    """Chinese parts of the sentences that are put together in code: strings, f-strings whole."""
    for module in (review_names, why):
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
                yield "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("texts", [chinese, spoken], ids=["lists", "sentences"])
def test_chinese_takes_full_width_punctuation(texts: Callable[[], Iterator[str]]) -> None:
    found = [t for t in texts() if HAN.search(t) and NARROW.search(FILLED.sub("\u6570", t))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", ["甲,乙", "{organization}(停用)", "完成;{phone}", "为何?"])
def test_the_search_for_narrow_marks_finds_one(text: str) -> None:
    assert NARROW.search(FILLED.sub("\u6570", text))


# An office calls an offer 协助请求, a desk 值班室, declining 谢绝, and what is sealed 保密.
ANOTHER_WORD = re.compile("邀约|婉拒|值班台|密封")


@pytest.mark.parametrize("words", [*entries(), *FACTS.values()])
def test_one_thing_has_one_word(words: Any) -> None:
    assert not ANOTHER_WORD.search(words.zh)


def test_every_refusal_has_its_message() -> None:
    assert set(REFUSALS) == set(Refusal)
    assert all(400 <= message.status < 500 for message in REFUSALS.values())


def test_a_refusal_is_what_its_status_says() -> None:
    """What screens and machines rely on without reading words."""
    statuses = {code: message.status for code, message in REFUSALS.items()}
    assert statuses[Refusal.NOT_FOUND] == 404
    assert statuses[Refusal.ROLE_MISSING] == 403
    assert statuses[Refusal.REVISION_STALE] == 412


def test_a_code_names_a_refusal_or_a_problem_and_never_both() -> None:
    assert not {code.value for code in Refusal} & set(PROBLEMS)


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        (DOMAINS, Domain),
        (GATES, Gate),
        (GATE_WORDS, Gate),
        (CLASSES, RegistrationClass),
        (ROLES, Role),
        (PURPOSES, Purpose),
        (CHANGES, AgainOn),
        (STEPS, Step),
        (CLAIM_ENDS, ClaimEnd),
        (OPENINGS, OpeningReason),
    ],
)
def test_no_code_is_without_words(entry: Mapping[Any, Any], codes: Any) -> None:
    assert set(entry) == set(codes)


def test_every_reason_has_words() -> None:
    for codes in (CloseReason, DeclineReason, StandDownReason):
        assert {str(code) for code in codes} <= {str(code) for code in REASONS}


def test_every_kind_of_demand_points_at_a_skill_and_a_domain() -> None:
    for kind in KINDS.values():
        assert kind.skill in SKILLS
        assert kind.domain in DOMAINS


@pytest.mark.parametrize("skill", SKILLS.values(), ids=SKILLS)
def test_every_skill_says_what_its_units_are(skill: Skill) -> None:
    assert re.fullmatch(r"[\u4e00-\u9fff]{1,2}", skill.unit_zh)
    for text in (skill.unit_en, skill.units_en):
        assert re.fullmatch("[a-z]+", text)
    assert skill.unit_en != skill.units_en


def test_a_skill_is_graded_by_a_standard_of_its_own() -> None:
    for skill in SKILLS.values():
        assert skill.graded == (skill.standard is not None)
    standards = [skill.standard for skill in SKILLS.values() if skill.standard is not None]
    assert sorted(standards) == [f"YJ/T 1.{part}-2022" for part in range(2, 7)]


def test_a_graded_kind_has_a_general_skill_beside_it() -> None:
    """Graded lines ask only registered organizations; a village's people are asked beside them."""
    for kind in KINDS.values():
        assert SKILLS[kind.skill].graded == (kind.beside is not None)
        assert kind.beside is None or not SKILLS[kind.beside].graded
    assert KINDS["rescue_water"].beside == "BOAT_OPERATE"


@pytest.mark.parametrize(
    ("skill", "number", "zh", "en"),
    [
        ("PUMP_DRAIN", 2, "2 台", "2 pumps"),
        ("PUMP_DRAIN", 1, "1 台", "1 pump"),
        ("BOAT_OPERATE", 0, "0 艘", "0 boats"),
        ("WATER", 1, "1 队", "1 team"),
        ("SHELTER_OPS", 3, "3 组", "3 crews"),
        ("NEWER", 2, "2 个单位", "2 units"),
        ("NEWER", 1, "1 个单位", "1 unit"),
    ],
)
def test_counted(skill: str, number: int, zh: str, en: str) -> None:
    assert counted(skill, number) == (zh, en)


@pytest.mark.parametrize("entry", [SKILLS, HAZARDS, KINDS])
def test_no_two_codes_have_the_same_words(entry: Mapping[str, Any]) -> None:
    for language in ("zh", "en"):
        names = [getattr(words, language) for words in entry.values()]
        assert len(set(names)) == len(names)


def test_every_fact_has_its_room_in_the_page_of_facts() -> None:
    rooms = [fact for room in write_docs.ROOMS.values() for fact in get_args(room)]
    assert set(rooms) == set(get_args(Fact))
    assert len(rooms) == len(set(rooms))


def test_the_page_of_asking_has_every_outcome_and_its_numbers() -> None:
    """What docs/asking.md promises is the one table that the rules look into."""
    assert set(write_docs.OUTCOMES) == set(AGAIN)
    page = write_docs.asking_page()
    for outcome, again in AGAIN.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{outcome}` "))
        for pause in again.pause:
            assert (markdown.span(pause) if pause else "at once") in row
        changes = [change for change in AgainOn if f"`{change}`" in row]
        assert changes == ([] if again.on is None else [again.on])


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (0, "0 s"),
        (30_000, "30 s"),
        (90_000, "90 s"),
        (120_000, "2 min"),
        (86_400_000, "24 h"),
        (7 * 86_400_000, "7 d"),
    ],
)
def test_a_span_is_said_in_whole_units(milliseconds: int, said: str) -> None:
    assert markdown.span(milliseconds) == said


def test_the_pages_of_codes_are_as_they_would_be_written() -> None:
    """Where they differ: `make schemas`."""
    assert write_docs.differing() == []
