"""Openings of sealed texts, with what their demands are called, as far as a reader may see them.

What was opened is a fact of the log, which the review reads; where it lies, and what it is called,
is history's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from api.history.reading import Sight
from api.history.store import opened
from schemas.values import (
    AccountId,
    AreaId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    OpeningReason,
    OperationId,
)

LISTED_MOST: Final = 500
ABOUT: Final = """
SELECT id, incident, number, kind, division FROM demands
WHERE area = ? AND operation = ? AND id IN (SELECT value FROM json_each(?))
    AND (division IN (SELECT value FROM json_each(?))
        OR sender IN (SELECT value FROM json_each(?)))
"""


class OpenedText(Protocol):
    """As the log tells of it."""

    @property
    def sequence(self) -> int: ...
    @property
    def at(self) -> Instant: ...
    @property
    def account(self) -> AccountId: ...
    @property
    def name(self) -> str | None: ...
    @property
    def reason(self) -> OpeningReason: ...
    @property
    def demand(self) -> DemandId: ...


class Opening(msgspec.Struct, frozen=True):
    """Somebody has opened a sealed text in the turn `sequence`; with what its demand is called.

    `name`: of the account, where this folder has one.
    """

    sequence: int
    at: Instant
    account: AccountId
    name: str | None
    reason: OpeningReason
    demand: DemandId
    incident: IncidentId
    number: int
    kind: str
    division: DivisionCode


class Openings(msgspec.Struct, frozen=True):
    """The newest ones, and how many there are."""

    openings: list[Opening]
    count: int


def openings_seen(
    path: Path,
    area: AreaId,
    operation: OperationId,
    sight: Sight,
    found: Sequence[OpenedText],
) -> Openings:
    """Those of demands that are in sight. HistoryUnfit where there is no history."""
    codes = msgspec.json.encode(sight.divisions).decode()
    ids = msgspec.json.encode(sorted({one.demand for one in found})).decode()
    with opened(path) as file:
        rows: Any = file.execute(ABOUT, (area, operation, ids, codes, codes))
        called = {id: about for id, *about in rows}
    seen = [one for one in found if one.demand in called]
    told = [_opening(one, called[one.demand]) for one in seen[:LISTED_MOST]]
    return Openings(told, len(seen))


def _opening(one: OpenedText, called: Any) -> Opening:
    incident, number, kind, division = called
    return Opening(
        sequence=one.sequence,
        at=one.at,
        account=one.account,
        name=one.name,
        reason=one.reason,
        demand=one.demand,
        incident=incident,
        number=number,
        kind=kind,
        division=division,
    )
