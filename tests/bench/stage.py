"""The stage: a real data folder with organizations and accounts, and the real server over it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import urlopen

import geo
from api.people import People
from api.safe import Vault
from geo.divisions import DivisionTree
from geo.places import PlaceProblem, place_at
from schemas import commands as c
from schemas.facts import IncidentOpened
from schemas.ids import command_id
from schemas.registry_facts import OrganizationRegistered
from schemas.turns import REGISTRY, Envelope
from schemas.values import (
    AccountId,
    AreaId,
    Capability,
    DivisionCode,
    Mode,
    OperationId,
    OrganizationId,
    Place,
    Purpose,
    RegistrationClass,
    Role,
    TimeSource,
)
from streams.engines import logs
from streams.engines.embedded import Embedded

AREA, COUNTY = AreaId("3303"), DivisionCode("330324")
DIVISIONS = Path(geo.__file__).parent / "data" / "zhejiang-2023.json"
SKILLS = (
    *("PUMP_DRAIN", "CATERING", "ELDER_CARE", "CHAINSAW_CLEAR"),
    *("SHELTER_OPS", "LOGISTICS_DRIVE", "FIRST_AID", "CLEAN_DISINFECT"),
)
STEWARD = AccountId("steward")

Carry = Callable[[Path], AbstractContextManager[Path]]
"""Takes a built folder elsewhere, and gives the folder that is served instead."""


@dataclass
class Stage:
    """Who is there: the desk's cookie, some organizations' cookies, the incident, townships."""

    data: Path
    incident: str = ""
    desk: str = ""
    organizations: list[str] = field(default_factory=list)
    townships: list[tuple[str, float, float]] = field(default_factory=list)


async def build(data: Path, organizations: int, streams: int, seed: int) -> Stage:
    """Fill a folder: organizations near the townships of Wenzhou, one county desk with grants."""
    random, tree = Random(seed), DivisionTree.load(DIVISIONS)
    logs.create(data, AREA, DIVISIONS, Purpose.OPERATIONS, TimeSource.LIVE, STEWARD)
    engine = Embedded.open(data)
    stage, people = Stage(data), People(data / "people.db")
    Vault(data / "keys.db").close()
    homes = [code for county in tree.children(AREA) for code in tree.children(county)]
    made = await asyncio.gather(
        *(_register(engine, tree, random, number, homes) for number in range(organizations))
    )
    for organization in random.sample(made, streams):
        scope = {"organization": organization}
        stage.organizations.append(await _cookie(engine, people, Role.ORGANIZATION, scope))
    scopes = [{"division": COUNTY}] + [{"division": code} for code in tree.children(COUNTY)]
    stage.desk = await _cookie(engine, people, Role.DESK, *scopes)
    stage.incident = await _incident(engine, people)
    for code in tree.children(COUNTY):
        seat = tree.seat(code)
        stage.townships.append((code, seat.lon / 1e7, seat.lat / 1e7))
    await engine.close()
    people.close()
    return stage


_DESK: list[AccountId] = []


async def _register(
    engine: Embedded, tree: DivisionTree, random: Random, number: int, homes: list[str]
) -> OrganizationId:
    home = DivisionCode(random.choice(homes))
    command = c.RegisterOrganization(
        name=f"组织 {number}",
        registration_class=RegistrationClass.FILED,
        home=home,
        place=near(tree, random, home),
        capabilities=tuple(
            Capability(skill=skill, units=random.randint(1, 3))
            for skill in random.sample(SKILLS, 2)
        ),
        people=random.randint(3, 30),
    )
    facts = await _send(engine, STEWARD, command, f"organization-{number}")
    return next(f.organization for f in facts if isinstance(f, OrganizationRegistered))


def near(tree: DivisionTree, random: Random, home: str) -> Place:
    """A place within about three kilometers of a division's seat."""
    seat = tree.seat(home)
    lon = seat.lon / 1e7 + random.uniform(-0.03, 0.03)
    lat = seat.lat / 1e7 + random.uniform(-0.03, 0.03)
    place = place_at(lon, lat, "WGS-84", tree, AREA, home)
    assert not isinstance(place, PlaceProblem)
    return place


async def _cookie(engine: Embedded, people: People, role: Role, *scopes: dict[str, Any]) -> str:
    account = people.make_account(role.value, AREA)
    for number, scope in enumerate(scopes):
        grant = c.GrantRole(account=account, role=role, **scope)
        await _send(engine, STEWARD, grant, f"{account}-{number}")
    token, _ = people.sign_in(people.make_link(account, role), role)
    if role is Role.DESK:
        _DESK.append(account)
    return f"shouwang_{role.value}={token}"


async def _incident(engine: Embedded, _people: People) -> str:
    command = c.OpenIncident(hazard="typhoon", division=COUNTY)
    facts = await _send(engine, _DESK[-1], command, "incident")
    return next(f.incident for f in facts if isinstance(f, IncidentOpened))


async def _send(engine: Embedded, actor: AccountId, command: c.Command, key: str) -> Any:
    registry = isinstance(command, c.RegistryCommand)
    operation = REGISTRY if registry else OperationId("actual")
    receipt = await engine.submit(
        Envelope(
            area=AREA,
            operation=operation,
            mode=None if registry else Mode.ACTUAL,
            actor=actor,
            command_id=command_id(AREA, operation, actor, key),
            command=command,
        )
    )
    assert receipt.turn.refusal is None, receipt.turn.refusal
    return receipt.turn.facts


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*command: str, port: int, ready: str) -> Iterator[int]:
    """A server as a process of its own, waited for until it answers, and stopped by its id."""
    measured = {**os.environ, "SHOUWANG_QUOTAS": "0"}  # one account posts for a whole county
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, env=measured)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}{ready}", process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not get ready")


@contextmanager
def product(
    organizations: int, streams: int, seed: int, carry: Carry = nullcontext
) -> Iterator[tuple[Stage, int]]:
    """The whole product over a fresh folder, or over what that is carried to."""
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        stage = asyncio.run(build(data, organizations, streams, seed))
        with carry(data) as served:
            port = free_port()
            script = str(Path(sys.executable).with_name("shouwang"))
            command = (script, "serve", "--data", str(served), "--port", str(port))
            with serving(*command, port=port, ready="/health/ready"):
                yield stage, port


@contextmanager
def bare() -> Iterator[int]:
    """The bare typed handler over a fresh file."""
    with tempfile.TemporaryDirectory() as temporary:
        port = free_port()
        command = ("-m", "tests.bench.peer", f"{temporary}/peer.db", str(port))
        with serving(*command, port=port, ready="/openapi.json"):
            yield port
