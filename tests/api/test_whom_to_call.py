"""Whoever is told to telephone is told whom: the number is there, or that none is on record."""

from __future__ import annotations

import re

from api.doors.outside_words import WORDS
from schemas.refusals import REFUSALS
from schemas.values import DivisionCode
from tests.api.house import TOWN, House, demand_body
from tests.api.test_doors import the_row
from tests.api.test_pages import words

CALL = re.compile("致电|(请|直接)打电话|(请|须)电话|拨打|请联系[^。]*值班室|与值班室联系")
OWN = "the desk's line on top of the committee's page"
CARD = "the desk's line on the card of the offer or the crew"
DIALOG = "a button beside it opens the numbers, or says that there are none"
NAMED = {
    "need.danger": "the numbers are its words",
    "need.no_incident": OWN,
    "report.climbed": OWN,
    "report.discarded_ended": OWN,
    "report.shut": OWN,
    "report.stopped": OWN,
    "report.nobody": OWN,
    "report.may_lie": OWN,
    "report.question": OWN,
    "told.binding": "the desk's line below it, before anything is acknowledged",
    "scene.escalated": CARD,
    "zone.near": CARD,
    "lacking.safeguards": CARD,
    "hold.crew": CARD,
    "turn.unfit": CARD,
    "problem.undo_taken": CARD,
    "terms.hazardous_how": "the desk's line below it",
    "hand.seen": "the desk's line below it",
    "demand.calls": DIALOG,
    "call.now": DIALOG,
    "owed_word.nobody": DIALOG,
    "phone.who": DIALOG,
    "silent.title": DIALOG,
    "silent.call": DIALOG,
    "party.call_leader": DIALOG,
    "party.tell_crew": DIALOG,
    "told.hint": DIALOG,
    "told.not_read": DIALOG,
    "line.unproved": DIALOG,
    "next.unproved": DIALOG,
    "party.unproved": DIALOG,
    "next.unable": DIALOG,
    "party.unable": DIALOG,
    "silent.unable": DIALOG,
    "told.call": DIALOG,
    "told.not_read_there": "the county's number stands on the card",
    "resume.call": DIALOG,
    "resume.exposed": DIALOG,
    "told.sending_unable": CARD,
    "told.masked": DIALOG,
    "zone.may_means": DIALOG,
    "next.silent": DIALOG,
    "next.call": DIALOG,
    "line.aside": DIALOG,
    "phone.nobody": DIALOG,
    "handover.calls": "a column's name",
    "handover_column.calls": "a column's name",
    "out.hint": "it is the desk that calls",
    "appeal.telephone_hint": "the field below it takes the number that the public is to call",
}
"""Where the number of each sentence is that tells somebody to call."""


def test_every_sentence_that_says_to_call_has_a_number_beside_it() -> None:
    """A new one says here where its reader finds the number; one that has gone leaves."""
    said = {key for key, text in words("zh").items() if CALL.search(text)}
    assert not said - set(NAMED), "tells somebody to call: whom?"
    assert not set(NAMED) - set(words("zh"))


def test_without_a_sign_in_the_number_is_shown_or_said_to_be_unknown() -> None:
    saying = {key for key, text in WORDS.items() if CALL.search(text.zh)}
    silent = saying - {"changed", "desk", "barred.merged", "barred.retired"}  # the number is below
    assert all("无法显示电话" in WORDS[key].zh for key in silent), silent


def test_a_refusal_that_says_to_call_is_about_a_card_with_the_number() -> None:
    """Of an offer or a crew: the card that was pressed has the desk's line."""
    said = [code for code, message in REFUSALS.items() if CALL.search(message.zh)]
    assert {code.value for code in said} <= ABOUT_CARDS


ABOUT_CARDS = {
    "adults_unconfirmed",
    "insurance_unconfirmed",
    "reports_waiting",
    "undo_too_late",
    "instruction_holds",
    "place_uncleared",
}


async def test_whoever_is_asked_reads_the_number_of_the_desk_that_asks(house: House) -> None:
    """Before a yes, too: its card may say to call first. Whoever is not asked reads none."""
    _, asked = await house.organization()
    desk = await house.desk()
    house.context.persons.add("值班", "0577-67221111", division=DivisionCode(TOWN))
    demand = (await desk.post("/demands", demand_body(await house.incident(desk)))).json["id"]
    _, other = await house.organization("CATERING")
    await the_row(asked, "offer")
    assert (await asked.get(f"/demands/{demand}/desk")).json["telephones"] == ["0577-67221111"]
    assert (await other.get(f"/demands/{demand}/desk")).code == "not_found"
