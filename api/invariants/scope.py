"""Who may do it: townships publish, organizations answer, exercises stay exercises."""

from __future__ import annotations

from collections.abc import Mapping

from api.invariants.entries import Grant
from api.invariants.law import Breaches, Invariant
from api.invariants.ledger import Ledger
from api.invariants.record import Fact

DELIVERY, OWNER = "delivery", "owner"
Parents = Mapping[str, str | None]


def _held(ledger: Ledger, role: str) -> list[Grant]:
    grants = ledger.grants.get(ledger.turn.actor, ())
    return [grant for grant in grants if grant.role == role and grant.holds(ledger.turn.at)]


class Scope:
    """With the tree of divisions as it is published: the parent of each code."""

    def __init__(self, parents: Parents) -> None:
        self._parents = parents

    def _within(self, grant: Grant, division: str | None) -> bool:
        while division is not None and division != grant.division:
            division = self._parents.get(division)
        return division is not None

    def published(self, ledger: Ledger, fact: Fact) -> Breaches:
        place = fact.get("place")
        division = place["division"] if place else ledger.demands[fact["demand"]].division
        if not any(self._within(grant, division) for grant in _held(ledger, "desk")):
            yield f"demand {fact['demand']} is published by nobody's desk of {division}"

    def drafted(self, ledger: Ledger, fact: Fact) -> Breaches:
        committees = _held(ledger, "committee")
        if not any(self._within(one, fact["place"]["division"]) for one in committees):
            yield from self.published(ledger, fact)

    def answered(self, ledger: Ledger, fact: Fact) -> Breaches:
        offer = ledger.offers[fact["offer"]]
        if fact.get("kept") or (ledger.turn.actor == DELIVERY and fact["by_message"]):
            return  # said before, or brought by the messenger
        if fact["by_committee"] is not None:
            villages = [grant.village for grant in _held(ledger, "committee")]
            named = ledger.organizations[offer.organization].village
            spoken = named is not None and named in villages
        elif fact["by_desk"]:
            spoken = bool(_held(ledger, "desk"))
        else:
            spoken = bool(_held(ledger, "organization") or _held(ledger, "desk"))
        if not spoken:
            yield f"offer {fact['offer']} is answered by nobody who may speak for it"

    def invariant(self) -> Invariant:
        return Invariant(
            "jurisdiction",
            "发布需求的是该辖区（或其上级）的值班室；答复的是组织自己或代其发言者。",
            "A desk of the place or above it publishes; who answers an offer may speak for it.",
            {
                "DemandPublished": (self.published,),
                "DraftPublished": (self.published,),
                "DemandDrafted": (self.drafted,),
                "OfferAccepted": (self.answered,),
                "OfferDeclined": (self.answered,),
            },
        )


def _enrolled(ledger: Ledger, fact: Fact) -> Breaches:
    alone = ledger.purpose == "operations" and ledger.turn.mode == "exercise"
    if alone and not ledger.organizations[fact["organization"]].enrolled:
        yield f"organization {fact['organization']} is asked in an exercise it takes no part in"


ISOLATION = Invariant(
    "exercises apart",
    "一次行动始终是演练或始终是实战；实战系统中的演练只请求已登记参加者。",
    "An operation is an exercise or actual, for ever; only the enrolled are asked in exercises.",
    {"OfferSent": (_enrolled,)},
)


def mode_kept(ledger: Ledger) -> Breaches:
    """Asked once a turn."""
    turn = ledger.turn
    if turn.operation and ledger.modes.setdefault(turn.operation, turn.mode) != turn.mode:
        yield f"operation {turn.operation} was {ledger.modes[turn.operation]}"
    if ledger.purpose == "exercise" and turn.mode == "actual":
        yield f"operation {turn.operation} is actual in a log for exercises"
