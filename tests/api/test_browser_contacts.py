"""Contacts on an organization's phone: a number added, proved by its code, and agreed to."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from api.people import Addresses, ToVerify, Whose
from api.safe import Vault
from schemas.values import OrganizationId
from tests.api.browsing import (
    SMALL,
    TEAM,
    TOWN,
    Screens,
    Server,
    in_both_languages,
    served,
    touch,
)

NUMBER = "138 0577 1234"
THEIRS = "138 0577 5678"
HOOK = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"


class Kept(Server):
    """A served folder whose file of people the test reads beside it, as the worker does."""

    folder: Path

    def addresses(self) -> Addresses:
        self.vault = Vault(self.folder / "keys.db")
        return Addresses(self.folder / "people.db", self.vault)

    def taken(self) -> list[ToVerify]:
        """The codes that wait, as the delivery worker takes them."""
        with closing(self.addresses()) as addresses, closing(self.vault):
            return addresses.to_verify()

    def sent(self, id: str, outcome: str, why: str = "") -> None:
        with closing(self.addresses()) as addresses, closing(self.vault):
            addresses.verification_sent(id, outcome, why)

    def vouched(self, organization: str) -> None:
        with closing(self.addresses()) as addresses, closing(self.vault):
            for kept in addresses.of(Whose(OrganizationId(organization), None)):
                addresses.vouch(kept.address.id, "called", by="steward")

    def stopped(self) -> None:
        """T has come from the number."""
        with closing(self.addresses()) as addresses, closing(self.vault):
            addresses.withdraw_number(THEIRS)

    def usable(self, organization: str) -> list[tuple[str, ...]]:
        """What may be used for an organization, and for what."""
        with closing(self.addresses()) as addresses, closing(self.vault):
            found = addresses.of_organization(OrganizationId(organization))
        return [(each.channel, *each.consent) for one in found for each in one.addresses]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("contacts") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOUWANG_MESSAGES", "false")  # the test takes the codes, no messenger does
        yield from _served(folder)


def _served(folder: Path) -> Iterator[Kept]:
    with served(folder) as (address, link):
        server = Kept(address)
        server.folder = folder
        server.sign_in(link)
        yield server


def of_team(server: Kept, screens: Screens, *, phone: bool) -> tuple[str, Page]:
    """A new team's page with its contacts unfolded."""
    organization = server.organization(TEAM, "PUMP_DRAIN")
    link = server.link("organization", organization=organization)
    page = screens.sign_in(link, "zh" if phone else "en", phone)
    page.locator("#persons-box > summary").click()
    expect(page.locator("#no-persons")).to_be_visible()
    return organization, page


def add_person(page: Page, telephone: str = NUMBER) -> Locator:
    page.locator("#add-person [name=name]").fill("R4")
    page.locator("#add-person [name=telephone]").fill(telephone)
    page.locator("#add-person button").click()
    card = page.locator("#persons .card").first
    expect(card.locator(".party")).to_contain_text(telephone)
    return card


def test_a_number_is_added_proved_and_agreed_to(server: Kept, screens: Screens) -> None:
    organization, page = of_team(server, screens, phone=True)
    in_both_languages(page)
    card = add_person(page)
    card.locator("details > summary").tap()
    in_both_languages(page)
    card.locator("details button").tap()
    way = card.locator("[data-address=sms]")
    expect(way).to_contain_text("+8613805771234")
    expect(way.locator(".chip")).to_have_text("未验证，不会使用")
    touch(way, "发送验证码")
    expect(way.locator("[role=status]")).to_have_text("验证码等待发送……")
    (waiting,) = server.taken()
    server.sent(waiting.id, "sent")
    page.clock.fast_forward(2_500)
    expect(way.locator("[role=status]")).to_have_text("验证码已发送，10 分钟内有效")
    in_both_languages(page)
    assert not page.evaluate(SMALL)
    way.locator("[name=code]").fill(waiting.code)
    way.get_by_role("button", name="验证", exact=True).tap()
    expect(way.locator(".chip")).to_have_text("已验证")
    assert server.usable(organization) == []
    way.get_by_label("有协助请求时通知").tap()
    way.get_by_label("夜间（22 至 7 时）也可通知").tap()
    expect(way.locator("input:checked")).to_have_count(2)
    page.wait_for_function("() => !document.querySelector('[data-address] input:disabled')")
    assert server.usable(organization) == [("sms", "ask", "quiet")]
    way.get_by_label("有协助请求时通知").tap()
    expect(way.locator("input:checked")).to_have_count(1)
    page.wait_for_function("() => !document.querySelector('[data-address] input:disabled')")
    assert server.usable(organization) == [("sms", "quiet")]
    in_both_languages(page)
    touch(way, "删除此联系方式")
    touch(way, "再点一次确认")
    expect(way).to_have_count(0)


def test_nobody_agrees_before_the_proof_nor_after_a_t(server: Kept, screens: Screens) -> None:
    organization, page = of_team(server, screens, phone=False)
    card = add_person(page, THEIRS)
    card.locator("details > summary").click()
    card.locator("details button").click()
    way = card.locator("[data-address=sms]")
    expect(way.locator("input:disabled")).to_have_count(3)
    expect(way.locator("fieldset")).to_contain_text("Verify first")
    server.vouched(organization)
    page.reload()
    page.locator("#persons-box > summary").click()
    way.locator("[type=checkbox]").first.click()
    expect(way.locator("input:checked")).to_have_count(1)
    page.wait_for_function("() => !document.querySelector('[data-address] input:disabled')")
    server.stopped()
    page.reload()
    page.locator("#persons-box > summary").click()
    expect(way.locator(".chip")).to_have_text("not verified, not used")
    expect(way.locator("input:disabled")).to_have_count(3)


def test_what_came_of_a_code_is_told_and_a_wrong_one_is_no_proof(
    server: Kept, screens: Screens
) -> None:
    _, page = of_team(server, screens, phone=False)
    card = add_person(page, "138 0577 9012")
    card.locator("details > summary").click()
    card.locator("details button").click()
    way = card.locator("[data-address=sms]")
    way.get_by_role("button", name="Send a code").click()
    expect(way.locator("[role=status]")).to_have_text("The code waits to be sent…")
    (waiting,) = server.taken()
    server.sent(waiting.id, "failed", "channel")
    expect(way.locator("[role=status]")).to_have_text(
        re.compile("The code was not sent.*no working channel is set up")
    )
    server.sent(waiting.id, "unknown", "lost")
    page.reload()
    page.locator("#persons-box > summary").click()
    code = way.locator("[name=code]")
    code.fill(f"{(int(waiting.code) + 1) % 1_000_000:06}")
    code.press("Enter")
    expect(page.locator(".notice.problem")).to_contain_text("This is not the code")
    expect(way.locator(".chip")).to_have_text("not verified, not used")
    screens.forgive("409")


def test_by_keyboard_a_robot_is_added_and_its_address_never_comes_back(
    server: Kept, screens: Screens
) -> None:
    organization, page = of_team(server, screens, phone=False)
    robots = page.locator("#persons .card").last
    robots.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(robots.locator("[name=channel]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(HOOK)
    page.keyboard.press("Tab")
    page.keyboard.type("SEC123")
    page.keyboard.press("Enter")
    way = robots.locator("[data-address=dingtalk_robot]")
    expect(way).to_contain_text("oapi.dingtalk.com…cdef")
    expect(page.locator("body")).not_to_contain_text("access_token")
    told = json.dumps(server.get(f"/addresses?organization={organization}"))
    assert "SEC123" not in told


def test_what_cannot_be_added_is_told(server: Kept, screens: Screens) -> None:
    _, page = of_team(server, screens, phone=False)
    card = add_person(page, "0577-67220000")
    card.locator("details > summary").click()
    card.locator("details button").click()
    expect(page.locator(".notice.problem")).to_contain_text("landlines and 400 numbers")
    expect(card.locator("[data-address]")).to_have_count(0)
    screens.forgive("422")


def test_without_signal_contacts_are_asked_for_again(server: Kept, screens: Screens) -> None:
    organization = server.organization(TEAM, "PUMP_DRAIN", home=TOWN)
    page = screens.sign_in(server.link("organization", organization=organization), "en")
    page.route("**/contacts.js", lambda route: route.abort())
    page.locator("#persons-box > summary").click()
    expect(page.locator(".notice.problem")).to_contain_text("contacts are not loaded")
    page.unroute("**/contacts.js")
    page.locator("#persons-box > summary").click()
    expect(page.locator("#no-persons")).to_be_visible()
    screens.forgive("net::ERR_FAILED")
