"""By fact: whether somebody outside is owed a word when something has become a fact, and what
tells it: messages up the ladder, and the list on which a desk finds whom nothing has told.

A fact that is in neither table has no place in the log: the tests say so.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from api.reach.channels import About
from schemas import facts as f


class Rings(NamedTuple):
    """Whose duty phone says it: that of the desk which is waited for, or of the one above; for
    priorities up to `least`."""

    above: bool
    least: int = 4


class Owed(NamedTuple):
    """Who is owed it, the messages that say it, and where a desk finds whom to call; "" where
    nobody is called for it."""

    to: str
    abouts: tuple[About, ...]
    call_list: str
    rings: Rings | None = None


_ITS_OWN: Final = Rings(above=False)
_ABOVE: Final = Rings(above=True)
_ITS_OWN_IF_URGENT: Final = Rings(above=False, least=2)
_ABOVE_IF_URGENT: Final = Rings(above=True, least=2)
_TO_CALL: Final = "the demand's card and the view of calls"
_ON_TOP: Final = "the list on top of the desk's page"

OWED: Final[dict[type, Owed]] = {
    f.OfferSent: Owed("whoever is asked", (About.ASK,), _TO_CALL),
    f.OfferUnreachable: Owed("whoever nothing has reached", (), _TO_CALL),
    f.OfferExpired: Owed("whoever was silent, while still wanted", (), _TO_CALL),
    f.OfferStoodDown: Owed("whoever was told of an urgent request", (About.OVER,), ""),
    f.YesOutdated: Owed("whoever said yes by message", (), "the replies to be read"),
    f.AssignmentCommitted: Owed("a crew whose yes was kept", (About.NEEDED,), _TO_CALL),
    f.AssignmentStoodDown: Owed("a crew that is called back", (About.OVER,), ""),
    f.AssignmentSentBack: Owed("a crew that has reported", (About.BACK,), _TO_CALL),
    f.DemandAmended: Owed("a crew at work", (About.WORDS,), _TO_CALL),
    f.DemandRefiled: Owed("a crew at work", (About.NUMBER,), ""),
    f.DemandTakenBack: Owed("a crew at work", (About.WORDS,), _TO_CALL),
    f.CrewInstructed: Owed("a crew at work", (About.ORDER,), _ON_TOP),
    f.IncidentInstructed: Owed("every crew at work there", (About.ORDER,), _ON_TOP),
    f.InstructionAcknowledged: Owed(
        "the desk of a crew that cannot", (About.DESK,), _ON_TOP, _ITS_OWN
    ),
    f.AcknowledgmentMissed: Owed(
        "a crew that says nothing, its desk", (About.ORDER, About.DESK), _ON_TOP, _ITS_OWN
    ),
    f.AcknowledgmentEscalated: Owed(
        "that crew, the desk above", (About.ORDER, About.DESK), _ON_TOP, _ABOVE
    ),
    f.InstructionLifted: Owed("whoever had it", (About.LIFTED,), ""),
    f.ReportAnswered: Owed("the crew that reported", (About.ANSWERED,), ""),
    f.CrewOverdue: Owed("a crew that is late", (), "the crew's row, in red"),
    f.CrewDoubted: Owed("a crew that is late", (), "the crew's row, in red"),
    f.CheckInMissed: Owed("the desk of a crew that is silent", (About.DESK,), _ON_TOP, _ITS_OWN),
    f.CheckInEscalated: Owed("the desk above", (About.DESK,), _ON_TOP, _ABOVE),
    f.LineUnmet: Owed("its desk, of what is urgent", (About.DESK,), _TO_CALL, _ITS_OWN_IF_URGENT),
    f.DemandClimbed: Owed(
        "the desk above, of what is urgent", (About.DESK,), _ON_TOP, _ABOVE_IF_URGENT
    ),
    f.DemandHandedUp: Owed("the desk above", (About.DESK,), _ON_TOP, _ITS_OWN_IF_URGENT),
    f.HandUpClimbed: Owed("the desk above that one", (About.DESK,), _ON_TOP, _ABOVE_IF_URGENT),
    f.DemandGivenBack: Owed("the township's desk", (About.DESK,), _ON_TOP, _ITS_OWN_IF_URGENT),
    f.ReportEscalated: Owed("the desk above", (About.DESK,), _ON_TOP, _ABOVE),
    f.BesideAsked: Owed("the crew's desk", (About.DESK,), _ON_TOP, _ITS_OWN),
    f.BesideClimbed: Owed("the desk above", (About.DESK,), _ON_TOP, _ABOVE),
    f.ReliefDue: Owed("the crew's desk", (About.DESK,), _ON_TOP, _ITS_OWN),
    f.ReliefClimbed: Owed("the desk above", (About.DESK,), _ON_TOP, _ABOVE),
    f.ShiftUntaken: Owed("its desk", (About.DESK,), _ON_TOP, _ITS_OWN),
    f.ShiftClimbed: Owed("the desk above", (About.DESK,), _ON_TOP, _ABOVE),
}

_ITSELF: Final = "said by whoever it concerns, or by a desk that has just heard it from them"
_FOLLOWS: Final = "what follows for anybody is a fact of its own: an offer, a crew, changed words"
_DESKS: Final = "the matter of desks, whose page shows it and whose waits have their times"
_THANKS: Final = "the work is over: its page says so, and nobody waits for it"
_SAME_WORK: Final = "where to go and for what stay; its card shows whom to call from then on"
_PUBLIC: Final = "for whoever opens the public page; nobody is told of it by message"
_TASKS: Final = "recovery is not urgent: the page shows it, and its waits have their times"

NOBODY: Final[dict[type, str]] = {
    **dict.fromkeys(
        (
            f.AssignmentArrived, f.AssignmentGivenUp, f.AssignmentReportedDone,
            f.AssignmentSetOff, f.CrewCheckedIn, f.CrewReceived, f.HeadsCounted,
            f.HelpersEnded, f.HelpersReceived, f.NewTimeGiven,
            f.OfferAccepted, f.OfferDeclined, f.OfferReached, f.OwnCrewSet, f.SceneReported,
            f.StandbyOffered, f.StepCorrected, f.StepUndone, f.WordsSeen,
        ),
        _ITSELF,
    ),
    **dict.fromkeys(
        (
            f.DemandClosed, f.DemandGrouped, f.DemandHeld, f.DemandPublished, f.DemandReopened,
            f.BatchListed, f.BatchUndone, f.DemandResumed, f.DemandUngrouped, f.DraftPublished,
            f.IncidentClosed,
            f.IncidentJoined, f.IncidentReopened, f.LineDropped, f.LineInHand, f.LineWoken,
            f.LinesLookedAt,
        ),
        _FOLLOWS,
    ),
    **dict.fromkeys(
        (
            f.DemandDrafted, f.DemandKept, f.DemandNoted, f.HoldAsked, f.IncidentClosing,
            f.IncidentOpened, f.KeyDestroyed, f.KeyDestructionDue, f.PersonsShown,
            f.SealedTextOpened, f.ShiftHandedOver, f.ShiftNoteOpened, f.ShiftTaken,
            f.StillNeededAsked,
            f.BatchEnded, f.BatchOver, f.BatchSpared,
        ),
        _DESKS,
    ),
    **dict.fromkeys((f.AppealMade, f.AppealEnded), _PUBLIC),
    f.DemandTakenOn: _SAME_WORK,
    f.ReliefAsked: _FOLLOWS,
    f.CrewKeptOn: _DESKS,
    f.CrewLetStay: _DESKS,
    **dict.fromkeys((f.AssignmentConfirmed, f.AssignmentReleased), _THANKS),
    **dict.fromkeys(
        (
            f.TaskClaimEnded, f.TaskClaimed, f.TaskDropped, f.TaskLapsed, f.TaskNeedAsked,
            f.TaskOpened, f.TaskProposed, f.TaskProposedAgain, f.TaskReportedDone, f.TaskSentBack,
            f.TaskVerified,
        ),
        _TASKS,
    ),
}  # fmt: skip
"""Facts of which nobody outside is owed a word, each with its reason."""
