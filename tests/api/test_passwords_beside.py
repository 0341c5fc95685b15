"""A password and everybody else: who is told, with what it ends, and whom it costs nothing."""

import asyncio
from typing import Any

import pytest
from argon2 import PasswordHasher

from api.people.accounts import HOUR_MS
from api.safe import hashing
from api.safe.patience import TRIES_MAX
from schemas.values import Role
from tests.api.house import House
from tests.api.passwords import (
    NAME,
    PASSWORD,
    Clock,
    Phone,
    device_of,
    set_up,
    sign_in,
    signed_in,
    wrong,
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work that the hash allows; how much it is otherwise is one test's."""
    monkeypatch.setattr(hashing, "TIMES", 1)
    monkeypatch.setattr(hashing, "MEMORY_KIB", 8)


@pytest.fixture
def clock(house: House) -> Clock:
    return Clock(house)


async def test_with_a_lost_phone_goes_what_whoever_holds_it_has_set(
    house: House, clock: Clock
) -> None:
    """Given a leader's phone in other hands, on which a password was set; when the steward lets the
    leader in again for a lost device, or signs the account out; then the password opens nothing."""
    _, crew = await house.organization()
    steward = await house.steward()
    thief, _ = await set_up(house, crew, clock)
    ended = f"/accounts/{crew.account}/sessions/end"
    assert (await steward.post(ended, {"role": "organization"})).status == 200
    wrong(await sign_in(house, thief.next()))
    lost = {"reason": "device_lost", "end_sessions": True}
    for body, left in ((lost, False), (lost | {"end_password": False}, True)):
        there = await house.signed_in(crew.account, Role.ORGANIZATION)
        thief, _ = await set_up(house, there, clock)
        made = await steward.post(f"/accounts/{crew.account}/link", body)
        assert made.status == 200
        assert (await sign_in(house, thief.next())).status == (200 if left else 401)
    there = await house.signed_in(crew.account, Role.ORGANIZATION)
    kept = {"role": "organization", "end_password": False}
    assert (await steward.post(ended, kept)).status == 200
    assert (await there.get("/me")).code == "session_ended"
    signed_in(house, await sign_in(house, thief.next()))


async def test_a_password_that_is_new_is_told_to_its_owner_and_to_those_who_watch(
    house: House, clock: Clock
) -> None:
    _, crew = await house.organization()
    steward, desk = await house.steward(), await house.desk()
    assert (await crew.get("/sessions")).json["password_at"] is None
    await set_up(house, crew, clock)
    assert (await crew.get("/sessions")).json["password_at"] == clock.now
    told = (await steward.get("/alarms")).json["alarms"]
    [told] = [each for each in told if each["kind"] == "password_set"]
    assert "甲" in told["zh"]
    assert "甲" in told["en"]
    assert (await desk.get("/alarms")).json["alarms"] == [], "of a township"
    clock.now += 25 * HOUR_MS
    assert (await (await house.steward()).get("/alarms")).json["alarms"] == []


async def test_who_takes_turns_at_one_computer_is_known_there_each(
    house: House, clock: Clock
) -> None:
    """Given two who sign in at a desk's computer; when somebody elsewhere guesses at the first
    one's password; then both come in there as before."""
    zhang, li = await house.desk(), await house.desk()
    phone, _ = await set_up(house, zhang, clock)
    other, _ = await set_up(house, li, clock, name="li.si")
    cookie = ""
    for shown, name in ((phone, NAME), (other, "li.si"), (phone, NAME), (other, "li.si")):
        reply = await sign_in(house, shown.next(), name, cookie=cookie)
        cookie = device_of(reply)
    assert cookie.count("~") == 1, "one for each"
    for number in range(TRIES_MAX):
        clock.now += 61_000 * (number == TRIES_MAX // 2)  # else the address waits first
        wrong(await sign_in(house, "000000", password="guess"))
    clock.now += 61_000
    assert (await sign_in(house, phone.next())).code == "sign_in_throttled"
    signed_in(house, await sign_in(house, phone.next(), cookie=cookie))
    signed_in(house, await sign_in(house, other.next(), "li.si", cookie=cookie))


async def test_nobody_who_sets_a_password_keeps_others_from_signing_in(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a desk whose device is known; when somebody sends fifty first passwords at once, with
    wrong codes and with right ones; then nothing is hashed for the wrong, once for the right."""
    desk = await house.desk()
    phone, _ = await set_up(house, desk, clock)
    cookie = device_of(await sign_in(house, phone.next()))
    _, crew = await house.organization()
    begun = await crew.post("/password/begin", {})
    mine = Phone(begun.json["secret"], clock)
    hashed: list[int] = []

    class Counting(PasswordHasher):
        def hash(self, *told: Any, **more: Any) -> str:
            hashed.append(1)
            return super().hash(*told, **more)

    house.context.hashing._hasher = Counting(2, 32 * 1024, 1)
    body = {"name": "free.x", "password": PASSWORD}

    async def flood(code: str, most: int) -> list[str]:
        tasks = [
            asyncio.create_task(crew.post("/password", body | {"code": code})) for _ in range(most)
        ]
        await asyncio.sleep(0)
        signed_in(house, await sign_in(house, phone.next(), cookie=cookie))
        return [(await task).content.decode() for task in tasks]

    wrong_ones = await flood("000000", 52)
    assert hashed == []
    assert sum("authenticator_wrong" in each for each in wrong_ones) == TRIES_MAX
    assert sum("sign_in_throttled" in each for each in wrong_ones) == 52 - TRIES_MAX
    clock.now += 16 * 60_000
    right = await flood(mine.code(1), 52)
    assert len(hashed) == 1
    assert sum("recovery" in each for each in right) == 1


async def test_which_names_there_are_hears_only_who_shows_a_right_code(
    house: House, clock: Clock
) -> None:
    await set_up(house, await house.desk(), clock)
    _, crew = await house.organization()
    phone = Phone((await crew.post("/password/begin", {})).json["secret"], clock)
    body = {"name": NAME, "password": PASSWORD, "code": "000000"}
    assert (await crew.post("/password", body)).code == "authenticator_wrong"
    for _ in range(TRIES_MAX - 1):
        body["code"] = phone.code()
        assert (await crew.post("/password", body)).code == "sign_in_name_taken"
    assert (await crew.post("/password", body)).code == "sign_in_throttled"


async def test_a_code_opens_one_door_and_a_found_session_shuts_its_owner_out_of_none(
    house: House, clock: Clock
) -> None:
    phone, _ = await set_up(house, await house.desk(), clock)
    code = phone.next()
    owner = signed_in(house, await sign_in(house, code, key="same"))
    proof = {"password": PASSWORD, "code": code}
    for path in ("codes", "end"):
        assert (await owner.post(f"/password/{path}", proof, key="same")).code == "password_wrong"
    found = signed_in(house, await sign_in(house, phone.next()))
    for _ in range(TRIES_MAX):
        await found.post("/password/codes", {"password": "guess", "code": "000000"})
    proof = {"password": PASSWORD, "code": phone.next()}
    assert (await found.post("/password/end", proof)).code == "sign_in_throttled"
    assert (await owner.post("/password/end", proof)).json["set"] is False
