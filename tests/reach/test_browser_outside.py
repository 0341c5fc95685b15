"""A phone without scripts, in both languages: from a message to an answer, by link and by code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api.people import Persons
from api.reach import NOTICES, Answering, Answers
from api.safe import Vault
from schemas.values import LATEST, OfferId, OrganizationId, PersonId
from tests.api.browsing import PHONE_SCREEN, SMALL, Stage, mixed, served

# Not a loopback name: as behind a LAN's address, browsers then send no Sec-Fetch-Site.
HOST = "shouwang.test"


@dataclass
class Scene:
    """An exercise with its desk signed in, and the messenger's hold on the same folder."""

    stage: Stage
    folder: Path
    incident: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def message(self) -> tuple[str, Answering]:
        """An offer of two pumps to a new team, and what its leader is sent."""
        name = f"Team {next(self.numbers)}"
        team = OrganizationId(self.stage.organization(name, "PUMP_DRAIN"))
        persons, vault = Persons(self.folder / "people.db"), Vault(self.folder / "keys.db")
        answers = Answers(self.folder / NOTICES, vault)
        leader = PersonId(persons.add("-", "13900000000", organization=team))
        demand = self.stage.demand(self.incident, "drainage", "PUMP_DRAIN")
        [offer] = self.stage.rows("offer", organization=team, demand=demand)
        told = answers.make(OfferId(offer["id"]), leader, team, LATEST)
        persons.close()
        answers.close()
        return offer["id"], told

    def offer(self, id: str) -> dict[str, Any]:
        [found] = self.stage.rows("offer", id=id)
        return found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("outside") / "data"
    with served(folder, "--purpose", "exercise", names=HOST) as (address, link):
        stage = Stage(address)
        stage.sign_in(link)
        yield Scene(stage, folder, stage.incident("typhoon"))


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    arguments = ["--no-sandbox", f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield found
        found.close()


@pytest.fixture(params=["zh", "en"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An old phone: narrow, touched by one thumb, without scripts."""
    context = browser.new_context(
        viewport=PHONE_SCREEN,
        has_touch=True,
        is_mobile=True,
        java_script_enabled=False,
        locale="zh-CN" if request.param == "zh" else "en-GB",
    )
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()


def looked_at(page: Page, name: str) -> None:
    """All in one language, nothing too small for a thumb, nothing to scroll sideways."""
    language = (page.locator("html").get_attribute("lang") or "")[:2]
    page.locator(".mode, .other, .plain").evaluate_all("all => all.forEach((e) => e.hidden = true)")
    assert not mixed(page, language)
    page.locator("[hidden]").evaluate_all("all => all.forEach((e) => e.hidden = false)")
    assert not page.evaluate(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    folder = os.environ.get("SHOUWANG_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}-{language}.png", full_page=True)


def at(scene: Scene, path: str) -> str:
    return scene.stage.address.replace("127.0.0.1", HOST) + path


def test_a_yes_by_link(scene: Scene, phone: Page) -> None:
    asked, told = scene.message()
    phone.goto(at(scene, f"/o/{told.token}"))
    expect(phone.locator(".mode")).to_have_text("演练 EXERCISE")
    looked_at(phone, "open")
    phone.locator("select[name=quantity]").select_option("1")
    phone.locator("select[name=minutes]").select_option("30")
    phone.locator("button.yes").tap()
    expect(phone.locator(".state")).to_contain_text("1")
    expect(phone.locator("form")).to_have_count(0)
    looked_at(phone, "accepted")
    offer = scene.offer(asked)
    assert (offer["state"], offer["answered"], offer["minutes"]) == ("accepted", 1, 30)
    assert offer["by_message"]
    phone.reload()  # posts once more
    expect(phone.locator(".state")).to_contain_text("1")
    assert scene.offer(asked) == offer
    phone.locator(".other a").tap()
    expect(phone.locator(".state")).to_contain_text("1")


def test_a_no_by_code(scene: Scene, phone: Page) -> None:
    asked, (_, code) = scene.message()
    phone.goto(at(scene, "/a"))
    looked_at(phone, "code")
    phone.locator("[name=code]").fill("AAAA0000")
    phone.locator("button.yes").tap()
    expect(phone.locator(".problem")).to_be_visible()
    looked_at(phone, "wrong")
    phone.locator("[name=code]").fill(f"{code[:4]}-{code[4:]}".lower())
    phone.locator("button.yes").tap()
    phone.locator("button.plain").tap()
    expect(phone.locator("dl")).to_be_visible()
    phone.locator("summary").tap()
    looked_at(phone, "reasons")
    phone.locator("select[name=free_from]").select_option(index=2)
    phone.locator("button[value=road_blocked]").tap()
    expect(phone.locator(".state")).to_be_visible()
    looked_at(phone, "declined")
    offer = scene.offer(asked)
    assert (offer["state"], offer["decline_reason"]) == ("declined", "road_blocked")
    assert offer["free_from"] is not None


def test_a_link_that_is_unknown(scene: Scene, phone: Page) -> None:
    phone.goto(at(scene, "/o/AAAAAAAAAAAAAAAAAAAAAA"))
    expect(phone.locator("[name=code]")).to_be_visible()
    looked_at(phone, "unknown")


def test_the_sheet_to_print(scene: Scene, phone: Page) -> None:
    phone.goto(at(scene, "/answer/poster"))
    box = phone.locator("svg.qr").bounding_box()
    assert box
    assert box["width"] == box["height"] > 200
    folder = os.environ.get("SHOUWANG_SHOTS")
    if folder:
        phone.screenshot(path=f"{folder}/poster.png", full_page=True)
        phone.pdf(path=f"{folder}/poster.pdf", format="A4")
