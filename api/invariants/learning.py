"""What each fact changes: the second writing of it, one function a kind, by noun."""

from __future__ import annotations

from collections.abc import Callable

from api.invariants.entries import Crew, Demand, Incident, Line, Offer, Task
from api.invariants.learning_registry import REGISTRY
from api.invariants.ledger import Ledger
from api.invariants.record import Fact, kind

DAY = 86_400_000
LEAVING = ("stop", "withdraw", "zone_closed")


def learn(ledger: Ledger, fact: Fact) -> None:
    """Take a fact in; one that is of no concern here changes nothing."""
    learner = _LEARNERS.get(kind(fact))
    if learner is not None:
        learner(ledger, fact)


# Incidents, demands and lines


def _incident(ledger: Ledger, fact: Fact) -> None:
    ledger.incidents[fact["incident"]] = Incident()


def _incident_state(ledger: Ledger, fact: Fact) -> None:
    ledger.incidents[fact["incident"]].state = _INCIDENT_STATES[kind(fact)]


def _key_destroyed(ledger: Ledger, fact: Fact) -> None:
    ledger.incidents[fact["incident"]].readable = False


def _posted(ledger: Ledger, fact: Fact) -> None:
    draft = kind(fact) == "DemandDrafted"
    ledger.demands[fact["demand"]] = Demand(
        incident=fact["incident"],
        division=fact["place"]["division"],
        lines=[],
        priority=fact["priority"],
        state="draft" if draft else "published",
        release_at=fact["at"] if draft else fact["release_at"],
        kind=fact["kind"],
    )
    _add_lines(ledger, fact)


def _add_lines(ledger: Ledger, fact: Fact) -> None:
    demand = ledger.demands[fact["demand"]]
    for one in fact["lines"]:
        wish = one["request"]
        line = Line(fact["demand"], wish["skill"], wish["grade"], wish["hazardous"], wish["target"])
        line.look_at = max(fact["at"], demand.release_at)
        ledger.lines[one["line"]] = line
        demand.lines.append(one["line"])


def _draft_published(ledger: Ledger, fact: Fact) -> None:
    demand = ledger.demands[fact["demand"]]
    demand.state, demand.incident = "published", fact["incident"]
    demand.release_at = fact["release_at"]
    _look_again(ledger, demand, fact["release_at"])


def _look_again(ledger: Ledger, demand: Demand, at: int) -> None:
    for line in demand.lines:
        _next(ledger, line, at)


def _next(ledger: Ledger, line: str, at: int | None) -> None:
    ledger.lines[line].look_at, ledger.lines[line].lost = at, ledger.lost


def _amended(ledger: Ledger, fact: Fact) -> None:
    demand = ledger.demands[fact["demand"]]
    same = (demand.division, demand.kind) == (fact["place"]["division"], fact["kind"])
    demand.public = demand.public and same
    if demand.division != fact["place"]["division"]:
        _without_own(ledger, demand)
    demand.division, demand.kind = fact["place"]["division"], fact["kind"]
    demand.priority = fact["priority"]
    for line, target in zip(demand.lines, fact["targets"], strict=True):
        ledger.lines[line].target = target
        for offer in map(ledger.offers.__getitem__, ledger.lines[line].offers):
            _more_time(offer, fact["needed_by"])
    _add_lines(ledger, fact)


def _more_time(offer: Offer, needed_by: int | None) -> None:
    """Needed at another time: a fourth of what was left when it was asked, up to half a day."""
    if needed_by is not None:
        fourth = min((needed_by - offer.sent_at) // 4, DAY // 2)
        offer.answer_by = max(offer.answer_by, offer.sent_at + fourth)


def _moved(ledger: Ledger, fact: Fact) -> None:
    demand = ledger.demands[fact["demand"]]
    demand.division = fact.get("place", {}).get("division", demand.division)
    demand.incident = fact.get("incident", demand.incident)
    demand.public = demand.public and "place" not in fact
    if "place" in fact:
        _without_own(ledger, demand)


def _without_own(ledger: Ledger, demand: Demand) -> None:
    """The crew of the township that it was in is that one's own matter."""
    for line in map(ledger.lines.__getitem__, demand.lines):
        line.own = line.own if line.dropped else 0


def _held(ledger: Ledger, fact: Fact) -> None:
    ledger.demands[fact["demand"]].held = True


def _resumed(ledger: Ledger, fact: Fact) -> None:
    ledger.demands[fact["demand"]].held = False
    _look_again(ledger, ledger.demands[fact["demand"]], fact["at"])


def _closed(ledger: Ledger, fact: Fact) -> None:
    demand = ledger.demands[fact["demand"]]
    demand.state, demand.held, demand.public = "closed", False, False


def _appealed(ledger: Ledger, fact: Fact) -> None:
    ledger.demands[fact["demand"]].public = kind(fact) == "AppealMade"


def _reopened(ledger: Ledger, fact: Fact) -> None:
    demand = ledger.demands[fact["demand"]]
    demand.state = "draft" if fact["climbs_at"] is not None else "published"
    for line in map(ledger.lines.__getitem__, demand.lines):
        line.round, line.own = line.round + 1, 0
    _look_again(ledger, demand, fact["at"])


def _grouped(ledger: Ledger, fact: Fact) -> None:
    ledger.demands[fact["demand"]].leader = fact["leader"]


def _ungrouped(ledger: Ledger, fact: Fact) -> None:
    ledger.demands[fact["demand"]].leader = None
    _look_again(ledger, ledger.demands[fact["demand"]], fact["at"])


def _dropped(ledger: Ledger, fact: Fact) -> None:
    ledger.lines[fact["line"]].dropped = True


def _own_crew(ledger: Ledger, fact: Fact) -> None:
    ledger.lines[fact["line"]].own = fact["quantity"]


def _unmet(ledger: Ledger, fact: Fact) -> None:
    _next(ledger, fact["line"], fact["retry_at"])


def _looked_at(ledger: Ledger, fact: Fact) -> None:
    for line in fact["lines"]:
        _next(ledger, line, fact["next"])


def _in_hand(ledger: Ledger, fact: Fact) -> None:
    _next(ledger, fact["line"], None)


def _woken(ledger: Ledger, fact: Fact) -> None:
    if fact["line"] is not None:
        _next(ledger, fact["line"], fact["wake_at"])


# Offers


def _offered(ledger: Ledger, fact: Fact) -> None:
    line = ledger.lines[fact["line"]]
    names = ("line", "organization", "quantity")
    ledger.offers[fact["offer"]] = Offer(
        **{name: fact[name] for name in names},
        answer_by=fact["answer_by"] if "answer_by" in fact else fact["at"],
        sent_at=fact["at"],
        by_hand=fact.get("reason") is not None,
        lost=ledger.lost,
    )
    line.offers.add(fact["offer"])
    ledger.newest[fact["line"], fact["organization"]] = fact["offer"]
    line.look_at = None


def _reached(ledger: Ledger, fact: Fact) -> None:
    ledger.offers[fact["offer"]].answer_by = fact["answer_by"]


def _answered(ledger: Ledger, fact: Fact) -> None:
    offer = ledger.offers[fact["offer"]]
    fresh = fact.get("until") if fact.get("at_once") else None  # others wait while units lack
    offer.state, offer.until = OFFER_STATES[kind(fact)], fresh
    ledger.lines[offer.line].offers.discard(fact["offer"])


# Crews and tasks


def _committed(ledger: Ledger, fact: Fact) -> None:
    names = ("offer", "line", "organization", "quantity")
    crew = Crew(**{name: fact[name] for name in names}, round=ledger.lines[fact["line"]].round)
    crew.relieves = ledger.reliefs.get(crew.offer)
    ledger.crews[fact["assignment"]] = crew
    ledger.of_line.setdefault(crew.line, []).append(crew)
    ledger.of_team.setdefault(crew.organization, []).append(crew)


def _stepped(ledger: Ledger, fact: Fact) -> None:
    crew = ledger.crews[fact["assignment"]]
    if crew.stepped != ledger.turn.sequence:
        crew.before, crew.stepped = crew.state, ledger.turn.sequence
    crew.state = CREW_STATES[kind(fact)]
    if not crew.live:
        _place_free(ledger, fact["assignment"])


def _beside(ledger: Ledger, fact: Fact) -> None:
    ledger.crews[fact["assignment"]].beside = True


def _relief(ledger: Ledger, fact: Fact) -> None:
    """The last that was asked takes the crew's place, as long as it is there, and fills no gap."""
    ledger.lines[ledger.offers[fact["offer"]].line].offers.discard(fact["offer"])
    ledger.reliefs = {
        key: crew for key, crew in ledger.reliefs.items() if crew != fact["assignment"]
    }
    ledger.reliefs[fact["offer"]] = fact["assignment"]


def _place_free(ledger: Ledger, id: str) -> None:
    """It is gone: whoever was to take its place has it, or is asked for the line."""
    ledger.reliefs = {key: crew for key, crew in ledger.reliefs.items() if crew != id}
    for crew in ledger.of_line[ledger.crews[id].line]:
        if crew.relieves == id:
            crew.relieves = None


def _counted_heads(ledger: Ledger, fact: Fact) -> None:
    """A step that changes no state, and can be undone like the others."""
    crew = ledger.crews[fact["assignment"]]
    if crew.stepped != ledger.turn.sequence:
        crew.before, crew.stepped = crew.state, ledger.turn.sequence


def _went_back(ledger: Ledger, fact: Fact) -> None:
    ledger.crews[fact["assignment"]].state = fact["step"]


def _uncertain(ledger: Ledger, fact: Fact) -> None:
    ledger.crews[fact["assignment"]].uncertain = True


def _everybody_told(ledger: Ledger, fact: Fact) -> None:
    incident = ledger.incidents[fact["incident"]]
    incident.cleared = True
    if fact["zone"] is not None:
        ledger.closed[fact["instruction"]] = None
    elif fact["what"] in LEAVING:
        ledger.closed[fact["instruction"]] = fact["incident"]


def _lifted(ledger: Ledger, fact: Fact) -> None:
    """What could not be looked for meanwhile may be again."""
    if ledger.closed.pop(fact["instruction"], "") == "":
        return
    for id, line in ledger.lines.items():
        if line.look_at is not None:
            _next(ledger, id, max(line.look_at, fact["at"]))


def _task(ledger: Ledger, fact: Fact) -> None:
    ledger.tasks[fact["task"]] = Task()


def _task_state(ledger: Ledger, fact: Fact) -> None:
    ledger.tasks[fact["task"]].state = TASK_STATES[kind(fact)]


def _stood_still(ledger: Ledger, fact: Fact) -> None:
    ledger.lost += fact["lost"]


_INCIDENT_STATES = {
    "IncidentClosing": "closing",
    "IncidentClosed": "closed",
    "IncidentReopened": "open",
}
OFFER_STATES = {
    "OfferAccepted": "accepted",
    "OfferDeclined": "declined",
    "OfferExpired": "no_answer",
    "OfferUnreachable": "unreachable",
    "OfferStoodDown": "stood_down",
    "StandbyOffered": "standby",
}
CREW_STATES = {
    "AssignmentSetOff": "en_route",
    "AssignmentArrived": "on_scene",
    "AssignmentReportedDone": "reported_done",
    "AssignmentSentBack": "on_scene",
    "AssignmentReleased": "released",
    "AssignmentGivenUp": "given_up",
    "AssignmentStoodDown": "stood_down",
}
TASK_STATES = {
    "TaskOpened": "open",
    "TaskProposedAgain": "proposed",
    "TaskDropped": "dropped",
    "TaskLapsed": "lapsed",
    "TaskClaimed": "claimed",
    "TaskClaimEnded": "open",
    "TaskReportedDone": "reported",
    "TaskSentBack": "claimed",
    "TaskVerified": "verified",
}

_LEARNERS: dict[str, Callable[[Ledger, Fact], None]] = {
    **REGISTRY,
    "IncidentOpened": _incident,
    **dict.fromkeys(_INCIDENT_STATES, _incident_state),
    "KeyDestroyed": _key_destroyed,
    "DemandPublished": _posted,
    "DemandDrafted": _posted,
    "DraftPublished": _draft_published,
    "DemandAmended": _amended,
    "DemandTakenBack": _moved,
    "DemandRefiled": _moved,
    "DemandHeld": _held,
    "DemandResumed": _resumed,
    "DemandClosed": _closed,
    "AppealMade": _appealed,
    "AppealEnded": _appealed,
    "DemandReopened": _reopened,
    "DemandGrouped": _grouped,
    "DemandUngrouped": _ungrouped,
    "LineDropped": _dropped,
    "OwnCrewSet": _own_crew,
    "LineUnmet": _unmet,
    "LinesLookedAt": _looked_at,
    "LineInHand": _in_hand,
    "LineWoken": _woken,
    "OfferSent": _offered,
    "CrewReceived": _offered,
    "OfferReached": _reached,
    "YesOutdated": _reached,
    **dict.fromkeys(OFFER_STATES, _answered),
    "AssignmentCommitted": _committed,
    **dict.fromkeys(CREW_STATES, _stepped),
    "HeadsCounted": _counted_heads,
    "ReliefAsked": _relief,
    "BesideAsked": _beside,
    "StepUndone": _went_back,
    "StepCorrected": _went_back,
    "CrewDoubted": _uncertain,
    "CrewInstructed": _uncertain,
    "IncidentInstructed": _everybody_told,
    "InstructionLifted": _lifted,
    "TaskProposed": _task,
    **dict.fromkeys(TASK_STATES, _task_state),
    "Resumed": _stood_still,
}
