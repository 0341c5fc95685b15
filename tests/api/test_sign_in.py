"""Signing in and out: links that work once, sessions that end, roles side by side."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.people.accounts import HOUR_MS, People, SignInRefused
from api.people.failures import FAILURES_MAX
from api.settings import Https, Settings
from schemas.commands import GrantRole
from schemas.ids import command_id, made_id
from schemas.turns import REGISTRY, Envelope
from schemas.values import AccountId, DivisionCode, Role
from tests.api.house import (
    AREA,
    COUNTY,
    JSON_HEADERS,
    OTHER_TOWN,
    STEWARD,
    TOWN,
    House,
    Person,
    Reply,
    ask,
    opened,
)


async def use(house: House, link: Any, role: str = "steward", key: str = "k") -> Reply:
    raw = json.dumps({"link": link, "role": role}).encode()
    headers = [*JSON_HEADERS.items(), ("idempotency-key", key)]
    return await ask(house.app, "POST", "/api/v1/sessions", headers, [raw])


def link_of(house: House, account: AccountId = STEWARD, role: Role = Role.STEWARD) -> str:
    return house.context.people.make_link(account, role)


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content


async def get(house: House, *headers: tuple[str, str], query: str = "") -> Reply:
    return await ask(house.app, "GET", f"/api/v1/me{query}", headers)


async def test_a_link_works_once(house: House) -> None:
    link = link_of(house)
    reply = await use(house, link)
    assert reply.status == 200
    assert reply.json["name"] == "管理员"
    cookie = reply.headers["set-cookie"].lower()
    for part in ("shouwang_steward=", "httponly", "samesite=strict", "path=/", "max-age=43200"):
        assert part in cookie
    assert "secure" not in cookie
    assert link not in reply.content.decode() + cookie
    refused(await use(house, link, key="other"), 401, "link_used")


async def test_a_sign_in_whose_answer_was_lost_can_be_sent_again(house: House) -> None:
    link = link_of(house)
    first = await use(house, link, key="same")
    second = await use(house, link, key="same")
    assert second.status == 200
    cookies = [reply.headers["set-cookie"].partition(";")[0] for reply in (first, second)]
    assert cookies[0] != cookies[1]
    refused(await get(house, ("cookie", cookies[0])), 401, "session_ended")
    assert (await get(house, ("cookie", cookies[1]))).status == 200


async def test_a_whole_address_is_taken_for_its_secret(house: House) -> None:
    address = f"http://desk.example/sign-in#role=steward&link={link_of(house)}"
    assert (await use(house, address)).status == 200


async def test_links_that_open_nothing(house: House) -> None:
    refused(await use(house, "x" * 43), 401, "link_unknown")
    refused(await use(house, link_of(house), role="desk"), 401, "link_unknown")
    refused(await use(house, "short"), 422, "blank")
    refused(await use(house, None), 422, "type_wrong")
    refused(await use(house, link_of(house), role="emperor"), 422, "code_unknown")


async def test_guessing_is_slowed_and_locks_nobody_out(house: House) -> None:
    for _ in range(FAILURES_MAX):
        refused(await use(house, "x" * 43), 401, "link_unknown")
    guess = await use(house, "x" * 43)
    refused(guess, 429, "sign_in_throttled")
    assert guess.headers["retry-after"] == "60"
    assert (await use(house, link_of(house))).status == 200


async def test_without_a_session(house: House) -> None:
    refused(await get(house), 401, "session_missing")
    for cookie in ("shouwang_desk=", "shouwang_desk=guess", "other=1", ";;=", "shouwang_x=y"):
        refused(await get(house, ("cookie", cookie)), 401, "session_missing")
    desk = await house.desk()
    for forged in (f"__Host-{desk.cookie}", desk.cookie.replace("desk", "reviewer", 1)):
        refused(await get(house, ("cookie", forged)), 401, "session_missing")


async def test_signing_out(house: House) -> None:
    desk = await house.desk()
    reply = await desk.post("/sessions/end", {})
    assert reply.status == 200
    assert 'shouwang_desk=""' in reply.headers["set-cookie"]
    refused(await desk.get("/me"), 401, "session_ended")
    assert (await desk.post("/sessions/end", {})).status == 200
    refused(await desk.post("/sessions/end", {"all": True}), 422, "unknown_field")


async def test_one_browser_several_roles(house: House) -> None:
    desk, steward = await house.desk(), await house.steward()
    both = ("cookie", f"{desk.cookie}; theme=dark; {steward.cookie}")
    refused(await get(house, both), 400, "role_ambiguous")
    for role in ("desk", "steward"):
        assert (await get(house, both, ("shouwang-role", role))).json["role"] == role
        assert (await get(house, both, query=f"?role={role}")).json["role"] == role
    refused(await get(house, both, ("shouwang-role", "reviewer")), 401, "session_missing")


async def test_ending_a_grant_ends_its_sessions(house: House) -> None:
    steward, desk = await house.steward(), await house.desk()
    link = link_of(house, desk.account, Role.DESK)
    reply = await steward.post(f"/accounts/{desk.account}/end", {"role": "desk"})
    assert reply.status == 200
    refused(await desk.get("/me"), 401, "session_ended")
    refused(await use(house, link, role="desk"), 401, "link_unknown")


async def test_a_grant_that_is_over_is_no_grant(house: House, monkeypatch: Any) -> None:
    now = house.context.now()
    desk = await house.person(Role.DESK, division=TOWN, until=now + 60_000)
    assert (await desk.get("/me")).json["scopes"][0]["until"] == now + 60_000
    monkeypatch.setattr("api.context.time_ns", lambda: (now + 60_000) * 1_000_000)
    refused(await desk.get("/me"), 403, "role_missing")


async def test_an_account_is_made_once(house: House) -> None:
    steward = await house.steward()
    body = {"name": "值班员甲", "role": "desk", "division": TOWN}
    first = await steward.post("/accounts", body, key="account")
    assert first.status == 201
    second = await steward.post("/accounts", body, key="account")
    assert second.json["account"] == first.json["account"]
    assert second.json["repeated"]
    assert second.json["link"] != first.json["link"]
    refused(await use(house, first.json["link"], "desk"), 401, "link_unknown")
    person = await house.by_link(second.json["link"], Role.DESK)
    assert (await person.get("/me")).json["name"] == "值班员甲"
    third = await steward.post("/accounts", body, key="account")
    assert third.json["link"] is None
    other = await steward.post("/accounts", body | {"role": "reviewer"}, key="account")
    refused(other, 422, "key_reused")
    assert "值班员甲".encode() not in b"".join(house.context.engine.read(AREA))


async def test_a_refused_account_leaves_no_name(house: House) -> None:
    steward = await house.person(Role.STEWARD, division=COUNTY)
    before = house.sequence
    beyond = {"name": "甲", "role": "desk", "division": str(AREA)}
    refused(await steward.post("/accounts", beyond, key="beyond"), 404, "not_found")
    assert house.sequence == before, "refused at the door: no turn"
    unfit = {"name": "乙", "role": "organization", "division": TOWN}
    refused(await steward.post("/accounts", unfit, key="unfit"), 422, "grant_unfit")
    assert isinstance(house.turns()[-1].command, GrantRole)
    for key in ("beyond", "unfit"):
        account = made_id(command_id(AREA, REGISTRY, steward.account, key), 0)
        assert house.context.people.name(AccountId(account)) is None


ANOTHER = {"reason": "new_device"}


async def test_a_fresh_link_only_within_the_scope(house: House) -> None:
    whole, county = await house.steward(), await house.person(Role.STEWARD, division=COUNTY)
    desk, wide = await house.desk(), await house.desk(str(AREA))
    _, crew = await house.organization()
    for person, role in ((desk, Role.DESK), (crew, Role.ORGANIZATION)):
        reply = await county.post(f"/accounts/{person.account}/link", ANOTHER)
        assert reply.status == 200
        assert (await house.by_link(reply.json["link"], role)).account == person.account
    for account in (wide.account, whole.account, AccountId("nobody")):
        refused(await county.post(f"/accounts/{account}/link", ANOTHER), 404, "not_found")
        end = await county.post(f"/accounts/{account}/end", {"role": "desk"})
        refused(end, 404, "not_found")
    assert (await whole.post(f"/accounts/{wide.account}/link", ANOTHER)).status == 200
    refused(await desk.post(f"/accounts/{desk.account}/link", {}), 403, "role_missing")


async def also_granted(house: House, person: Person, division: str) -> None:
    """A further grant of the same role; the doors make one for each account."""
    command = GrantRole(account=person.account, role=person.role, division=DivisionCode(division))
    key = command_id(AREA, REGISTRY, STEWARD, house.new_key())
    envelope = Envelope(
        area=AREA, operation=REGISTRY, mode=None, actor=STEWARD, command_id=key, command=command
    )
    receipt = await house.context.engine.submit(envelope)
    assert receipt.turn.refusal is None


async def test_a_session_has_every_grant_of_its_role_at_once(house: House) -> None:
    desk = await house.desk()
    assert len((await desk.get("/me")).json["scopes"]) == 1
    await also_granted(house, desk, OTHER_TOWN)
    assert [scope["division"] for scope in (await desk.get("/me")).json["scopes"]] == [
        TOWN,
        OTHER_TOWN,
    ]


async def test_whoever_reaches_further_is_not_in_a_stewards_hands(house: House) -> None:
    """A link opens all grants of its role, so one of them inside the scope is not enough."""
    county, desk = await house.person(Role.STEWARD, division=COUNTY), await house.desk()
    await also_granted(house, desk, str(AREA))
    before = house.sequence
    refused(await county.post(f"/accounts/{desk.account}/link", {}), 404, "not_found")
    end = await county.post(f"/accounts/{desk.account}/end", {"role": "desk"})
    refused(end, 404, "not_found")
    assert house.sequence == before


@pytest.fixture
async def behind_https(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(
        data=tmp_path, area=AREA, https=Https.PROXY, address="https://shouwang.example"
    )
    async with opened(tmp_path, settings) as house:
        yield house


async def test_behind_https_cookies_are_bound_to_it(behind_https: House) -> None:
    reply = await use(behind_https, link_of(behind_https))
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("__Host-shouwang_steward=")
    assert "Secure" in cookie
    assert "strict-transport-security" in reply.headers
    steward = Person(behind_https, Role.STEWARD, cookie.partition(";")[0], STEWARD)
    assert (await steward.get("/me")).status == 200
    made = await steward.post("/accounts", {"name": "甲", "role": "desk", "division": OTHER_TOWN})
    assert made.json["link"].startswith("https://shouwang.example/sign-in#role=desk&link=")
    bare = ("cookie", steward.cookie.removeprefix("__Host-"))
    refused(await get(behind_https, bare), 401, "session_missing")


class Clock:
    """A wall clock to turn by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def people_at(path: Path, clock: Clock) -> People:
    people = People(path / "people.db", session_hours=12, link_hours=24, clock=clock)
    people.make_account("甲", AREA, AccountId("a"))
    return people


def test_links_and_sessions_end_by_themselves(tmp_path: Path, clock: Clock) -> None:
    people = people_at(tmp_path, clock)
    early, late = (people.make_link(AccountId("a"), Role.DESK) for _ in range(2))
    clock.now += 24 * HOUR_MS - 1
    secret, session = people.sign_in(early, Role.DESK)
    clock.now += 1
    with pytest.raises(SignInRefused, match="link_expired"):
        people.sign_in(late, Role.DESK)
    clock.now += 12 * HOUR_MS - 2
    found = people.session(secret)
    assert found == session
    assert session.live(clock.now)
    clock.now += 1
    assert not session.live(clock.now)
    people.close()


def test_the_repeat_of_a_sign_in_has_ten_minutes(tmp_path: Path, clock: Clock) -> None:
    people = people_at(tmp_path, clock)
    link = people.make_link(AccountId("a"), Role.DESK)
    people.sign_in(link, Role.DESK, "key")
    clock.now += 600_000
    with pytest.raises(SignInRefused, match="link_used"):
        people.sign_in(link, Role.DESK, "key")
    people.close()


def test_another_process_ends_a_session_within_a_second(tmp_path: Path, clock: Clock) -> None:
    people = people_at(tmp_path, clock)
    secret, session = people.sign_in(people.make_link(AccountId("a"), Role.DESK), Role.DESK)
    assert people.session(secret) == session
    other = people_at(tmp_path, clock)
    other.end_all(AccountId("a"), Role.DESK)
    clock.now += 1_000
    found = people.session(secret)
    assert found is not None
    assert found.ended
    other.close()
    people.close()


def test_nothing_that_opens_is_kept_as_it_was(tmp_path: Path, clock: Clock) -> None:
    people = people_at(tmp_path, clock)
    link = people.make_link(AccountId("a"), Role.DESK)
    secret, _ = people.sign_in(link, Role.DESK, "key-of-the-request")
    people.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for opening in (link, secret, "key-of-the-request"):
        assert opening.encode() not in kept
    assert (tmp_path / "people.db").stat().st_mode & 0o777 == 0o600
