"""A board without a server, people who read it, and what their screens show."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from api.live import Feed, Reader, Subscriber
from api.settings import DIVISIONS
from geo.divisions import DivisionTree
from schemas.values import (
    AccountId,
    AreaId,
    DivisionCode,
    Mode,
    OperationId,
    OrganizationId,
    RegistrationClass,
    Role,
)
from schemas.views import (
    AccountRow,
    Audience,
    Change,
    GrantView,
    OperationRow,
    OrganizationRow,
    Put,
)
from streams.engines import Published

AREA = AreaId("3303")
COUNTY, OTHER_COUNTY = DivisionCode("330324"), DivisionCode("330381")
TOWN, SISTER = DivisionCode("330324001"), DivisionCode("330324002")
FAR = DivisionCode("330381001")
MINUTE = 60_000


@cache
def tree() -> DivisionTree:
    return DivisionTree.load(DIVISIONS)


def grant(
    role: Role,
    division: str | None = None,
    organization: str | None = None,
    until: int | None = None,
) -> GrantView:
    return GrantView(
        role=role,
        division=None if division is None else DivisionCode(division),
        organization=None if organization is None else OrganizationId(organization),
        until=until,
    )


def account(id: str, *grants: GrantView) -> Put:
    row = AccountRow(id=AccountId(id), grants=grants)
    return Put(row=row, audience=Audience(accounts=(AccountId(id),)))


def organization(id: str, home: DivisionCode, people: int = 1) -> Put:
    row = OrganizationRow(
        id=OrganizationId(id),
        name=id,
        registration_class=RegistrationClass.FILED,
        home=home,
        lon=0,
        lat=0,
        approximate=False,
        capabilities=(),
        certificates=(),
        people=people,
        credit_code=None,
        village=None,
        crews_most=None,
        on_duty=True,
        hours=(),
        leaves=(),
        adults_only=None,
        insured_through=None,
        enrolled=False,
        retired=False,
        merged_into=None,
    )
    county = tree().ancestors(home)[1]
    audience = Audience(division=home, organizations=(row.id,), desks=DivisionCode(county))
    return Put(row=row, audience=audience)


def thing(id: str, number: int, **audience: Any) -> Put:
    """Any row: which one it is does not matter here."""
    row = OperationRow(
        id=OperationId(id), mode=Mode.EXERCISE, lost=number, lost_last=0, lost_at=None
    )
    return Put(row=row, audience=Audience(**audience))


PEOPLE: dict[str, tuple[Role, GrantView]] = {
    "city": (Role.DESK, grant(Role.DESK, AREA)),
    "county": (Role.DESK, grant(Role.DESK, COUNTY)),
    "town": (Role.DESK, grant(Role.DESK, TOWN)),
    "sister": (Role.REVIEWER, grant(Role.REVIEWER, SISTER)),
    "steward": (Role.STEWARD, grant(Role.STEWARD, COUNTY)),
    "crew": (Role.ORGANIZATION, grant(Role.ORGANIZATION, organization="o1")),
    "far-crew": (Role.ORGANIZATION, grant(Role.ORGANIZATION, organization="o2")),
}


class Board:
    """A feed with a few people, and turns published into it."""

    def __init__(self, *more: Change) -> None:
        self.feed = Feed(tree())
        self.sequence = 0
        people = [account(id, held) for id, (_, held) in PEOPLE.items()]
        homes = [organization("o1", TOWN), organization("o2", FAR)]
        self.publish(*homes, *people, *more)

    def publish(self, *changes: Change) -> None:
        self.sequence += 1
        at = self.sequence * MINUTE
        self.feed.apply([Published(AREA, self.sequence, at, changes)])

    def reader(self, id: str, now: int = 0) -> Reader:
        return self.feed.reader(AccountId(id), PEOPLE[id][0], now)

    def screen(self, id: str) -> Screen:
        return Screen(self.feed, self.reader(id))


class Screen:
    """A page and what it becomes by the events that reach it."""

    def __init__(self, feed: Feed, reader: Reader) -> None:
        page = json.loads(feed.page(reader))
        self.rows = rows_of(page["rows"])
        self.last = page["event"]
        self.events = 0
        self.stream: Subscriber = feed.subscribe(reader, int(self.last.split(":")[1]))

    def catch_up(self) -> Screen:
        for event in events_of(taken(self.stream)):
            self.events += 1
            self.last = event["id"]
            for change in event["data"].get("changes", ()):
                self._apply(change)
        return self

    def _apply(self, change: dict[str, Any]) -> None:
        [(kind, value)] = change.items()
        if kind == "put":
            self.rows[value["type"], value["id"]] = value
        else:
            self.rows.pop((value["kind"], value["id"]), None)


def rows_of(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["type"], row["id"]): row for row in rows}


def shown(feed: Feed, reader: Reader) -> dict[tuple[str, str], dict[str, Any]]:
    return rows_of(json.loads(feed.page(reader))["rows"])


def taken(stream: Subscriber) -> bytes:
    """What waits in a stream, without waiting for more."""

    async def take() -> bytes:
        return await asyncio.wait_for(stream.take(), 1)

    return asyncio.run(take()) if stream._pending or stream.ended else b""


def events_of(raw: bytes) -> list[dict[str, Any]]:
    assert raw == b"" or raw.endswith(b"\n\n")
    blocks = [block for block in raw.decode().split("\n\n") if block]
    events = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [{**event, "data": json.loads(event["data"])} for event in events]
