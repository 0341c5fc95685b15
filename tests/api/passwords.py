"""Somebody who signs in by password: a telephone that shows codes, and a clock to turn by hand."""

import json
from typing import Any

from pyotp import TOTP

from api.people.passwords import STEP_MS
from schemas.values import Role
from tests.api.house import JSON_HEADERS, House, Person, Reply, ask

NAME, PASSWORD = "zhang.san", "潮水 three two one"
Recovery = list[str]


class Clock:
    """The wall clock of people, to turn by hand."""

    def __init__(self, house: House) -> None:
        self.now = house.context.people.now()
        for store in (house.context.people, house.context.passwords):
            store._clock = self

    def __call__(self) -> int:
        return self.now


class Phone:
    """An authenticator that shows codes."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._shown, self._clock = TOTP(secret), clock

    def code(self, steps: int = 0) -> str:
        return str(self._shown.generate_otp(self._clock.now // STEP_MS + steps))

    def next(self) -> str:
        """A code that has not been shown before."""
        self._clock.now += STEP_MS
        return self.code()


async def set_up(
    house: House, person: Person, clock: Clock, **changed: str
) -> tuple[Phone, Recovery]:
    begun = await person.post("/password/begin", {})
    assert begun.status == 200, begun.content
    phone = Phone(begun.json["secret"], clock)
    body = {"name": NAME, "password": PASSWORD, "code": phone.code()} | changed
    made = await person.post("/password", body)
    assert made.status == 200, made.content
    return phone, made.json["recovery"]


async def sign_in(
    house: House,
    code: str,
    name: str = NAME,
    password: str = PASSWORD,
    *,
    key: str = "",
    cookie: str = "",
    **more: Any,
) -> Reply:
    raw = json.dumps({"name": name, "password": password, "code": code, **more}).encode()
    headers = [*JSON_HEADERS.items(), ("idempotency-key", key or house.new_key())]
    headers += [("cookie", cookie)] if cookie else []
    return await ask(house.app, "POST", "/api/v1/sessions/password", headers, [raw])


def signed_in(house: House, reply: Reply) -> Person:
    assert reply.status == 200, reply.content
    cookie = reply.headers["set-cookie"].partition(";")[0]
    return Person(house, Role(reply.json["role"]), cookie, reply.json["account"])


def wrong(reply: Reply) -> None:
    assert (reply.status, reply.code) == (401, "sign_in_wrong"), reply.content


def device_of(reply: Reply) -> str:
    """What a browser keeps of having signed in here."""
    kept = reply.headers["set-cookie"]
    return kept[kept.index("shouwang-device=") :].partition(";")[0]
