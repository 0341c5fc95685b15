"""Units: nobody gives away more than it has, and no line takes more than it needs."""

from __future__ import annotations

from api.invariants.law import Breaches, Invariant
from api.invariants.ledger import Ledger
from api.invariants.record import Fact

BY_HAND = ("TakeStandby", "ReceiveCrew", "OfferHelp")  # a person decides how many are enough


def _capacity(ledger: Ledger, fact: Fact) -> Breaches:
    organization = ledger.organizations[fact["organization"]]
    skill = ledger.lines[fact["line"]].skill
    left = organization.units.get(skill, 0) - ledger.held(fact["organization"], skill)
    if organization.most is not None:
        left = min(left, organization.most - ledger.held(fact["organization"]))
    if fact["quantity"] > left:
        yield f"organization {fact['organization']} commits {fact['quantity']}, and has {left}"


def _overfilled(ledger: Ledger, fact: Fact) -> Breaches:
    line = ledger.lines[fact["line"]]
    crews = [crew for crew in ledger.of_line.get(fact["line"], ()) if crew.round == line.round]
    told = ledger.incidents[ledger.demands[line.demand].incident].cleared
    if told or any(crew.uncertain for crew in crews):
        return  # somebody may be asked in the place of who is doubted, or told to leave
    command, _, _ = ledger.turn.command["type"].partition(".")
    by_hand = command in BY_HAND or ledger.offers[fact["offer"]].by_hand
    if not by_hand and ledger.covered(fact["line"]) >= line.target:
        yield f"line {fact['line']} needs {line.target}, has them, and a crew is committed"


CAPACITY = Invariant(
    "capacity",
    "任何组织承担的力量不超过其登记的力量。",
    "No organization is committed with more units than it has stated.",
    {"AssignmentCommitted": (_capacity,)},
)
NO_OVERFILL = Invariant(
    "no overfill",
    "需求项满足之后，不再有队伍因请求而承担。",
    "Nobody is committed by a request to a line that has all it needs.",
    {"AssignmentCommitted": (_overfilled,)},
)
