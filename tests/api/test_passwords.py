"""Signing in by password and a code: two things at once, one answer to whatever is wrong."""

import asyncio
import re
from typing import Any

import pytest
from argon2 import PasswordHasher

from api.people.accounts import HOUR_MS
from api.people.passwords import STEP_MS
from api.safe import hashing, read_record
from api.safe.patience import TRIES_MAX
from schemas.values import Role
from tests.api.house import House
from tests.api.passwords import (
    NAME,
    PASSWORD,
    Clock,
    Phone,
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


async def test_a_person_sets_it_up_from_their_own_page_and_signs_in_without_a_link(
    house: House, clock: Clock
) -> None:
    desk = await house.desk()
    before = house.sequence
    assert (await desk.get("/password")).json["set"] is False
    phone, recovery = await set_up(house, desk, clock)
    assert len({*recovery}) == 10
    seen = (await desk.get("/password")).json
    assert (seen["set"], seen["name"], seen["recovery_left"]) == (True, NAME, 10)
    again = signed_in(house, await sign_in(house, phone.next(), " Zhang.SAN"))
    assert (again.account, again.role) == (desk.account, Role.DESK)
    assert (await again.get("/me")).status == 200
    assert house.sequence == before, "who signs in how is not the log's"


async def test_what_is_wrong_is_one_answer_after_the_same_work(house: House, clock: Clock) -> None:
    phone, _ = await set_up(house, await house.desk(), clock)
    worked: list[int] = []

    class Counting(PasswordHasher):
        def verify(self, *told: Any) -> Any:
            worked.append(1)
            return super().verify(*told)

    house.context.hashing._hasher = Counting(1, 8, 1)
    replies = [
        await sign_in(house, phone.next(), name="nobody"),
        await sign_in(house, phone.next(), password="not this one"),
        await sign_in(house, "000000"),
        await sign_in(house, "AAAAA-AAAAA"),
        await sign_in(house, phone.code(5)),
    ]
    for reply in replies:
        wrong(reply)
    assert len({re.sub(rb'"trace":"\w+"', b"", reply.content) for reply in replies}) == 1
    assert len({tuple(sorted(reply.headers)) for reply in replies}) == 1
    assert len(worked) == len(replies)
    signed_in(house, await sign_in(house, phone.next()))


async def test_a_code_opens_once_and_a_lost_answer_locks_nobody_out(
    house: House, clock: Clock
) -> None:
    phone, recovery = await set_up(house, await house.desk(), clock)
    wrong(await sign_in(house, phone.code()))  # it was shown when it was set up
    code = phone.next()
    first = signed_in(house, await sign_in(house, code, key="same"))
    second = signed_in(house, await sign_in(house, code, key="same"))
    assert (await first.get("/me")).code == "session_ended"
    assert (await second.get("/me")).status == 200
    wrong(await sign_in(house, code))
    signed_in(house, await sign_in(house, recovery[0].lower().replace("-", " ")))
    wrong(await sign_in(house, recovery[0]))
    assert (await second.get("/password")).json["recovery_left"] == 9


async def test_a_phone_whose_clock_is_half_a_minute_off_is_believed(
    house: House, clock: Clock
) -> None:
    phone, _ = await set_up(house, await house.desk(), clock)
    clock.now += 10 * STEP_MS
    signed_in(house, await sign_in(house, phone.code(-1)))
    signed_in(house, await sign_in(house, phone.code(1)))
    wrong(await sign_in(house, phone.code(2)))


async def test_guessing_is_slowed_and_shuts_no_familiar_device_out(
    house: House, clock: Clock
) -> None:
    desk = await house.desk()
    phone, recovery = await set_up(house, desk, clock)
    device = (await sign_in(house, phone.next())).headers["set-cookie"]
    device = device[device.index("shouwang-device=") :].partition(";")[0]
    for _ in range(10):
        wrong(await sign_in(house, "000000", password="guess"))
    slowed = await sign_in(house, phone.next())
    assert (slowed.status, slowed.code, slowed.headers["retry-after"]) == (
        429,
        "sign_in_throttled",
        "60",
    )
    for _ in range(2):  # by name, wherever it comes from: a minute is not enough
        clock.now += 61_000
        for _ in range(10):
            await sign_in(house, "000000", password="guess")
    clock.now += 61_000
    assert int((await sign_in(house, phone.next())).headers["retry-after"]) > 600
    assert (await sign_in(house, "000000", "nobody")).code == "sign_in_wrong"
    signed_in(house, await sign_in(house, phone.next(), cookie=device))
    forged = device[:-4] + "0000"
    assert (await sign_in(house, phone.next(), cookie=forged)).status == 429
    link = house.context.people.make_link(desk.account, Role.DESK)
    assert (await house.by_link(f"#link={link}", Role.DESK)).account == desk.account
    clock.now += 16 * 60_000
    signed_in(house, await sign_in(house, recovery[0]))


async def test_a_familiar_device_may_not_guess_for_ever_either(house: House, clock: Clock) -> None:
    phone, _ = await set_up(house, await house.desk(), clock)
    device = (await sign_in(house, phone.next())).headers["set-cookie"]
    device = device[device.index("shouwang-device=") :].partition(";")[0]
    for _ in range(TRIES_MAX):
        wrong(await sign_in(house, "000000", cookie=device))
    assert (await sign_in(house, phone.next(), cookie=device)).code == "sign_in_throttled"


async def test_a_flood_of_sign_ins_waits_in_a_short_queue_and_stops_nobody_who_is_signed_in(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await house.desk()
    monkeypatch.setattr("api.people.failures.FAILURES_MAX", 10**6)
    house.context.hashing._hasher = PasswordHasher(2, 32 * 1024, 1)
    monkeypatch.setattr(hashing, "OF_ONE_MAX", 8)
    flood = [
        asyncio.create_task(sign_in(house, "000000", f"name{number}")) for number in range(100)
    ]
    loop, worst = asyncio.get_running_loop(), 0.0
    await asyncio.sleep(0.05)
    for _ in range(10):
        began = loop.time()
        assert (await desk.get("/me")).status == 200
        worst = max(worst, loop.time() - began)
        await asyncio.sleep(0.01)
    replies = [await task for task in flood]
    codes = [reply.code for reply in replies]
    assert codes.count("sign_in_wrong") == 8
    assert codes.count("sign_in_busy") == 92
    busy = next(reply for reply in replies if reply.code == "sign_in_busy")
    assert (busy.status, busy.headers["retry-after"]) == (503, "5")
    assert worst < 0.5


async def test_what_is_refused_is_on_record_about_whom_and_nothing_typed(
    house: House, clock: Clock
) -> None:
    desk = await house.desk()
    phone, _ = await set_up(house, desk, clock)
    await sign_in(house, phone.next(), name="canary-name", password="canary-word")
    await sign_in(house, "CANARY0", password="canary-word")
    await sign_in(house, phone.next())
    house.context.record._write()
    folder = house.context.settings.data
    rows = list(read_record(folder))
    failed = [row.get("about") for row in rows if row.get("code") == "sign_in_wrong"]
    assert failed == [None, desk.account]
    assert "password_set" in [row["what"] for row in rows]
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    secret = phone._shown.secret
    for canary in ("canary", "CANARY", PASSWORD, secret):
        assert canary.encode() not in kept


async def test_a_copied_folder_does_not_even_let_passwords_be_tried(
    house: House, clock: Clock
) -> None:
    desk = await house.desk()
    await set_up(house, desk, clock)
    kept = house.context.passwords.hash_of(desk.account)
    assert kept is not None
    assert kept.startswith("$argon2id$")
    with pytest.raises(Exception, match="does not match"):
        PasswordHasher().verify(kept, PASSWORD)


async def test_what_is_easily_guessed_and_what_is_taken_is_refused(
    house: House, clock: Clock
) -> None:
    desk, other = await house.desk(), await house.desk("330324002")
    await set_up(house, other, clock)
    secret = (await desk.post("/password/begin", {})).json["secret"]
    phone = Phone(secret, clock)
    for changed, status, code in (
        ({"password": "short1234"}, 422, "password_weak"),
        ({"password": "aaaaaaaaaaaabbbb"}, 422, "password_weak"),
        ({"name": "li.si", "password": "Li.Si-2026-10"}, 422, "password_weak"),
        ({"name": NAME.upper()}, 409, "sign_in_name_taken"),
        ({"code": "000000"}, 409, "authenticator_wrong"),
        ({"name": ""}, 422, "blank"),
        ({"code": "1"}, 422, "blank"),
    ):
        body = {"name": "li.si", "password": PASSWORD, "code": phone.code()} | changed
        reply = await desk.post("/password", body)
        assert (reply.status, reply.code) == (status, code)
    assert (await desk.get("/password")).json["set"] is False


async def test_it_is_changed_by_its_owner_alone(house: House, clock: Clock) -> None:
    """Whoever finds a desk unlocked neither changes the password nor gets codes."""
    desk = await house.desk()
    phone, recovery = await set_up(house, desk, clock)
    assert (await desk.post("/password/begin", {})).code == "password_set"
    for path in ("codes", "end"):
        guess = {"password": "not this one", "code": phone.next()}
        assert (await desk.post(f"/password/{path}", guess)).code == "password_wrong"
    proof = {"password": PASSWORD, "code": phone.next()}
    fresh = (await desk.post("/password/codes", proof)).json["recovery"]
    assert not {*fresh} & {*recovery}
    wrong(await sign_in(house, recovery[0]))
    ended = await desk.post("/password/end", {"password": PASSWORD, "code": fresh[0]})
    assert ended.json["set"] is False
    wrong(await sign_in(house, phone.next()))
    await set_up(house, desk, clock)


async def test_a_steward_resets_it_and_the_person_gets_a_link(house: House, clock: Clock) -> None:
    desk, steward = await house.desk(), await house.steward()
    phone, _ = await set_up(house, desk, clock)
    await desk.post("/sessions/end", {})  # else a second person confirms the link first
    body = {"reason": "device_lost", "end_password": True, "end_sessions": True}
    made = await steward.post(f"/accounts/{desk.account}/link", body)
    assert list(made.json) == ["link"]
    wrong(await sign_in(house, phone.next()))
    again = await house.by_link(made.json["link"], Role.DESK)
    assert (await again.get("/password")).json["set"] is False
    await set_up(house, again, clock)
    house.context.record._write()
    ended = [r for r in read_record(house.context.settings.data) if r["what"] == "password_ended"]
    assert [(row["account"], row["about"]) for row in ended] == [(steward.account, desk.account)]


async def test_without_a_role_nobody_signs_in_and_one_of_several_may_be_named(
    house: House, clock: Clock
) -> None:
    desk, steward = await house.desk(), await house.steward()
    phone, _ = await set_up(house, desk, clock)
    reply = await sign_in(house, phone.next(), role="reviewer")
    assert (reply.status, reply.code) == (403, "role_missing")
    signed_in(house, await sign_in(house, phone.next(), role="desk"))
    await steward.post(f"/accounts/{desk.account}/end", {"role": "desk"})
    assert (await sign_in(house, phone.next())).code == "role_missing"


async def test_a_leader_who_signs_in_so_stays_signed_in_too(house: House, clock: Clock) -> None:
    _, crew = await house.organization()
    phone, _ = await set_up(house, crew, clock)
    reply = await sign_in(house, phone.next())
    assert abs(reply.json["expires"] - clock.now - 90 * 24 * HOUR_MS) < 60_000
