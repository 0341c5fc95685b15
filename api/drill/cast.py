"""The cast: organizations and accounts entered through the doors, each account signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from secrets import token_hex
from typing import Any

from api.client import Answer, Doors, Session
from api.drill.organizations import Invented, Town
from api.drill.players import Stage
from api.drill.team import OrganizationPlayer
from schemas.access import GrantReason, LinkReason
from schemas.values import OrganizationId, Role
from schemas.views import OrganizationRow

SCALE = 10_000_000  # 1e-7 degree
AT_ONCE = 32  # accounts that are being set up side by side


class Cast:
    """Sets the stage up; what a start before has entered is found, not entered again."""

    def __init__(
        self,
        doors: Doors,
        steward: Session,
        stage: Stage,
        team: type[OrganizationPlayer] = OrganizationPlayer,
        mark: str = "player",
    ) -> None:
        """`mark` tells accounts of one exercise from those of another."""
        self._doors = doors
        self._steward = steward
        self._stage = stage
        self._team, self._mark = team, mark
        self._room = asyncio.Semaphore(AT_ONCE)
        self.ready = 0
        self.accounts: dict[str, Role] = {}

    async def towns(self, under: str) -> list[Town]:
        """The townships of a division, in the order of their codes."""
        found = await self._steward.get(f"/divisions?under={under}")
        return [_town(row) for row in found if row["level"] == "township"]

    async def organizations(
        self, invented: Sequence[Invented], told: Callable[[int], None]
    ) -> list[OrganizationPlayer]:
        """A player for each organization; `told` hears how many are ready."""
        rows = self._stage.watch.board.rows.values()
        known = {row.name: row for row in rows if isinstance(row, OrganizationRow)}

        async def one(number: int, wanted: Invented) -> OrganizationPlayer:
            async with self._room:
                player = await self._organization(number, wanted, known.get(wanted.name))
            self.ready += 1
            told(self.ready)
            return player

        return await asyncio.gather(*(one(*numbered) for numbered in enumerate(invented)))

    async def _organization(
        self, number: int, wanted: Invented, row: OrganizationRow | None
    ) -> OrganizationPlayer:
        if row is not None:
            organization = row.id
        else:
            key = f"organization-{self._stage.chance.seed}-{number}"
            answer = await self._steward.post("/organizations", wanted.body, key)
            organization = OrganizationId(answer.id or "")
            person = {**wanted.person, "organization": organization}
            await self._steward.post("/persons", person, f"person-{organization}")
        missing = wanted.certificates[len(row.certificates) if row else 0 :]
        for certificate in missing:
            path, key = f"/organizations/{organization}/certificates", f"certificate-{organization}"
            await self._steward.post(path, certificate, key)
        if row is None or row.adults_only is None:
            path, key = f"/organizations/{organization}/safeguards", f"safeguards-{organization}"
            await self._steward.post(path, wanted.safeguards, key)
        session = await self.account(wanted.name, Role.ORGANIZATION, organization=organization)
        return self._team(self._stage, session, organization)

    async def account(self, name: str, role: Role, **scope: str) -> Session:
        """A signed-in account of a player; its key names the scope, so it is made only once."""
        of = next(iter(scope.values()))
        body: dict[str, Any] = {"name": name, "role": role, "player": True, **scope}
        if role is Role.DESK:
            body["reason"] = GrantReason.STANDING_IN
        answer = await self._steward.post("/accounts", body, f"{self._mark}-{of}")
        self.accounts[answer.account or answer.id or ""] = role
        link = answer.link or await self._new_link(answer)
        return await self._doors.sign_in(link, role, token_hex(8))

    async def _new_link(self, answer: Answer) -> str:
        """The first link has been used up by an earlier start."""
        path = f"/accounts/{answer.account or answer.id}/link"
        body = {"reason": LinkReason.SESSION_OVER}
        return (await self._steward.post(path, body, token_hex(8))).link or ""

    async def dismiss(self) -> None:
        """Nobody of the cast may do anything any more."""
        for account, role in self.accounts.items():
            await self._steward.post(f"/accounts/{account}/end", {"role": role}, token_hex(8))


def _town(row: dict[str, Any]) -> Town:
    lon, lat = row["lon"] / SCALE, row["lat"] / SCALE
    return Town(row["code"], row["name"], lon, lat, row["approximate"])
