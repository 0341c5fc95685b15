"""An offer that somebody was told of, and visits to its pages without a session."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.reach import ANSWERABLE_MS, Answering
from schemas.commands import AcceptOffer, DeclineOffer
from schemas.turns import DELIVERY, Turn
from schemas.values import OfferId, OrganizationId, PersonId
from schemas.views import OfferRow
from tests.api.house import House, Person, Reply, ask, demand_body

FORM = ("content-type", "application/x-www-form-urlencoded")
HIDDEN = ("水位上涨", "镇政府门口", "13812345678", "乐清路", "120.69", "28.15", "1206900000")
"""What the demand says that no page may show: risk, rally point, contact, address, point."""


@dataclass
class Asked:
    """An offer, its desk, and what the team's leader was sent."""

    house: House
    desk: Person
    crew: Person
    demand: str
    offer: OfferId
    organization: OrganizationId
    leader: PersonId
    told: Answering

    @property
    def row(self) -> OfferRow:
        put = self.house.context.feed.find("offer", self.offer)
        assert put is not None
        assert isinstance(put.row, OfferRow)
        return put.row

    def told_anew(self, person: PersonId | None) -> Answering:
        until = self.row.answer_by + ANSWERABLE_MS
        return self.house.context.answers.make(self.offer, person, self.organization, until)

    async def look(self, *headers: tuple[str, str], method: str = "GET", query: str = "") -> Reply:
        return await ask(self.house.app, method, f"/o/{self.told.token}{query}", headers)

    async def say(self, *headers: tuple[str, str], **fields: object) -> Reply:
        return await post(self.house, f"/o/{self.told.token}", fields, *headers)

    async def enter(self, code: str, **fields: object) -> Reply:
        return await post(self.house, "/answer", {"code": code, **fields})

    def turns(self) -> list[Turn]:
        """What the messenger has brought so far."""
        return [turn for turn in self.house.turns() if turn.actor == DELIVERY]

    def commands(self) -> list[AcceptOffer | DeclineOffer]:
        found = [turn.command for turn in self.turns()]
        return [each for each in found if isinstance(each, AcceptOffer | DeclineOffer)]


async def post(house: House, path: str, fields: dict[str, Any], *headers: tuple[str, str]) -> Reply:
    return await ask(house.app, "POST", path, [FORM, *headers], [urlencode(fields).encode()])


async def asked(house: House, **demand: Any) -> Asked:
    """A pump team that is asked for two pumps, whose leader was sent a link and a code."""
    organization, crew = await house.organization()
    leader = PersonId(
        house.context.persons.add(
            "王队长", "13900000000", organization=OrganizationId(organization)
        )
    )
    desk = await house.desk()
    incident = await house.incident(desk)
    sealed = {"contact": "张三 13812345678", "address": "乐清路 7 号"}
    made = await desk.post("/demands", demand_body(incident, **sealed, **demand))
    assert made.status == 201, made.content
    offer = next(OfferId(each["id"]) for each in made.json["made"] if each["fact"] == "OfferSent")
    team = OrganizationId(organization)
    found = Asked(house, desk, crew, made.json["id"], offer, team, leader, Answering("", ""))
    found.told = found.told_anew(leader)
    return found


def read(reply: Reply) -> str:
    """What somebody reads on a page, in one line."""
    body = reply.content.decode().partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


async def at_once(*replies: Any) -> list[Reply]:
    return list(await asyncio.gather(*replies))
