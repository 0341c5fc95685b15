"""The laws of villages: no word is recorded as another's, and a committee sees whom it guides.

They keep their own book of which village each organization is of, and of who is a committee.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas import facts as f
from schemas import registry_facts as r
from schemas.turns import Turn
from schemas.values import RegistrationClass, Role
from schemas.views import AssignmentRow, OfferRow

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]


class Of(NamedTuple):
    """A village of a township."""

    township: str
    village: str


class Villages:
    """Who guides whom, as the registry's facts say."""

    def __init__(self) -> None:
        self.guiding: dict[str, Of | None] = {}  # by organization
        self.committees: dict[str, Of] = {}  # by account
        self.whose: dict[str, str] = {}  # of an offer or a crew, the organization

    def learn(self, fact: Any) -> None:
        match fact:
            case r.OrganizationRegistered() | r.OrganizationCorrected():
                guided = fact.registration_class is RegistrationClass.VILLAGE_GUIDED
                named = guided and fact.village is not None
                found = Of(fact.home, fact.village or "") if named else None
                self.guiding[fact.organization] = found
            case r.RoleGranted(role=Role.COMMITTEE):
                self.committees[fact.account] = Of(fact.division or "", fact.village or "")
            case f.OfferSent() | f.CrewReceived():
                self.whose[fact.offer] = fact.organization
            case f.AssignmentCommitted():
                self.whose[fact.assignment] = fact.organization


def spoken(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """What a committee says counts as its own, for groups of its village alone; and nobody else's
    word as a committee's.
    """
    if not hasattr(fact, "by_committee") or getattr(fact, "kept", False):
        return  # a yes that was kept is still whoever's it was
    about: str = getattr(fact, "assignment", "") or getattr(fact, "offer", "")
    own = watch.villages.guiding.get(watch.villages.whose.get(about, ""))
    by = watch.villages.committees.get(turn.actor)
    if by is None and fact.by_committee is not None:
        yield f"{turn.sequence}: {about} is said to be {fact.by_committee}'s word"
    if by is not None and (own != by or fact.by_committee != by.village or fact.by_desk):
        yield f"{turn.sequence}: the committee of {by} has spoken for {about}, which is of {own}"


def guided(watch: Watch, at: int) -> Wrong:
    """Whatever a group is asked for, and its crews, the committee of its village sees; no other."""
    for row in watch.rows.values():
        if isinstance(row, OfferRow | AssignmentRow):
            seen = watch.audiences[row.id].village
            shown = None if seen is None else Of(seen.division, seen.name)
            if shown != watch.villages.guiding[row.organization]:
                yield f"{at}: {row.id} is shown to {shown}"
