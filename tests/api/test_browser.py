"""People at their screens: the whole way of a demand in Chromium, against a real server."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.api.browsing import (
    COUNTY,
    SMALL,
    TEAM,
    TOWN,
    Screens,
    Server,
    in_both_languages,
    mixed,
    shouwang,
)

KEYS_MAX = 15
UNDO = re.compile("撤销|Undo")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Server]:
    """A new folder, served; without a browser there is no use for it."""
    folder = str(tmp_path_factory.mktemp("browser") / "data")
    root = Path(__file__).parent.parent.parent
    made = subprocess.run(
        shouwang("init", "--data", folder), cwd=root, capture_output=True, text=True, check=True
    )
    link = json.loads(made.stdout.splitlines()[-1])["link"]
    command = shouwang("serve", "--data", folder, "--port", "0")
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = next(line for line in process.stdout if line.startswith("{"))
        server = Server(json.loads(told)["address"])
        server.sign_in(link)
        yield server
        process.terminate()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def screens(browser: Browser, server: Server) -> Iterator[Screens]:
    opened = Screens(browser, server)
    yield opened
    for context in browser.contexts:
        context.close()
    assert not opened.complaints


def open_incident(desk: Page, hazard: str) -> None:
    desk.locator("#open-incident-box > summary").click()
    desk.locator("#open-incident [name=hazard]").select_option(hazard)
    desk.locator("#open-incident [name=division]").select_option(TOWN)
    desk.locator("#open-incident button").click()
    expect(desk.locator("#post [name=kind]")).to_be_enabled()


def post_by_keyboard(desk: Page) -> int:
    """Post a most urgent drainage demand without touching the mouse; how many keys it took."""
    keys = ["n", "d", "r", "Tab", "ArrowUp", "Control+Enter"]
    desk.locator("body").focus()
    for key in keys:
        desk.keyboard.press(key)
    return len(keys) + 1  # Control is a key too


def test_the_way_of_a_demand(server: Server, screens: Screens) -> None:
    organization = server.organization(TEAM, "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    link = server.link("organization", organization=organization)
    crew = screens.sign_in(link, "zh", phone=True)
    expect(crew.locator("#no-offers")).to_be_visible()

    open_incident(desk, "typhoon")
    assert post_by_keyboard(desk) <= KEYS_MAX
    expect(desk.get_by_role("button", name=UNDO)).to_be_visible()
    expect(desk.locator("#demands .card h3")).to_have_text("No. 1 Drainage")
    expect(desk.locator("#demands .party")).to_contain_text(TEAM)
    in_both_languages(desk)

    offer = crew.locator("#offers .card")
    expect(offer).to_have_count(1)
    assert not crew.evaluate(SMALL)
    in_both_languages(crew)
    offer.get_by_role("button", name="接受").tap()
    steps(crew)
    confirm_and_close(desk)
    recover(desk, crew)
    review(server, screens)


def steps(crew: Page) -> None:
    """On the way, arrived (the answer is lost at first), done."""
    card = crew.locator("#assignments .card")
    card.get_by_role("button", name="查看联系人与地址").tap()
    expect(card).to_contain_text("没有填写")
    card.get_by_role("button", name="已出发").tap()
    expect(card.locator(".chip.state")).to_have_text("途中")
    card.get_by_role("button", name="已到达").tap()
    expect(card.locator(".chip.state")).to_have_text("已到场")
    in_both_languages(crew)
    card.get_by_role("button", name="已完成").tap()
    expect(card.locator(".chip.state")).to_have_text("已报完成")


def confirm_and_close(desk: Page) -> None:
    card = desk.locator("#demands .card")
    card.get_by_role("button", name="Confirm done").click()
    expect(card.locator(".chip.state")).to_have_text("confirmed done")
    card.get_by_role("button", name="Close demand").click()
    in_both_languages_of_dialog(desk)
    desk.locator("#dialog button[type=submit]").click()
    expect(desk.locator("#no-demands")).to_be_visible()


def in_both_languages_of_dialog(desk: Page) -> None:
    """A dialog is modal, so its language cannot change under it."""
    assert not mixed(desk, "en")
    assert not desk.evaluate(SMALL)


def recover(desk: Page, crew: Page) -> None:
    """The recovery task: opened, claimed, reported, verified; then the incident is closed."""
    task = desk.locator("#tasks .card")
    task.get_by_role("button", name="Open").click()
    mine = crew.locator("#tasks .card")
    mine.get_by_role("button", name="认领").tap()
    in_both_languages(crew)
    mine.get_by_role("button", name="已完成").tap()
    task.get_by_role("button", name="Verify").click()
    expect(desk.locator("#no-tasks")).to_be_visible()
    desk.get_by_role("button", name="Close incident").click()
    desk.locator("#dialog button[type=submit]").click()
    expect(desk.locator("#incidents .card .chip")).to_have_text("closed")


def review(server: Server, screens: Screens) -> None:
    reviewer = screens.sign_in(server.link("reviewer", division=COUNTY), "zh")
    entries = reviewer.locator("#entries > li")
    expect(entries.first).to_contain_text("启动事件")
    read = entries.count()
    assert read >= 8
    reviewer.locator("#by-organization").select_option(label=f"{TEAM} · 东城街道")
    expect(entries).not_to_have_count(read)
    reviewer.locator("#by-demand").fill("99")
    expect(reviewer.locator("#no-entries")).to_be_visible()
    reviewer.locator("#by-demand").fill("1")
    reviewer.locator("#ask-why").click()
    expect(reviewer.locator("#why-answer p").first).to_be_visible()
    in_both_languages(reviewer)


# --- a bad signal, and answers that come too late --------------------------------------------


def first_try_unanswered(page: Page, path: str) -> list[str]:
    """Let the first request to a path arrive and lose its answer; the keys of all tries."""
    keys: list[str] = []

    def handle(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(f"**{path}", handle)
    return keys


def crew_with_offer(server: Server, screens: Screens, skill: str, kind: str, hazard: str) -> Page:
    """A phone on which an offer has just come up."""
    organization = server.organization(TEAM, skill)
    crew = screens.sign_in(server.link("organization", organization=organization), "zh", True)
    server.demand(server.incident(hazard), kind, skill)
    expect(crew.locator("#offers .card")).to_have_count(1)
    return crew


def forgive(screens: Screens, word: str) -> None:
    """Browsers log failed requests by themselves; those that a test makes are no complaint."""
    screens.complaints[:] = [told for told in screens.complaints if word not in told]


def test_a_lost_answer_makes_no_second_command(server: Server, screens: Screens) -> None:
    crew = crew_with_offer(server, screens, "CATERING", "catering", "earthquake")
    keys = first_try_unanswered(crew, "/accept")
    crew.get_by_role("button", name="接受").tap()
    expect(crew.locator("#waiting")).to_be_visible()
    expect(crew.locator("#waiting")).to_be_hidden()
    expect(crew.locator("#assignments .card")).to_have_count(1)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert not crew.locator(".notice.problem").count()
    forgive(screens, "ERR_FAILED")


def test_a_touch_without_signal_outlives_a_reload(server: Server, screens: Screens) -> None:
    crew = crew_with_offer(server, screens, "SHELTER_OPS", "shelter", "snow_ice")
    crew.get_by_role("button", name="接受").tap()
    crew.route("**/set-off", lambda route: route.abort())
    crew.get_by_role("button", name="已出发").tap()
    button = crew.locator("#assignments .answers > button.big")
    expect(button).to_have_text("等待信号，将自动发送")
    expect(crew.locator("#waiting")).to_be_visible()
    crew.unroute("**/set-off")
    crew.reload()
    expect(crew.locator("#assignments .chip.state")).to_have_text("途中")
    forgive(screens, "ERR_FAILED")


def test_an_answer_that_comes_too_late_is_told_so(server: Server, screens: Screens) -> None:
    organization = server.organization(TEAM, "DRONE")
    link = partial(server.link, "organization", organization=organization)
    server.demand(server.incident("heat_drought"), "reconnaissance", "DRONE")
    first = screens.sign_in(link(), "zh", phone=True)
    second = screens.open("en", phone=True)
    # The second phone has the board, and hears of no change.
    second.route("**/live?**", lambda route: route.abort())
    second.goto(link())
    second.locator("#sign-in").tap()
    expect(second.locator("#offers .card")).to_have_count(1)
    first.get_by_role("button", name="接受").tap()
    expect(first.locator("#assignments .card")).to_have_count(1)
    second.get_by_role("button", name="Accept").tap()
    expect(second.locator(".notice.problem")).to_contain_text("has been answered")
    expect(second.locator("#link")).to_contain_text("Not connected")
    forgive(screens, "ERR_FAILED")
    forgive(screens, "409")


def test_what_cannot_be_resumed_is_loaded_anew(server: Server, screens: Screens) -> None:
    page = screens.open("en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))

    def lose(route: Route) -> None:
        problem = {"code": "resume_lost", "message": {"zh": "-", "en": "-"}}
        route.fulfill(status=410, json=problem)

    page.route("**/live?**", lose, times=1)
    page.goto(server.link("reviewer", division=COUNTY))
    page.locator("#sign-in").click()
    expect(page.locator("#link")).not_to_have_class(re.compile("lost"))
    page.wait_for_timeout(300)
    assert asked.count("/api/v1/board") == 2
    assert asked.count("/api/v1/live") == 2
    forgive(screens, "410")


def test_what_is_undone_is_stood_down(server: Server, screens: Screens) -> None:
    organization = server.organization(TEAM, "RADIO_COMMS")
    crew = screens.sign_in(server.link("organization", organization=organization), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    open_incident(desk, "utility_outage")
    desk.locator("#post [name=kind]").select_option("communication")
    desk.locator("#priorities label").first.click()
    desk.locator("#post [name=contact]").fill("R2 13800001234")
    desk.locator("#send").click()
    expect(crew.locator("#offers .card")).to_have_count(1)
    desk.get_by_role("button", name=UNDO).click()
    expect(crew.locator("#offers .card")).to_have_count(0)
    expect(crew.locator("#ended .card")).to_contain_text("已撤回")
    expect(crew.locator("#ended .card")).to_contain_text("误发")


def test_the_desk_records_what_it_hears_by_phone(server: Server, screens: Screens) -> None:
    server.organization(TEAM, "MEDIATION")
    incident = server.incident("crowd_safety")
    server.demand(incident, "mediation", "MEDIATION", contact="R2 13800001234")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#list-incident").select_option(incident)
    card = desk.locator("#demands .card")
    expect(card).to_have_count(1)
    card.get_by_role("button", name="By phone").click()
    desk.locator("#dialog button[type=submit]").click()
    expect(card.locator(".party")).to_contain_text("by phone")
    in_both_languages(desk)

    card.get_by_role("button", name="See contact").click()
    expect(desk.locator("#dialog a")).to_have_attribute("href", "tel:13800001234")
    desk.keyboard.press("Escape")
    card.get_by_role("button", name="Amend").click()
    desk.locator("#dialog [name=target-0]").fill("3")
    desk.locator("#dialog button[type=submit]").click()
    expect(card.locator(".line-head")).to_contain_text("of 3")
    close_with_somebody_out(desk)
    forgive(screens, "409")


def close_with_somebody_out(desk: Page) -> None:
    """Closing asks to name who is still out, and refuses until each is named."""
    card = desk.locator("#incidents .card", has_text="Crowd safety")
    card.get_by_role("button", name="Close incident").click()
    assert not mixed(desk, "en")
    submit = desk.locator("#dialog button[type=submit]")
    submit.click()
    expect(desk.locator("#dialog .problem")).to_contain_text("still live")
    desk.locator("#dialog [name=stand_down]").check()
    submit.click()
    expect(card.locator(".chip")).to_have_text("closed")


# --- at the threshold ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["desk", "organization", "review"])
def test_without_a_session_a_page_says_how_to_get_one(
    server: Server, screens: Screens, name: str
) -> None:
    page = screens.open("zh")
    page.goto(f"{server.address}/{name}")
    expect(page.locator("#signed-out")).to_be_visible()
    in_both_languages(page)
    forgive(screens, "401")


def test_a_link_is_used_by_a_press_and_only_once(server: Server, screens: Screens) -> None:
    link = server.link("reviewer", division=COUNTY)
    first, second = screens.open("zh"), screens.open("en")
    for page in (first, second):
        page.goto(link)
        expect(page.locator("#ready")).to_be_visible()
        in_both_languages(page)
    first.locator("#sign-in").click()
    expect(first).to_have_url(f"{server.address}/review")
    second.locator("#sign-in").click()
    expect(second.locator("#problem")).to_contain_text("used already")
    forgive(screens, "401")


def test_the_first_page_speaks_both_languages(server: Server, screens: Screens) -> None:
    page = screens.open("zh", phone=True)
    page.goto(f"{server.address}/?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert not mixed(page, "en")
    page.locator("[data-language=zh]").tap()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert not mixed(page, "zh")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
