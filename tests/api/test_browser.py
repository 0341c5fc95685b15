"""People at their screens: the whole way of a demand in Chromium, against a real server."""

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.api.browsing import (
    COUNTY,
    SMALL,
    TEAM,
    TOWN,
    Screens,
    Server,
    confirm,
    in_both_languages,
    mixed,
    served,
    step,
    touch,
)

KEYS_MAX = 15
UNDO = re.compile("撤销|Undo")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Server]:
    """A log for operations, at the pace of the clock; without a browser there is no use for it."""
    with served(tmp_path_factory.mktemp("browser") / "data") as (address, link):
        server = Server(address)
        server.sign_in(link)
        yield server


def open_incident(desk: Page, hazard: str) -> None:
    desk.locator("#open-incident-box > summary").click()
    desk.locator("#open-incident [name=hazard]").select_option(hazard)
    desk.locator("#open-incident [name=division]").select_option(TOWN)
    desk.locator("#open-incident button").click()
    desk.locator("#post-box").evaluate("box => (box.open = true)")
    expect(desk.locator("#post [name=kind]")).to_be_enabled()
    if desk.locator("#post [name=incident] [value='']").count():  # of several none is chosen
        desk.locator("#post [name=incident]").select_option(index=1)


def post_by_keyboard(desk: Page) -> int:
    """Post a most urgent drainage demand without touching the mouse; how many keys it took."""
    keys = ["n", "d", "r", "Tab", "Space", "Control+Enter"]
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
    expect(desk.locator("#priorities input:checked")).to_have_count(0)
    assert post_by_keyboard(desk) <= KEYS_MAX
    expect(desk.get_by_role("button", name=UNDO)).to_be_visible()
    card = desk.locator("#demands .card.marked")
    expect(card.locator("h3")).to_have_text("No. 1 Drainage")
    expect(card.locator(".party")).to_contain_text(TEAM)
    expect(card.locator(".asking")).to_contain_text("1 being asked (1 pump), answers awaited until")
    expect(card).not_to_contain_text("can be asked")
    expect(desk.locator("#priorities input:checked")).to_have_count(0)
    in_both_languages(desk)

    offer = crew.locator("#offers .card")
    expect(offer).to_have_count(1)
    expect(offer).to_contain_text("1 台")
    assert not crew.evaluate(SMALL)
    in_both_languages(crew)
    double_tap(crew, "答应")
    steps(crew)
    confirm_and_close(desk)
    recover(desk, crew)
    review(server, screens)


def double_tap(crew: Page, name: str) -> None:
    """Two touches of a thumb within a moment are one: nothing that follows is taken by it."""
    expect(crew.locator("#offers button.primary")).to_be_enabled()
    box = crew.get_by_role("button", name=name, exact=True).bounding_box()
    assert box
    for _ in range(3):
        crew.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        crew.wait_for_timeout(250)
    card = crew.locator("#assignments .card")
    expect(card.locator(".chip.state")).to_have_text("已答应")
    button = card.locator(".answers > button.big")
    expect(button).to_have_text("已记录，请稍候……")
    expect(button).to_be_disabled()


def steps(crew: Page) -> None:
    """On the way, arrived, back again since that was a slip, arrived, done."""
    card = crew.locator("#assignments .card")
    expect(card).to_contain_text("没有填写")
    step(card, "已出发", "途中")
    step(card, "已到达", "已到场")
    in_both_languages(crew)
    touch(card, re.compile("撤销上一步"))
    expect(card.locator(".chip.state")).to_have_text("途中")
    step(card, "已到达", "已到场")
    step(card, "已完成", "已报完成")


def confirm_and_close(desk: Page) -> None:
    card = desk.locator("#demands .card")
    card.get_by_role("button", name="Confirm done").click()
    expect(card.locator(".chip.state")).to_have_text("confirmed done")
    card.get_by_role("button", name="End the demand").click()
    in_both_languages_of_dialog(desk)
    confirm(desk, reason="met")
    expect(desk.locator("#no-demands")).to_be_visible()


def in_both_languages_of_dialog(desk: Page) -> None:
    """A dialog is modal, so its language cannot change under it."""
    assert not mixed(desk, "en")
    assert not desk.evaluate(SMALL)


def recover(desk: Page, crew: Page) -> None:
    """The recovery task: opened out of its fold, given back, claimed again, done, verified."""
    expect(desk.locator("#no-tasks")).to_be_visible()
    desk.locator("#proposed-box > summary").click()
    proposed = desk.locator("#proposed .card")
    expect(proposed).to_contain_text("Pumping and drainage 1 pump")
    proposed.get_by_role("button", name="Open").click()
    task, mine = desk.locator("#tasks .card"), crew.locator("#tasks .card")
    touch(mine, "认领")
    in_both_languages(crew)
    mine.locator("summary").tap()
    touch(mine, "退回任务")
    touch(mine, "认领")
    touch(mine, "已完成")
    touch(mine, "再点一次确认")
    task.get_by_role("button", name="Verify").click()
    expect(desk.locator("#no-tasks")).to_be_visible()
    desk.get_by_role("button", name="End the response").click()
    confirm(desk)
    incident = desk.locator("#incidents .card")
    expect(incident.locator(".chip")).to_have_text("ended")
    expect(incident).to_contain_text("until then it can be reopened. Backups keep it 7 days more.")


def review(server: Server, screens: Screens) -> None:
    reviewer = screens.sign_in(server.link("reviewer", division=COUNTY), "zh")
    entries = reviewer.locator("#entries > li")
    expect(entries.first).to_contain_text("启动响应")
    read = entries.count()
    assert read >= 8
    reviewer.locator("#by-organization").select_option(label=f"{TEAM} · 东城街道")
    expect(entries).not_to_have_count(read)
    reviewer.locator("#by-demand").fill("99")
    expect(reviewer.locator("#no-entries")).to_be_visible()
    reviewer.locator("#by-demand").fill("1")
    reviewer.locator("#ask-why").click()
    expect(reviewer.locator("#why-answer p").first).to_contain_text("已请求")
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


def test_a_lost_answer_makes_no_second_command(server: Server, screens: Screens) -> None:
    crew = crew_with_offer(server, screens, "CATERING", "catering", "earthquake")
    keys = first_try_unanswered(crew, "/accept")
    touch(crew, "答应")
    expect(crew.locator("#waiting")).to_be_visible()
    expect(crew.locator("#waiting")).to_be_hidden()
    expect(crew.locator("#assignments .card")).to_have_count(1)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert not crew.locator(".notice.problem").count()
    screens.forgive("ERR_FAILED")


def test_a_touch_without_signal_outlives_a_reload(server: Server, screens: Screens) -> None:
    crew = crew_with_offer(server, screens, "SHELTER_OPS", "shelter", "snow_ice")
    touch(crew, "答应")
    crew.route("**/set-off", lambda route: route.abort())
    crew.clock.fast_forward(5_000)
    touch(crew, "已出发")
    button = crew.locator("#assignments .answers > button.big")
    expect(button).to_have_text("等待信号，将自动发送")
    expect(crew.locator("#waiting")).to_be_visible()
    crew.unroute("**/set-off")
    crew.reload()
    expect(crew.locator("#assignments .chip.state")).to_have_text("途中")
    screens.forgive("ERR_FAILED")


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
    touch(first, "答应")
    expect(first.locator("#assignments .card")).to_have_count(1)
    touch(second, "Say yes")
    expect(second.locator(".notice.problem")).to_contain_text("has been answered")
    expect(second.locator("#link")).to_contain_text("Nothing heard")
    screens.forgive("ERR_FAILED")
    screens.forgive("409")


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
    screens.forgive("410")


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
    organization = server.organization(TEAM, "MEDIATION")
    person = {"name": "R3", "telephone": "138 0577 1234", "organization": organization}
    server.post("/persons", person)
    incident = server.incident("crowd_safety")
    server.demand(incident, "mediation", "MEDIATION", contact="R2 13800001234")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#list-incident").select_option(incident)
    card = desk.locator("#demands .card")
    expect(card).to_have_count(1)
    card.get_by_role("button", name="By phone").click()
    desk.get_by_role("button", name="Show telephone numbers").click()
    expect(desk.locator("#dialog a")).to_have_attribute("href", "tel:13805771234")
    in_both_languages_of_dialog(desk)
    confirm(desk, answer="accept")
    expect(card.locator(".party")).to_contain_text("by phone")
    in_both_languages(desk)

    card.get_by_role("button", name="See contact").click()
    in_both_languages_of_dialog(desk)
    desk.locator("#dialog [value=calling]").check(force=True)
    desk.locator("#dialog button[type=submit]").click()
    expect(desk.locator("#dialog a")).to_have_attribute("href", "tel:13800001234")
    desk.keyboard.press("Escape")
    card.get_by_role("button", name="Amend").click()
    in_both_languages_of_dialog(desk)
    desk.locator("#dialog [name=target-0]").fill("3")
    confirm(desk)
    expect(card.locator(".line-head")).to_contain_text("of 3 teams")
    correct(desk)


def correct(desk: Page) -> None:
    """A step recorded by phone is undone at once; a wrong one is put right later."""
    card = desk.locator("#demands .card")
    for end in (UNDO, "Correct"):
        card.get_by_role("button", name="By phone").first.click()
        desk.locator("#dialog [value=arrive]").check()
        confirm(desk)
        expect(card.locator(".chip.state")).to_have_text("on the scene")
        card.get_by_role("button", name=end).click()
        if end == "Correct":
            desk.locator("#dialog [value=en_route]").check()
            in_both_languages_of_dialog(desk)
            confirm(desk)
    expect(card.locator(".chip.state")).to_have_text("on the way")


def test_the_desk_asks_somebody_itself(server: Server, screens: Screens) -> None:
    """Past the distance, with a reason; of two lines one is dropped."""
    far = {"crs": "WGS-84", "lon": 121.1, "lat": 28.15, "division": TOWN}
    organization = server.organization("Team 8", "FARM_RESTORE", place=far)
    incident = server.incident("forest_fire")
    lines = [{"skill": skill, "minimum": 1, "target": 2} for skill in ("FARM_RESTORE", "LEGAL_AID")]
    server.demand(incident, "farm", "FARM_RESTORE", lines=lines)
    crew = screens.sign_in(server.link("organization", organization=organization), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#list-incident").select_option(incident)
    first, second = (desk.locator("#demands .line").nth(number) for number in (0, 1))
    expect(first.locator(".unmet")).to_contain_text(re.compile("1 beyond reach.* at once"))
    first.get_by_role("button", name="Ask directly").click()
    expect(desk.locator("#dialog option").last).to_contain_text(
        re.compile(r"Team 8 · 40\.\d km · 2 crews")
    )
    in_both_languages_of_dialog(desk)
    desk.locator("#dialog [name=reason]").fill("-")
    confirm(desk, organization=organization)
    expect(first.locator(".party")).to_contain_text("asked by the desk itself")
    expect(first.locator(".unmet")).to_have_count(0)
    second.get_by_role("button", name="Drop this line").click()
    confirm(desk)
    expect(second).to_contain_text("no longer wanted")
    expect(desk.get_by_role("button", name="Drop this line")).to_have_count(0)
    in_both_languages(desk)
    touch(crew, "答应")
    expect(first.locator(".cover")).to_have_text("covered")


# --- at the threshold ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["desk", "organization", "review"])
def test_without_a_session_a_page_says_how_to_get_one(
    server: Server, screens: Screens, name: str
) -> None:
    page = screens.open("zh")
    page.goto(f"{server.address}/{name}")
    expect(page.locator("#signed-out")).to_be_visible()
    in_both_languages(page)
    screens.forgive("401")


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
    screens.forgive("401")


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
