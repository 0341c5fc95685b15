"""What goes with a demand that is filed in another incident, and that it is."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import AccountId, DemandId, IncidentId, Instant, Sealed, Stored


class Refiled(Stored):
    """Where a demand was filed until `at`, and as which number; 0: as a draft."""

    incident: IncidentId
    number: int
    at: Instant


class CarriedNote(Stored):
    """A desk's note that goes with its demand to another incident, sealed anew."""

    number: Annotated[int, Meta(ge=1)]
    account: AccountId
    text: Sealed
    at: Instant


class DemandRefiled(Stored, tag="DemandRefiled.1"):
    """It was posted in the wrong incident, and is filed in `incident` now, with all that is its.

    The sealed texts and the latest notes are here anew, under that incident's key; `older`: the
    turn of the next note behind them, which stays under the key of the incident `before`.
    """

    demand: DemandId
    revision: int
    incident: IncidentId
    number: int
    before: Refiled
    contact: Sealed | None
    address: Sealed | None
    note: Sealed | None
    lead: Sealed | None
    notes: tuple[CarriedNote, ...]
    older: int
    at: Instant
