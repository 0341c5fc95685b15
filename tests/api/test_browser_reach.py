"""At the screens: how far whoever was asked has been reached, whom to call, what wants a person.

A served folder with a real messenger, and a gateway that plays the providers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Locator, expect

from api.people import Addresses, Persons, Whose
from api.reach import SETUPS, Setups
from api.safe import Vault
from schemas.values import OrganizationId
from tests.api.browsing import (
    SMALL,
    TOWN,
    Screens,
    Server,
    Stage,
    confirm,
    in_both_languages,
    mixed,
    served,
)
from tests.reach.gateway import Gateway, running, says, settings_for

OUT_OF_MONEY = {
    "Response": {
        "Error": {"Code": "FailedOperation.InsufficientBalanceInSmsPackage", "Message": "-"},
        "RequestId": "r",
    }
}
AT_ONCE = 20_000  # milliseconds in which a page has looked at its alarms and replies again


@dataclass
class Reach:
    """The folder beside its server: whom one can call, and by what."""

    server: Server
    gateway: Gateway
    url: str
    persons: Persons
    addresses: Addresses
    setups: Setups
    incident: str
    numbers: Iterator[int] = field(default_factory=lambda: count(13_800_000_000))

    def team(self, name: str, skill: str, *rungs: str) -> tuple[str, str]:
        """An organization with one person, reached by these rungs: its id, the person's number."""
        id = OrganizationId(self.server.organization(name, skill))
        number = str(next(self.numbers))
        person = self.persons.add("Team 9", number, organization=id)
        for rung in rungs:
            address = self.addresses.add(rung, number, Whose(id, None), person=person)
            self.addresses.vouch(address, "-", by="steward0")
            self.addresses.consent(address, ("ask",), by="steward0")
        return id, number

    def channel(self, name: str) -> None:
        place = self.url.removeprefix("http://")
        self.setups.add(name, "tencent_sms", settings_for("tencent_sms", self.url), (place,))


@contextmanager
def played(gateway: Gateway) -> Iterator[str]:
    """The gateway on a thread of its own; its URL."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    runs = running(gateway)
    try:
        yield asyncio.run_coroutine_threadsafe(runs.__aenter__(), loop).result(10)
        asyncio.run_coroutine_threadsafe(runs.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def reach(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Reach]:
    folder = tmp_path_factory.mktemp("reach") / "data"
    gateway = Gateway()
    with ExitStack() as closing:
        address, link = closing.enter_context(served(folder))
        url = closing.enter_context(played(gateway))
        server = Server(address)
        server.sign_in(link)
        yield closing.enter_context(_beside(folder, server, gateway, url))


@contextmanager
def _beside(folder: Path, server: Server, gateway: Gateway, url: str) -> Iterator[Reach]:
    vault, incident = Vault(folder / "keys.db"), server.incident("typhoon")
    persons, addresses = Persons(folder / "people.db"), Addresses(folder / "people.db", vault)
    setups = Setups(folder / SETUPS, vault)
    try:
        yield Reach(server, gateway, url, persons, addresses, setups, incident)
    finally:
        for held in (persons, addresses, setups, vault):
            held.close()


@pytest.fixture
def server(reach: Reach) -> Server:
    return reach.server


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    """An exercise has no messenger, and time that is the test's to give."""
    folder = tmp_path_factory.mktemp("calls") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def fits(card: Locator) -> None:
    """Everything to be touched is large enough, and nothing stands beyond the screen."""
    page = card.page
    assert page.evaluate(SMALL) == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)


def test_a_desk_sees_a_message_go_out_and_its_steps(reach: Reach, screens: Screens) -> None:
    reach.channel("c1")
    _, number = reach.team("Team 1", "PUMP_DRAIN", "sms")
    reach.server.demand(reach.incident, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(reach.server.link("desk", division=TOWN), "en")
    party = desk.locator("#demands .party", has_text="Team 1")
    expect(party).to_contain_text(re.compile(r"reached by SMS \d\d:\d\d"))
    assert len(reach.gateway.arrived(f"+86{number}")) == 1
    party.locator("summary", has_text="Messages").click()
    expect(party.locator("li")).to_have_text(
        re.compile(r"^SMS · person 1 · handed over \d\d:\d\d$")
    )
    in_both_languages(desk)
    fits(party)


def test_an_open_page_reaches_somebody_once_it_is_seen(reach: Reach, screens: Screens) -> None:
    team, _ = reach.team("Team 2", "CATERING")
    crew = screens.sign_in(reach.server.link("organization", organization=team), "zh", phone=True)
    asked: list[str] = []
    crew.on("request", lambda one: asked.append(one.url) if "/offers/seen" in one.url else None)
    reach.server.demand(reach.incident, "supplies", "CATERING")
    expect(crew.locator("#offers .card")).to_have_count(1)
    desk = screens.sign_in(reach.server.link("desk", division=TOWN), "en")
    desk.locator("#search").fill("team 2")
    party = desk.locator("#demands .party", has_text="Team 2")
    expect(party).to_contain_text(re.compile(r"page seen \d\d:\d\d"))
    party.locator("summary", has_text="Messages").click()
    expect(party.locator("li")).to_contain_text("No message was sent")
    in_both_languages(desk)
    crew.locator("[data-language]").click()
    crew.wait_for_timeout(500)
    assert len(asked) == 1, "once a page load"


def test_a_reply_that_nobody_understood_waits_for_a_person(reach: Reach, screens: Screens) -> None:
    if reach.setups.find("c1") is None:
        reach.channel("c1")
    _, number = reach.team("Team 4", "DRONE", "sms")
    row = {"PhoneNumber": f"+86{number}", "ReplyContent": "3?", "ReplyTime": 1}
    reach.gateway.pulled["replies"].append(row)
    desk = screens.sign_in(reach.server.link("desk", division=TOWN), "en")
    strip = desk.locator("#replies-box")
    expect(strip).to_contain_text("Team 9 Team 4: 3?", timeout=2 * AT_ONCE)
    expect(strip.locator("h2")).to_have_text("Replies to read: 1")
    in_both_languages(desk)
    fits(strip)
    record = strip.get_by_role("button", name="Record for")
    expect(record).to_have_count(0)  # nothing that it could be about
    reach.server.demand(reach.incident, "supplies", "DRONE")
    expect(record).to_have_count(1)
    record.click()
    expect(desk.locator("#dialog")).to_contain_text("By phone: Team 4")
    desk.locator("#dialog .plain").click()
    strip.get_by_role("button", name="Read", exact=True).click()
    expect(strip).to_be_hidden()
    desk.reload()
    expect(desk.locator("#main")).to_be_visible()
    expect(strip).to_be_hidden()


def test_whom_no_channel_reaches_is_to_be_called_and_says_yes(
    reach: Reach, screens: Screens
) -> None:
    """The account is out of money: a red alarm, a red card, the number, and the yes recorded."""
    if reach.setups.find("c1") is None:
        reach.channel("c1")
    _, number = reach.team("Team 3", "BOAT_OPERATE", "sms")
    desk = screens.sign_in(reach.server.link("desk", division=TOWN), "en")
    reach.gateway.script("tencent", *[says(OUT_OF_MONEY)] * 40)  # it is asked for receipts, too
    reach.server.demand(reach.incident, "supplies", "BOAT_OPERATE")
    desk.locator("#search").fill("boat")
    card = desk.locator("#demands .card", has_text="Team 3")
    expect(card.locator("header")).to_contain_text("to call: 1")
    party = card.locator(".party", has_text="Team 3")
    expect(party).to_contain_text("could not be reached")
    expect(party).to_contain_text("call now")
    desk.locator("[data-view=call]").click()
    expect(desk.locator("#demands .card")).to_have_count(1)
    expect(desk.locator("#alarms")).to_contain_text("The channel c1", timeout=AT_ONCE)
    party.locator("summary", has_text="Messages").click()
    expect(party.locator("li")).to_contain_text("failed")
    expect(party.locator("li")).to_contain_text("run out of money")
    in_both_languages(desk)
    fits(card)
    party.get_by_role("button", name="Whom to call", exact=True).click()
    expect(desk.locator("#dialog a[href^='tel:']")).to_have_attribute("href", f"tel:{number}")
    assert mixed(desk, "en") == []
    desk.locator("#dialog button[type=submit]").click()
    expect(desk.locator("#dialog")).to_be_visible()  # nothing is said for anybody
    desk.locator("#dialog [value=accept]").check()
    confirm(desk)
    expect(desk.locator("#demands .card")).to_have_count(0)
    desk.locator("[data-view=open]").click()
    expect(card.locator(".party.committed")).to_contain_text("by phone")
    while reach.gateway.next_act("tencent"):
        pass
    reach.setups.resume("c1")
    expect(desk.locator("#alarms")).to_be_hidden(timeout=AT_ONCE)


def test_without_any_channel_a_desk_is_told_when_to_call(exercise: Stage, screens: Screens) -> None:
    """At once, but for the ten seconds that an open page has."""
    team = exercise.organization("Team 5", "PUMP_DRAIN")
    exercise.post("/persons", {"name": "Team 9", "telephone": "13900000000", "organization": team})
    incident = exercise.incident("typhoon")
    demand = exercise.demand(incident, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(exercise.link("desk", division=TOWN), "zh")
    party = desk.locator("#demands .party", has_text="Team 5")
    expect(party).to_contain_text("没有可用通知渠道，只能打电话", timeout=AT_ONCE)
    expect(party.locator(".chip.bad")).to_have_count(0)
    exercise.advance(0.2)
    exercise.organization("Team 6", "DRONE")  # a turn, by which pages learn what time it is
    expect(party.locator(".chip.bad")).to_have_text("请打电话")
    expect(desk.locator("[data-view=call] .count")).to_have_text("1")
    in_both_languages(desk)
    party.get_by_role("button", name="打给谁", exact=True).click()
    expect(desk.locator("#dialog a[href='tel:13900000000']")).to_be_visible()
    desk.locator("#dialog .plain").click()
    exercise.advance(3.4)
    lost = desk.locator("#demands .party.overdue", has_text="Team 5")
    expect(lost).to_contain_text("未答复")
    expect(lost.locator(".chip.bad").last).to_have_text("请打电话")
    expect(desk.locator("[data-view=call] .count")).to_have_text("1")
    shown = exercise.rows("offer", demand=demand)
    assert shown[0]["state"] == "no_answer"


def test_nobody_picks_up_and_the_next_number_is_offered(exercise: Stage, screens: Screens) -> None:
    """After the last number the request has reached nobody, and nobody was silent."""
    team = exercise.organization("Team 7", "CATERING")
    for number in ("13900000001", "13900000002"):
        order = int(number[-1])
        person = {"name": f"Team {order}", "telephone": number, "organization": team}
        exercise.post("/persons", person | {"order": order})
    demand = exercise.demand(exercise.incident("earthquake"), "supplies", "CATERING")
    desk = screens.sign_in(exercise.link("desk", division=TOWN), "en")
    desk.locator("#search").fill("team 7")
    party = desk.locator("#demands .party", has_text="Team 7")
    party.get_by_role("button", name="By phone", exact=True).click()
    dialog = desk.locator("#dialog")
    dialog.get_by_role("button", name="Show telephone numbers").click()
    for number in ("13900000001", "13900000002"):
        expect(dialog.locator("a").first).to_have_attribute("href", f"tel:{number}")
        dialog.locator("[value=not-picked-up]").check()
        expect(dialog.locator("[name=person] option").nth(1)).to_contain_text(number)
        dialog.locator("[name=person]").select_option(index=1)
        assert mixed(desk, "en") == []
        dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    lost = desk.locator("#demands .party.overdue", has_text="Team 7")
    expect(lost).to_contain_text("could not be reached")
    expect(lost).to_contain_text("no number left")
    in_both_languages(desk)
    assert [row["state"] for row in exercise.rows("offer", demand=demand)] == ["unreachable"]
