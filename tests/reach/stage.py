"""A served county with teams, a gateway that plays all providers, and a messenger between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic, time_ns
from typing import Any

import apsw
from msgspec.structs import replace

from api.people import Whose
from api.reach.messenger import Messenger
from api.reach.notices import NOTICES, Notice
from api.reach.outbound import Guarded
from api.reach.setups import SETUPS, Setups
from api.reach.states import State
from schemas.values import OfferId, OrganizationId
from schemas.views import OfferRow
from tests.api.house import AREA, TOWN, House, Person, demand_body, opened
from tests.reach.gateway import Gateway, running

SMS_SETTINGS = {
    "access_key": "ali-key",
    "access_secret": "ali-secret",
    "sender": "守望",
    "template_ask": "SMS_1",
    "template_ask_drill": "SMS_2",
    "template_over": "SMS_2",
    "template_needed": "SMS_2",
    "template_told": "SMS_2",
}
_numbers = count(13_800_000_000)


@dataclass
class Team:
    """A pump team with somebody who can be called."""

    organization: OrganizationId
    crew: Person
    person: str
    number: str
    addresses: dict[str, str] = field(default_factory=dict)


@dataclass
class Stage:
    """Everything of it; `ahead` is how far the messenger's clock is before the wall's."""

    house: House
    gateway: Gateway
    url: str
    setups: Setups
    outbound: Guarded
    folder: Path
    ahead: int = 0
    messenger: Messenger | None = None
    desk: Person | None = None
    incident: str = ""

    def now(self) -> int:
        return time_ns() // 1_000_000 + self.ahead

    # Setting up

    def channel(self, kind: str, name: str = "", **settings: str) -> str:
        """Set a channel up whose provider is the gateway."""
        place = self.url.removeprefix("http://")
        self.setups.add(name or kind, kind, settings, (place,))
        return name or kind

    def sms(self, name: str = "aliyun", **changed: str) -> str:
        return self.channel("aliyun_sms", name, base=f"{self.url}/aliyun", **SMS_SETTINGS | changed)

    def voice(self, **more: str) -> str:
        return self.channel(
            "aliyun_voice",
            "calls",
            access_key="ali-key",
            access_secret="ali-secret",
            base=f"{self.url}/aliyun",
            shown_number="057700000000",
            template_ask="TTS_1",
            template_needed="TTS_1",
            template_told="TTS_1",
            template_yes="TTS_1",
            template_no="TTS_1",
            **more,
        )

    async def team(
        self, *rungs: str, consent: tuple[str, ...] = ("ask",), order: int = 1, units: int = 2
    ) -> Team:
        skills = [{"skill": "PUMP_DRAIN", "units": units}]
        organization, crew = await self.house.organization(capabilities=skills)
        team = Team(OrganizationId(organization), crew, "", "")
        await self.person(team, *rungs, consent=consent, order=order)
        return team

    async def person(
        self, team: Team, *rungs: str, consent: tuple[str, ...] = ("ask",), order: int = 1
    ) -> None:
        """Somebody more who can be called for a team, by these rungs."""
        context = self.house.context
        team.number = str(next(_numbers))
        team.person = context.persons.add(
            "王队长", team.number, organization=team.organization, order=order
        )
        whose = Whose(team.organization, None)
        for rung in rungs:
            id = context.addresses.add(rung, team.number, whose, person=team.person)
            context.addresses.vouch(id, "-", by="steward0")
            context.addresses.consent(id, consent, by="steward0")
            team.addresses[rung] = id

    async def robot(self, team: Team, kind: str = "feishu_robot") -> str:
        """The group of a team has a robot; its token at the gateway."""
        if self.setups.find(kind) is None:
            self.channel(kind, base=self.url)
        token = f"hook-{team.organization}"
        self.gateway.accounts.robots[token] = "secret"
        paths = {
            "feishu_robot": f"/open-apis/bot/v2/hook/{token}",
            "dingtalk_robot": f"/robot/send?access_token={token}",
            "wecom_robot": f"/cgi-bin/webhook/send?key={token}",
        }
        context = self.house.context
        whose = Whose(team.organization, None)
        id = context.addresses.add(kind, f"{self.url}{paths[kind]}", whose, secret="secret")
        context.addresses.vouch(id, "-", by="steward0")
        context.addresses.consent(id, ("ask",), by="steward0")
        team.addresses[kind] = id
        return token

    # Playing

    async def publish(self, priority: int = 1, **demand: Any) -> list[OfferRow]:
        """A demand for pumps; the offers that it led to, once they are out."""
        if self.desk is None:
            self.desk = await self.house.desk()
            self.incident = await self.house.incident(self.desk)
        body = demand_body(self.incident, priority=priority, **demand)
        made = await self.desk.post("/demands", body)
        assert made.status == 201, made.content
        await until(lambda: bool(self.offers(made.json["id"])))
        return self.offers(made.json["id"])

    def offers(self, demand: str) -> list[OfferRow]:
        rows = [put.row for put in self.house.context.feed.rows("offer")]
        return [row for row in rows if isinstance(row, OfferRow) and row.demand == demand]

    def offer(self, id: OfferId) -> OfferRow:
        put = self.house.context.feed.find("offer", id)
        assert put is not None
        assert isinstance(put.row, OfferRow)
        return put.row

    def notices(self, offer: OfferId) -> list[Notice]:
        return self.house.context.notices.of_offer(offer)

    def start(self) -> None:
        """A messenger, as after a start of its process."""
        tree = self.house.context.divisions
        url = "https://sw.example"
        self.messenger = Messenger(self.folder, AREA, tree, url, self.outbound, self.now)

    async def end(self) -> None:
        if self.messenger is not None:
            await self.messenger.close()
            self.messenger = None

    async def rounds(self, count: int = 1) -> None:
        """The messenger and the server each look, so many times, with all that is under way."""
        for _ in range(count):
            await self.written()
            assert self.messenger is not None
            await self.messenger.step()
            await self.messenger.rest()
            await self.house.context.telling.step()

    def look_around(self) -> None:
        """Providers are asked at the next look, as every few seconds."""
        assert self.messenger is not None
        self.messenger.ask_soon()

    def torn(self, notice: Notice) -> None:
        """As if the process had ended between the request and its answer."""
        before = replace(notice, state=State.SENDING, handed_at=None, reference="")
        self.house.context.notices.put([before])

    def forget_notices(self) -> None:
        """The file is lost, and made anew empty."""
        store = apsw.Connection(str(self.folder / NOTICES))
        for table in ("notices", "reports", "marks", "seen"):
            store.execute(f"DELETE FROM {table}")
        store.close()

    async def written(self) -> None:
        """History has the board's last turn."""
        history, feed = self.house.context.history, self.house.context.feed
        await until(lambda: history.sequence >= feed.sequence)

    async def after(self, seconds: float) -> None:
        """The messenger's clock goes on, and it looks."""
        self.ahead += round(seconds * 1_000)
        await self.rounds(2)


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def staged(folder: Path, *, begun: bool = True) -> AsyncIterator[Stage]:
    gateway = Gateway()
    async with opened(folder) as house, running(gateway) as url, Guarded() as outbound:
        setups = Setups(folder / SETUPS, house.context.vault)
        stage = Stage(house, gateway, url, setups, outbound, folder)
        if begun:
            stage.start()
            await stage.rounds()
        try:
            yield stage
        finally:
            await stage.end()
            setups.close()


__all__ = ["TOWN", "Stage", "Team", "staged", "until"]
