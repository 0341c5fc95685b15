"""Playing: the server in this process, the players of an exercise in a child process.

The child learns its steward's link from the environment, where no list of processes shows it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import time_ns
from typing import Any, NamedTuple

from api.cli import network
from api.context import Context
from api.drill import LINK
from api.language import say
from api.people import People, link_address
from api.safe import make_master_key
from api.serving import Stop, areas_of, listening, opened, opened_as, serve
from api.settings import Settings
from schemas.commands import GrantRole, RecordSafeguards, RegisterOrganization, RegistryCommand
from schemas.ids import command_id, made_id
from schemas.turns import OWNER, REGISTRY, Envelope
from schemas.values import (
    AccountId,
    AreaId,
    Capability,
    DivisionCode,
    Instant,
    OrganizationId,
    Purpose,
    RegistrationClass,
    Role,
    TimeSource,
)
from streams.engines.folder import FolderUnfit
from streams.engines.logs import create

DAY_MS = 86_400_000
PATIENCE_S = 10  # for a player that was asked to end
COUNTY = DivisionCode("330324")  # Yongjia, where the exercise takes place
TOWNSHIP = DivisionCode("330324001")
TEAM_NAME = "演练·您的队伍 Your team"
TEAM_LEADER = "演练·您 You"
TEAM_TELEPHONE = "000-0000-9999"  # nobody's
INSURED_THROUGH = "2099-12-31"
TEAM_SKILLS = ("PUMP_DRAIN", "CHAINSAW_CLEAR", "LOGISTICS_DRIVE")


class Guest(NamedTuple):
    """An account that a person may take in the exercise."""

    key: str
    role: Role
    name: str
    grants: tuple[tuple[DivisionCode | None, OrganizationId | None], ...]


class Ending(NamedTuple):
    """How a player ended, and the last JSON object that it printed, if any was wanted."""

    code: int
    told: dict[str, Any]


Welcome = Callable[[str, dict[Role, str]], None]


@dataclass(frozen=True, slots=True)
class Play:
    """One player to start: its module, its arguments behind the address, and its output."""

    module: str
    arguments: tuple[str, ...]
    json: bool

    def command(self, address: str) -> list[str]:
        wanted = ["--json"] if self.json else []
        return [sys.executable, "-m", self.module, address, *self.arguments, *wanted]


def steward_of(area: AreaId) -> AccountId:
    """The steward of an exercise that conducts it: the same account at every start."""
    return AccountId(made_id(command_id(area, REGISTRY, OWNER, "conductor"), 0))


def make_stage(settings: Settings, at: Instant | None = None) -> None:
    """Make the data folder of an exercise, if it is not there; its time begins at `at`.

    FolderUnfit where the folder holds a log that is no exercise's.
    """
    if settings.area not in areas_of(settings.data):
        make_master_key(settings)
        begin = time_ns() // 1_000_000 if at is None else at
        steward = steward_of(settings.area)
        where = (settings.data, settings.area, settings.divisions)
        create(*where, Purpose.EXERCISE, TimeSource.GIVEN, steward, begin)
    told = opened_as(settings.data, settings.area)
    if (told.purpose, told.time_source) != (Purpose.EXERCISE, TimeSource.GIVEN):
        raise FolderUnfit(f"this folder is for {told.purpose.value}: an exercise has its own")


def conductor_link(settings: Settings, people: People) -> str:
    """A link for the player; it is no person, so its acts slow nothing down."""
    account = people.make_account(
        say("演练导演", "Conductor"), settings.area, steward_of(settings.area), player=True
    )
    people.drop_links(account)
    return people.make_link(account, Role.STEWARD)


async def play(settings: Settings, player: Play, welcome: Welcome | None = None) -> Ending:
    """Serve an exercise's folder while a player plays it.

    `welcome` is given the address and a one-time link for each role that people may try.
    """
    network.check(settings)
    with Stop() as stop:
        async with opened(settings) as context:
            listener = listening(settings.host, settings.port)
            port = listener.getsockname()[1]
            context.settings = replace(context.settings, port=port)
            if welcome is not None:
                welcome(context.settings.url, await invite(context))
            link = conductor_link(context.settings, context.people)
            address = f"http://{_reachable(settings.host)}:{port}"
            ending = await serve(context, listener, _played(player, address, link, stop))
            turns = context.feed.sequence
    return _ended(ending, address, turns)


def _ended(ending: Ending | None, address: str, turns: int) -> Ending:
    if ending is None:
        return Ending(1, {"error": "the server has ended by itself"})
    return ending._replace(told={**ending.told, "address": address, "turns": turns})


def _reachable(host: str) -> str:
    """Where a server that listens on every address is reached from this machine."""
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    return f"[{'::1' if host == '::' else host}]" if ":" in host else host


async def _played(player: Play, address: str, link: str, stop: Stop) -> Ending:
    """The player from start to end; when people want to stop, it is asked to, and waited for."""
    process = await asyncio.create_subprocess_exec(
        *player.command(address),
        env={**os.environ, LINK: link},
        stdout=asyncio.subprocess.PIPE if player.json else None,
        start_new_session=True,  # Ctrl-C in the terminal is ours to pass on, once
    )
    hearing = asyncio.ensure_future(_heard(process.stdout))
    stopping = asyncio.ensure_future(_stopped(process, stop))
    try:
        code = await process.wait()
        return Ending(code, await hearing)
    finally:
        stopping.cancel()
        if process.returncode is None:
            process.kill()


async def _stopped(process: asyncio.subprocess.Process, stop: Stop) -> None:
    await stop.wait()
    with suppress(ProcessLookupError):
        process.terminate()
        await asyncio.sleep(PATIENCE_S)
        process.kill()


async def _heard(stdout: asyncio.StreamReader | None) -> dict[str, Any]:
    """Pass a player's lines on; its last one, as JSON, is kept for our own."""
    told: dict[str, Any] = {}
    if stdout is None:
        return told
    async for raw in stdout:
        line = raw.decode("utf-8", "replace").rstrip("\n")
        if line.startswith("{"):
            with suppress(ValueError):
                told = json.loads(line)
                continue
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return told


# Guests


async def invite(context: Context) -> dict[Role, str]:
    """A one-time link for each role that a person may try in the exercise."""
    team = await _team(context)
    guests = (
        Guest("guest-desk", Role.DESK, "演练值班员", ((TOWNSHIP, None), (COUNTY, None))),
        Guest("guest-organization", Role.ORGANIZATION, "演练队长", ((None, team),)),
        Guest("guest-reviewer", Role.REVIEWER, "演练复盘员", ((_whole(context), None),)),
    )
    return {guest.role: await _welcomed(context, guest) for guest in guests}


def _whole(context: Context) -> DivisionCode:
    return DivisionCode(context.settings.area)


async def _team(context: Context) -> OrganizationId:
    """The organization that a person may answer for; nobody plays it."""
    key = "guest-team"
    team = OrganizationId(_made(context, key))
    if context.feed.find("organization", team) is None:
        command = RegisterOrganization(
            name=TEAM_NAME,
            registration_class=RegistrationClass.FILED,
            home=TOWNSHIP,
            place=context.divisions.seat(TOWNSHIP),
            capabilities=tuple(Capability(skill=skill, units=1) for skill in TEAM_SKILLS),
            people=12,
        )
        await _submit(context, command, key)
        insured = RecordSafeguards(
            organization=team, adults_only=True, insured_through=INSURED_THROUGH
        )
        await _submit(context, insured, f"{key}-safeguards")
    context.persons.add(TEAM_LEADER, TEAM_TELEPHONE, organization=team, id=key)
    return team


async def _welcomed(context: Context, guest: Guest) -> str:
    account = AccountId(_made(context, guest.key))
    if context.feed.account(account) is None:
        for number, (division, organization) in enumerate(guest.grants):
            command = GrantRole(
                account=account, role=guest.role, division=division, organization=organization
            )
            await _submit(context, command, f"{guest.key}-{number}")
    people = context.people
    people.make_account(guest.name, context.settings.area, account)
    people.drop_links(account)
    return link_address(context.settings, guest.role, people.make_link(account, guest.role))


def _made(context: Context, key: str) -> str:
    """The id of what the conductor's command under a key brings into being."""
    area = context.settings.area
    return made_id(command_id(area, REGISTRY, steward_of(area), key), 0)


async def _submit(context: Context, command: RegistryCommand, key: str) -> None:
    area, steward = context.settings.area, steward_of(context.settings.area)
    envelope = Envelope(
        area=area,
        operation=REGISTRY,
        mode=None,
        actor=steward,
        command_id=command_id(area, REGISTRY, steward, key),
        command=command,
        at=context.now(),
    )
    receipt = await context.engine.submit(envelope)
    if receipt.turn.refusal is not None:
        raise FolderUnfit(f"the exercise cannot be set up: {receipt.turn.refusal.value}")


def exercise(settings: Settings, seconds: float | None, pace: float | None, json: bool) -> Play:
    """The exercise's player. FolderUnfit where the folder is no exercise's."""
    make_stage(settings)
    wanted: Sequence[tuple[str, float | None]] = (("--for", seconds), ("--pace", pace))
    given = [(name, value) for name, value in wanted if value is not None]
    arguments = [part for name, value in given for part in (name, f"{value:g}")]
    return Play("api.drill.exercise", tuple(arguments), json)


def history(
    settings: Settings, cases: Path, profile: Path, limit: int | None, json: bool
) -> tuple[Settings, Play]:
    """A history's player, and settings with its command area, on a folder made for it.

    Its time begins a day before the first case. FileNotFoundError or ValueError where cases or
    profile are unusable.
    """
    from api.drill.history import began, prepare  # its geometry takes a second to load

    area, divisions = prepare(cases, profile, settings.data)
    first = began(cases, profile)
    settings = replace(settings, area=AreaId(area), divisions=divisions)
    make_stage(settings, max(0, first - DAY_MS))
    arguments = ["--history", str(cases), "--profile", str(profile)]
    if limit is not None:
        arguments += ["--limit", str(limit)]
    return settings, Play("api.drill.history", tuple(arguments), json)
