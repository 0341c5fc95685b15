"""A whole server for tests: real log, real board, real people and keys, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api.app import create_app
from api.conductor import Conductor
from api.context import Context
from api.live import Feed
from api.people import Addresses, Passwords, People, Persons
from api.reach import open_answers, open_notices, open_setups
from api.safe import SECURITY, SecurityRecord, Vault
from api.serving import history_of
from api.settings import DIVISIONS, Settings
from geo.divisions import DivisionTree
from schemas.codes import SKILLS
from schemas.turns import Turn
from schemas.values import AccountId, AreaId, Purpose, Role, TimeSource
from schemas.wire import decode_turn
from streams.engines.embedded import Embedded
from streams.engines.logs import create

AREA = AreaId("3303")
COUNTY = "330324"  # Yongjia
TOWN = "330324001"
OTHER_TOWN = "330324002"
OTHER_COUNTY_TOWN = "330381001"
STEWARD = AccountId("steward0")
BEGIN = 1_790_000_000_000  # of an exercise

POINT = {"crs": "WGS-84", "lon": 120.69, "lat": 28.15, "division": TOWN}
JSON_HEADERS = {"content-type": "application/json"}
_names = count(1)


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        return str(self.json["code"])


async def ask(
    app: FastAPI,
    method: str,
    address: str,
    headers: Iterable[tuple[str, str]] = (),
    parts: Iterable[bytes] = (b"",),
) -> Reply:
    """One request straight into the application; the body comes in parts, as from a socket."""
    path, _, query = address.partition("?")
    coming = chain(parts, (None,))  # one by one: an endless body is read as far as asked
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        """A part, or the end; behind that nothing comes, as from somebody who waits."""
        for part in coming:
            return {"type": "http.request", "body": part or b"", "more_body": part is not None}
        await asyncio.Event().wait()
        raise AssertionError("nobody has ended the wait")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    answered: dict[str, str] = {}
    for header, value in sent[0]["headers"]:
        name = header.decode()
        before = f"{answered[name]}\n" if name == "set-cookie" and name in answered else ""
        answered[name] = before + value.decode()
    return Reply(sent[0]["status"], answered, content)


@dataclass
class Person:
    """Somebody signed in, who posts and reads."""

    house: House
    role: Role
    cookie: str
    account: AccountId

    async def get(self, path: str) -> Reply:
        return await ask(self.house.app, "GET", f"/api/v1{path}", [("cookie", self.cookie)])

    async def post(
        self, path: str, body: Any, *, key: str | None = None, revision: int | None = None
    ) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**JSON_HEADERS, "idempotency-key": key or self.house.new_key()}
        if revision is not None:
            headers["if-match"] = f'"{revision}"'
        return await self.send(path, raw, headers.items())

    async def send(self, path: str, raw: bytes, headers: Iterable[tuple[str, str]]) -> Reply:
        """A POST with exactly these headers beside the cookie."""
        listed = [("cookie", self.cookie), *headers]
        return await ask(self.house.app, "POST", f"/api/v1{path}", listed, [raw])


@dataclass
class House:
    """The server and who works in it."""

    context: Context
    app: FastAPI
    keys: count[int] = field(default_factory=count)

    def new_key(self) -> str:
        return f"key-{next(self.keys)}"

    @property
    def sequence(self) -> int:
        """The last turn in the log, as the board has heard."""
        return self.context.feed.sequence

    def turns(self) -> list[Turn]:
        return [decode_turn(stored) for stored in self.context.engine.read(AREA)]

    async def signed_in(self, account: AccountId, role: Role) -> Person:
        link = self.context.people.make_link(account, role)
        return await self.by_link(link, role)

    async def by_link(self, link: str, role: Role) -> Person:
        headers = {**JSON_HEADERS, "idempotency-key": self.new_key()}
        raw = json.dumps({"link": link, "role": role.value}).encode()
        reply = await ask(self.app, "POST", "/api/v1/sessions", headers.items(), [raw])
        assert reply.status == 200, reply.content
        cookie = reply.headers["set-cookie"].partition(";")[0]
        return Person(self, role, cookie, AccountId(reply.json["account"]))

    async def steward(self) -> Person:
        return await self.signed_in(STEWARD, Role.STEWARD)

    async def person(self, role: Role, **scope: Any) -> Person:
        """Somebody new with one role, made and signed in through the doors."""
        steward = await self.steward()
        body = {"name": "甲", "role": role.value, "reason": "new_person", **scope}
        made = await steward.post("/accounts", body)
        assert made.status == 201, made.content
        return await self.by_link(made.json["link"], role)

    async def desk(self, division: str = TOWN) -> Person:
        return await self.person(Role.DESK, division=division)

    async def organization(self, skill: str = "PUMP_DRAIN", **more: Any) -> tuple[str, Person]:
        """A registered organization in the town, and somebody who answers for it."""
        body = organization_body(skill) | more
        made = await (await self.steward()).post("/organizations", body)
        assert made.status == 201, made.content
        return made.json["id"], await self.person(Role.ORGANIZATION, organization=made.json["id"])

    async def wait(self, *, minutes: int = 0, seconds: int = 0) -> None:
        """Let the time of an exercise go on, with every tick that falls due on the way."""
        conductor = self.context.conductor
        assert conductor is not None, "a live log has its own time"
        await conductor.advance(conductor.now() + minutes * 60_000 + seconds * 1_000)

    async def incident(self, desk: Person, division: str = TOWN) -> str:
        made = await desk.post("/incidents", {"hazard": "typhoon", "division": division})
        assert made.status == 201, made.content
        return str(made.json["id"])


def organization_body(skill: str = "PUMP_DRAIN") -> dict[str, Any]:
    """Each has another name; a second one of the same name and home would be refused."""
    return {
        "name": f"永嘉排涝队 {next(_names)}",
        "registration_class": "filed",
        "home": TOWN,
        "place": POINT,
        "capabilities": [{"skill": skill, "units": 2}],
        "people": 12,
    }


def certificate_body(skill: str = "WATER", **changed: Any) -> dict[str, Any]:
    """A good certificate by the skill's own standard."""
    body = {
        "skill": skill,
        "grade": 2,
        "standard": SKILLS[skill].standard,
        "issuer": "浙江省应急管理厅",
        "number": "ZJ-1",
        "valid_through": "2099-12-31",
    }
    return body | changed


def demand_body(incident: str, **changed: Any) -> dict[str, Any]:
    body = {
        "incident": incident,
        "kind": "drainage",
        "priority": 1,
        "place": POINT,
        "lines": [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 2}],
        "risk_statement": "水位上涨,注意触电。",
        "rally_point": "镇政府门口",
    }
    return body | changed


def need_body(incident: str, village: str = "岭下村", **changed: Any) -> dict[str, Any]:
    """What a village's committee tells its township of."""
    body = {
        "incident": incident,
        "kind": "drainage",
        "priority": 1,
        "place": {"division": TOWN},
        "village": village,
        "people": 12,
        "risk_statement": "老桥被淹",
        "rally_point": "村口",
        "contact": "王五 13800000001",
    }
    return body | changed


@cache
def divisions() -> DivisionTree:
    return DivisionTree.load(DIVISIONS)


@asynccontextmanager
async def opened(folder: Path, settings: Settings | None = None) -> AsyncIterator[House]:
    """A server over a folder, which is made where it is new; everything is closed at the end."""
    settings = settings or Settings(data=folder, area=AREA, purpose=Purpose.OPERATIONS)
    new = not (folder / "log.db").exists()
    if new:
        given = settings.purpose is Purpose.EXERCISE
        source, at = (TimeSource.GIVEN, BEGIN) if given else (TimeSource.LIVE, None)
        create(folder, AREA, DIVISIONS, settings.purpose, source, STEWARD, at)
    engine = Embedded.open(folder, asyncio.get_running_loop())
    tree = divisions()
    feed = Feed(tree, AREA)
    engine.listen(feed.apply)
    feed.apply(engine.changes())
    history = history_of(settings, engine, feed)
    people, persons = People(folder / "people.db"), Persons(folder / "people.db")
    vault = Vault(folder / "keys.db")
    addresses = Addresses(folder / "people.db", vault)
    passwords = Passwords(folder / "people.db", vault)
    beside = (open_answers(settings, vault), open_notices(settings), open_setups(settings, vault))
    record = SecurityRecord(folder / SECURITY)
    kept = (people, persons, addresses, passwords, vault, *beside, record)
    people.make_account("管理员", AREA, STEWARD)
    context = Context(engine, feed, *kept, history, settings, tree)
    if settings.purpose is Purpose.EXERCISE:
        context.conductor = Conductor(engine, AREA, settings, feed.at)
    app = create_app(context)
    try:
        async with app.router.lifespan_context(app):
            yield House(context, app)
    finally:
        await engine.close()
        history.close()
        for store in (*kept, context.telling, context.hashing):
            store.close()
