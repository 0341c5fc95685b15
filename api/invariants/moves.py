"""Every step is one that may follow the last, and is about something that was there before."""

from __future__ import annotations

from api.invariants.law import Breaches, Invariant
from api.invariants.learning import CREW_STATES, TASK_STATES
from api.invariants.ledger import Ledger
from api.invariants.record import Fact, kind

CREW_AFTER = {
    "committed": {"AssignmentSetOff", "AssignmentGivenUp", "AssignmentStoodDown"},
    "en_route": {"AssignmentArrived", "AssignmentGivenUp", "AssignmentStoodDown"},
    "on_scene": {"AssignmentReportedDone", "AssignmentGivenUp", "AssignmentStoodDown"},
    "reported_done": {"AssignmentSentBack", "AssignmentReleased", "AssignmentStoodDown"},
}
TASK_AFTER = {
    "proposed": {"TaskOpened", "TaskDropped", "TaskLapsed"},
    "open": {"TaskOpened", "TaskProposedAgain", "TaskClaimed", "TaskDropped", "TaskLapsed"},
    "claimed": {"TaskClaimEnded", "TaskReportedDone", "TaskDropped"},
    "reported": {"TaskSentBack", "TaskVerified", "TaskDropped", "TaskLapsed"},
}
INCIDENT_AFTER = {
    "open": {"IncidentClosing"},
    "closing": {"IncidentClosed", "IncidentReopened"},
    "closed": {"IncidentReopened"},
}
TABLES = {  # what the id in a field names
    "incident": "incidents",
    "demand": "demands",
    "leader": "demands",
    "line": "lines",
    "offer": "offers",
    "assignment": "crews",
    "task": "tasks",
    "organization": "organizations",
}
BEGUN = {  # and what a fact begins, which is not there yet
    "IncidentOpened": ("incident",),
    "DemandPublished": ("demand",),
    "DemandDrafted": ("demand",),
    "OfferSent": ("offer",),
    "CrewReceived": ("offer",),
    "AssignmentCommitted": ("assignment",),
    "TaskProposed": ("task",),
    "OrganizationRegistered": ("organization",),
}


def known_before(ledger: Ledger, fact: Fact) -> Breaches:
    """What a fact is about began in an earlier one, and what it begins did not."""
    begun = BEGUN.get(kind(fact), ())
    for name, table in TABLES.items():
        id = fact.get(name)
        if id is not None and (id in getattr(ledger, table)) == (name in begun):
            there = "was there already" if name in begun else "was not there"
            yield f"{kind(fact)} is about the {name} {id}, which {there}"


def _crew(ledger: Ledger, fact: Fact) -> Breaches:
    state = ledger.crews[fact["assignment"]].state
    if kind(fact) not in CREW_AFTER.get(state, ()):
        yield f"crew {fact['assignment']} has {kind(fact)}, and was {state}"


def _undone(ledger: Ledger, fact: Fact) -> Breaches:
    crew = ledger.crews[fact["assignment"]]
    if fact["step"] != crew.before:
        yield f"crew {fact['assignment']} goes back to {fact['step']}, and was {crew.before} before"


def _beside(ledger: Ledger, fact: Fact) -> Breaches:
    if not ledger.crews[fact["assignment"]].beside:
        yield f"crew {fact['assignment']} has {kind(fact)}, and its desk was never asked"


def _task(ledger: Ledger, fact: Fact) -> Breaches:
    state = ledger.tasks[fact["task"]].state
    if kind(fact) not in TASK_AFTER.get(state, ()):
        yield f"task {fact['task']} has {kind(fact)}, and was {state}"


def _incident(ledger: Ledger, fact: Fact) -> Breaches:
    state = ledger.incidents[fact["incident"]].state
    if kind(fact) not in INCIDENT_AFTER[state]:
        yield f"incident {fact['incident']} has {kind(fact)}, and was {state}"


LEGAL_MOVES = Invariant(
    "legal moves",
    "每一步都可由上一步到达，且所涉对象此前已存在。",
    "Each step may follow the last one, and is about something that was there.",
    {
        **dict.fromkeys(CREW_STATES, (_crew,)),
        "StepUndone": (_undone,),
        **dict.fromkeys(("BesideClimbed", "CrewLetStay"), (_beside,)),
        **dict.fromkeys(TASK_STATES, (_task,)),
        **dict.fromkeys(("IncidentClosing", "IncidentClosed", "IncidentReopened"), (_incident,)),
    },
)
