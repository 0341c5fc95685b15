"""Every fact that concerns somebody has its row: who tells it, or why nobody has to."""

from __future__ import annotations

from msgspec import Struct

from api.reach.by_fact import NOBODY, OWED
from api.reach.channels import About
from api.reach.owed import TO_CREWS
from schemas import facts

CONCERNING = {
    *("offer", "offers", "assignment", "assignments", "organization", "instruction", "report"),
    *("demand", "demands", "line", "lines", "incident", "task"),
}
"""A fact with one of these, or about a shift, is about somebody's request, work or duty."""


def concerning() -> set[type]:
    all_of_it = (getattr(facts, name) for name in dir(facts))
    kinds = {one for one in all_of_it if isinstance(one, type) and issubclass(one, Struct)}
    return {
        one
        for one in kinds
        if one.__struct_config__.tag is not None
        and (CONCERNING & set(one.__struct_fields__) or one.__name__.startswith("Shift"))
    }


def test_every_fact_that_concerns_somebody_has_one_row() -> None:
    assert not set(OWED) & set(NOBODY)
    assert concerning() == {*OWED, *NOBODY}


def test_whoever_is_owed_a_word_is_told_by_a_message_or_stands_on_a_call_list() -> None:
    assert not [fact for fact, row in OWED.items() if not row.abouts and not row.call_list]


def test_every_message_to_a_crew_has_a_fact_that_it_tells() -> None:
    told = {about for row in OWED.values() for about in row.abouts}
    assert told >= set(TO_CREWS)
    assert told == set(About) - {About.TEST}


def test_whatever_is_said_to_a_desk_says_whose_duty_phone_rings() -> None:
    assert not [
        fact for fact, row in OWED.items() if (About.DESK in row.abouts) != (row.rings is not None)
    ]
