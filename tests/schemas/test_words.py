"""Every word that a user may read: in Chinese and in English, and never an echo of the input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from api.problems import PROBLEMS
from deploy import write_docs
from schemas.codes import DOMAINS, HAZARDS, KINDS, SKILLS
from schemas.refusals import REFUSALS, Refusal
from schemas.values import (
    CloseReason,
    DeclineReason,
    Domain,
    Gate,
    Purpose,
    RegistrationClass,
    Role,
    StandDownReason,
)
from streams.matching.why import GATE_WORDS
from streams.review_words import CLASSES, GATES, PURPOSES, REASONS, ROLES

HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%[sdr(]|\{[^}]*\}|\$\{")
BLANK = re.compile(r"^\s|\s$|\s\s")

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


@pytest.mark.parametrize("entry", [SKILLS, HAZARDS, KINDS])
def test_no_two_codes_have_the_same_words(entry: Mapping[str, Any]) -> None:
    for language in ("zh", "en"):
        names = [getattr(words, language) for words in entry.values()]
        assert len(set(names)) == len(names)


def test_the_pages_of_codes_are_as_they_would_be_written() -> None:
    """Where they differ: `make schemas`."""
    assert write_docs.differing() == []
