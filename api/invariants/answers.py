"""Offers: one outcome each, late where it is late, and never more than was asked for."""

from __future__ import annotations

from api.invariants.law import Breaches, Invariant
from api.invariants.learning import OFFER_STATES
from api.invariants.ledger import Ledger
from api.invariants.record import Fact, kind

AFTER = {  # what may still be said of an offer, by what it has come to
    "sent": {"accepted", "declined", "no_answer", "unreachable", "stood_down", "standby"},
    "standby": {"accepted", "declined", "stood_down", "standby"},
    "no_answer": {"accepted", "declined", "standby"},
    "unreachable": {"accepted", "declined", "standby"},
    "declined": {"accepted", "declined", "standby"},
    "stood_down": {"accepted", "standby"},
    "accepted": set(),
}


def _outcome(ledger: Ledger, fact: Fact) -> Breaches:
    before, after = ledger.offers[fact["offer"]].state, OFFER_STATES[kind(fact)]
    if after not in AFTER[before]:
        yield f"offer {fact['offer']} is {after} after it was {before}"


def _expired(ledger: Ledger, fact: Fact) -> Breaches:
    if ledger.turn.at <= ledger.offers[fact["offer"]].answer_by:
        yield f"offer {fact['offer']} is over before its time to answer is"


def _accepted(ledger: Ledger, fact: Fact) -> Breaches:
    offer = ledger.offers[fact["offer"]]
    if fact["quantity"] > offer.quantity and offer.state != "standby":
        yield f"offer {fact['offer']} is accepted for more than was asked"
    if offer.state == "no_answer" and not fact["late"]:
        yield f"offer {fact['offer']} is accepted too late, and not said to be late"
    committed = [one for one in ledger.turn.facts if kind(one) == "AssignmentCommitted"]
    if [one["offer"] for one in committed].count(fact["offer"]) != 1:
        yield f"offer {fact['offer']} is accepted, and not exactly one crew is committed"


def _committed(ledger: Ledger, fact: Fact) -> Breaches:
    accepted = [one["offer"] for one in ledger.turn.facts if kind(one) == "OfferAccepted"]
    if fact["offer"] not in accepted:
        yield f"crew {fact['assignment']} is committed, and nobody has said yes"


ONE_OUTCOME = Invariant(
    "one outcome",
    "每项请求只有一个结果；过期之后的答应记为补答。",
    "Each offer comes to one outcome; a yes after the end is said to be late.",
    {
        **dict.fromkeys(OFFER_STATES, (_outcome,)),
        "OfferExpired": (_outcome, _expired),
        "OfferAccepted": (_outcome, _accepted),
        "AssignmentCommitted": (_committed,),
    },
)
