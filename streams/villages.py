"""Villages: which committee guides an organization, and whose word a record of it is."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from schemas.values import DivisionCode, RegistrationClass
from schemas.villages import Village, VillageName


class Entry(Protocol):
    """An organization as the registry has it, or as its row shows it."""

    @property
    def registration_class(self) -> RegistrationClass: ...
    @property
    def home(self) -> DivisionCode: ...
    @property
    def village(self) -> VillageName | None: ...


def guiding(entry: Entry) -> Village | None:
    """The village whose committee guides it; None for any class but the village-guided one, and
    where nobody has recorded which village it is of.
    """
    if entry.registration_class is not RegistrationClass.VILLAGE_GUIDED or entry.village is None:
        return None
    return Village(division=entry.home, name=entry.village)


class Voice(NamedTuple):
    """Who has said it where that was not the organization itself: a desk that has it by telephone,
    or the committee of its village.
    """

    by_desk: bool = False
    by_committee: VillageName | None = None

    @property
    def own(self) -> bool:
        """Whether the organization itself has."""
        return not self.by_desk and self.by_committee is None
