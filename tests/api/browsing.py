"""A served folder and browser pages on it, for tests of what people see."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.sound import assert_sound

ROOT = Path(__file__).parent.parent.parent
COUNTY, TOWN = "330324", "330324001"
POINT = {"crs": "WGS-84", "lon": 120.69, "lat": 28.15, "division": TOWN}
TEAM = "Team 7"  # names and typed texts have no letter of the other language's script
DESK_SCREEN = ViewportSize(width=1280, height=900)
PHONE_SCREEN = ViewportSize(width=390, height=844)
MINUTE = 60_000

CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile("[A-Za-z]{3,}")
# What people typed, names of systems and of keys, and what a log calls an account.
SAME_IN_BOTH = re.compile(
    r"[0-9a-f]{64}|Team \d|WGS-84|CSV|Excel|GeoJSON"
    r"|Ctrl\+Enter|账户 \w+|account \w+|^(风险|集合|Risks|Rally point)[:\uff1a].*"
)

# Text that a reader sees now, of elements that do not hold both languages on purpose.
VISIBLE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const both = element.closest("[data-language], #mode, noscript, script, #who");
    if (!both && element.checkVisibility()) texts.push(walker.currentNode.textContent.trim());
  }
  return texts.filter(Boolean);
}"""

SMALL = """() => [...document.querySelectorAll("button, select, input, textarea, summary")]
  .map((element) => element.closest("label.choice, label.tick") ?? element)
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([element, box]) => {
    const fine = matchMedia("(pointer: fine)").matches && element.closest(".desk .list");
    return box.width > 0 && box.height < (fine ? 24 : 44);
  })
  .map(([element, box]) => `${box.height}: ${element.outerHTML.slice(0, 80)}`)"""
"""Everything to be touched that is lower than 44 pixels; 24 in a list along which a mouse goes."""


@dataclass
class Server:
    """A served folder, and its steward at the doors."""

    address: str
    opener: Any = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))
    keys: Iterator[int] = field(default_factory=count)

    def get(self, path: str, role: str = "steward") -> Any:
        asked = Request(f"{self.address}/api/v1{path}", headers={"Shouwang-Role": role})
        with self.opener.open(asked, timeout=10) as answer:
            return json.load(answer)

    def post(
        self, path: str, body: dict[str, Any], role: str = "steward", revision: int | None = None
    ) -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"k{next(self.keys)}"}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        data = json.dumps(body).encode()
        url, headers["Shouwang-Role"] = f"{self.address}/api/v1{path}", role
        with self.opener.open(Request(url, data, headers), timeout=10) as answer:
            return json.load(answer)

    def sign_in(self, link: str) -> None:
        """Take a one-time link for the requests made here, beside what is signed in already."""
        told = {name: values[0] for name, values in parse_qs(urlsplit(link).fragment).items()}
        self.post("/sessions", told)

    def organization(self, name: str, skill: str, **more: Any) -> str:
        body = {
            "name": name,
            "registration_class": "filed",
            "home": TOWN,
            "place": POINT,
            "capabilities": [{"skill": skill, "units": 2}],
            "people": 9,
            "insist": True,  # one folder serves many tests
        }
        return str(self.post("/organizations", body | more)["id"])

    def link(self, role: str, **scope: str) -> str:
        """A sign-in address for a new account."""
        body = {"name": "R1", "role": role, "reason": "new_person", **scope}
        made = self.post("/accounts", body)
        return f"{self.address}/sign-in#{urlsplit(made['link']).fragment}"

    def incident(self, hazard: str) -> str:
        """Open an incident as the township's desk."""
        self.sign_in(self.link("desk", division=TOWN))
        return str(self.post("/incidents", {"hazard": hazard, "division": TOWN}, "desk")["id"])

    def demand(self, incident: str, kind: str, skill: str, **more: Any) -> str:
        """Publish a most urgent demand as the township's desk."""
        body = {
            "incident": incident,
            "kind": kind,
            "priority": 1,
            "place": POINT,
            "lines": [{"skill": skill, "minimum": 1, "target": 2}],
            "risk_statement": "-",
            "rally_point": "-",
        }
        return str(self.post("/demands", body | more, "desk")["id"])


class Stage(Server):
    """An exercise whose time stands until it is moved on."""

    @property
    def now(self) -> int:
        return int(self.get("/conductor")["at"])

    def advance(self, minutes: float) -> None:
        """Let time go on, with everything that falls due on the way."""
        to = self.now + round(minutes * MINUTE)
        body = {"to": to, "operation": "exercise", "pace": 1}
        while self.post("/conductor/advance", body)["behind"]:
            pass

    def rows(self, kind: str, **where: str) -> list[dict[str, Any]]:
        """Rows of a township's or county's desk."""
        found = [row for row in self.get("/board", "desk")["rows"] if row["type"] == kind]
        return [row for row in found if all(row[name] == value for name, value in where.items())]


def shouwang(*arguments: str) -> list[str]:
    """The command line of the program under test, ending with one JSON object."""
    program = "import sys; from api.cli.command import main; sys.exit(main())"
    return [sys.executable, "-c", program, *arguments, "--json"]


@contextmanager
def served(folder: Path, *purpose: str, names: str = "") -> Iterator[tuple[str, str]]:
    """A new folder, served: its address, and its first steward's link.

    `names`: by which it may be asked for, besides its own address.
    """
    made = subprocess.run(
        shouwang("init", "--data", str(folder), *purpose),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    link = str(json.loads(made.stdout.splitlines()[-1])["link"])
    command = shouwang("serve", "--data", str(folder), "--port", "0")
    command += ["--names", names] if names else []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = next(line for line in process.stdout if line.startswith("{"))
        try:
            yield str(json.loads(told)["address"]), link
        finally:
            process.terminate()
    assert_sound(folder)


@dataclass
class Screens:
    """Opens pages for people and keeps what their consoles complain of."""

    browser: Browser
    server: Server
    complaints: list[str] = field(default_factory=list)

    def open(self, language: str, phone: bool = False) -> Page:
        context = self.browser.new_context(
            viewport=PHONE_SCREEN if phone else DESK_SCREEN,
            has_touch=phone,
            is_mobile=phone,
            locale="zh-CN" if language == "zh" else "en-GB",
        )
        context.set_default_timeout(8_000)
        page = context.new_page()
        if phone:
            page.clock.install()  # what a thumb has to wait for is over in no time
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        return page

    def sign_in(self, link: str, language: str, phone: bool = False) -> Page:
        page = self.open(language, phone)
        page.goto(link)
        page.locator("#sign-in").click()
        expect(page.locator("#main")).to_be_visible()
        expect(page.locator("#link")).not_to_have_class(re.compile("lost"))
        return page

    def forgive(self, word: str) -> None:
        """Browsers log failed requests by themselves; those that a test makes are no complaint."""
        self.complaints[:] = [told for told in self.complaints if word not in told]

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


def mixed(page: Page, language: str) -> list[str]:
    """Visible texts that hold a word of the other language."""
    wrong = CHINESE if language == "en" else ENGLISH
    texts: list[str] = page.evaluate(VISIBLE)
    return [text for text in texts if wrong.search(SAME_IN_BOTH.sub("", text))]


def in_both_languages(page: Page) -> None:
    """Whatever the page shows just now, all of it is in the chosen language; then back."""
    for _ in range(2):
        language = page.locator("html").get_attribute("lang") or ""
        assert drawn(page, language[:2])
        page.locator("[data-language]").click()
        expect(page.locator("html")).not_to_have_attribute("lang", language)
    assert drawn(page, (page.locator("html").get_attribute("lang") or "")[:2])


def drawn(page: Page, language: str) -> bool:
    """Whether all is drawn in a language: lists are, a moment after the page's own texts."""
    for _ in range(20):
        page.wait_for_timeout(50)
        if not mixed(page, language):
            return True
    return not mixed(page, language)


def chosen(desk: Page, number: int) -> Locator:
    """The card of the demand with a number, when it was chosen in the list."""
    named = re.compile(rf"\D{number}\b")
    row = desk.locator("#overview .row").filter(has=desk.locator("b", has_text=named))
    row.click()
    return desk.locator("#demands article").filter(has=desk.get_by_role("heading", name=named))


def touch(within: Page | Locator, name: str | re.Pattern[str]) -> None:
    """Touch a button of a phone, a moment after the last touch, when it is no slip any more."""
    page = within if isinstance(within, Page) else within.page
    page.clock.fast_forward(1_000)
    within.get_by_role("button", name=name, exact=True).tap()


def step(card: Locator, name: str, then: str) -> None:
    """Press the one next step, when the quiet seconds are over, and see it taken."""
    card.page.clock.fast_forward(5_000)
    touch(card, name)
    expect(card.locator(".chip.state")).to_have_text(then)


def confirm(page: Page, **said: str) -> None:
    """Choose in a dialog what is said, press what it asks for, and see it go away."""
    for name, value in said.items():
        control = page.locator(f"#dialog [name={name}]").first
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            page.locator(f"#dialog [name={name}][value={value}]").check(force=True)
    page.locator("#dialog button[type=submit]").click()
    expect(page.locator("#dialog")).to_be_hidden()
