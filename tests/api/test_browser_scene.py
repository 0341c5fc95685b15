"""People at their screens while a crew is on the scene: well, counted, silent, called."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.api.browsing import (
    COUNTY,
    TEAM,
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    mixed,
    served,
    step,
    touch,
)

DIALOGS = 18  # at least, about one demand with a crew in danger


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    """An exercise: its time is the test's to give."""
    folder = tmp_path_factory.mktemp("scene") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def insured(server: Stage) -> str:
    """A team whose safeguards are on record, as hazardous work asks."""
    team = server.organization(TEAM, "PUMP_DRAIN")
    safeguards = {"adults_only": True, "insured_through": "2099-12-31"}
    server.post(f"/organizations/{team}/safeguards", safeguards)
    return team


def test_a_crew_in_danger_is_counted_and_called_when_it_is_silent(
    server: Stage, screens: Screens
) -> None:
    """Its own desk sees it first and the county's after that, until somebody records a word."""
    team = insured(server)
    incident = server.incident("typhoon")
    line = {"skill": "PUMP_DRAIN", "minimum": 1, "target": 1, "hazardous": True}
    server.demand(incident, "drainage", "PUMP_DRAIN", lines=[line])
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    touch(crew.locator("#offers .card"), "答应")
    card = crew.locator("#assignments .card")
    expect(card).to_be_visible()
    step(card, "已出发", "途中")
    step(card, "已到达", "已到场")
    expect(card.get_by_role("button", name="报平安", exact=True)).to_be_visible()
    expect(card).to_contain_text("下次请在")
    card.get_by_label("现在危险区内人数").fill("2")
    touch(card, "清点")
    expect(card).to_contain_text("危险区内 2 人")
    expect(desk.locator("#demands .card header")).to_contain_text("inside the danger zone: 2")
    in_both_languages(crew)

    server.advance(21)
    expect(desk.locator("#silent li")).to_contain_text(TEAM)
    expect(card.locator("[role=alert]")).to_contain_text("一切平安吗")
    expect(county.locator("#silent-box")).to_be_hidden()
    server.advance(5)
    expect(county.locator("#silent li")).to_contain_text(TEAM)
    in_both_languages(desk)
    call(desk)
    expect(desk.locator("#silent-box")).to_be_hidden()
    expect(county.locator("#silent-box")).to_be_hidden()
    expect(card.locator("[role=alert]")).to_have_count(0)

    touch(card, "已完成，人员全部撤出")
    touch(card, "再点一次确认")
    expect(card.locator(".chip.state")).to_have_text("已报完成")
    expect(desk.locator("#demands .card header")).not_to_contain_text("danger zone")
    assert screens.complaints == []


def call(desk: Page) -> None:
    """The silent crew is called twice: nobody picks up, which is no word of it; then it is well."""
    alarm = desk.locator("#silent li")
    alarm.get_by_role("button", name="Call and record").click()
    desk.locator("#dialog [value=not-picked-up]").check(force=True)
    confirm(desk, person="other")
    expect(alarm).to_contain_text("nobody picked up")
    nothing_unsaid(desk)
    alarm.get_by_role("button", name="Call and record").click()
    confirm(desk, answer="check-in")


ANSWER = {"status": 409, "content_type": "application/problem+json", "body": "{}"}
AS_IT_STANDS = re.compile("/(amend|persons|preview|seen)$")


def nothing_unsaid(desk: Page) -> None:
    """Whichever dialog of the page is opened, Enter says nothing in it that nobody has said."""
    posted: list[str] = []

    def hear(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.method != "POST" or AS_IT_STANDS.search(path):
            return route.continue_()
        posted.append(path)
        return route.fulfill(**ANSWER)  # type: ignore[arg-type]  # all of them are strings but one

    desk.locator("#main details").evaluate_all("all => all.forEach(one => (one.open = true))")
    desk.route("**/api/v1/**", hear)
    dialog, opened = desk.locator("#dialog"), 0
    for focus in desk.locator("[data-focus]").evaluate_all("all => all.map(o => o.dataset.focus)"):
        button = desk.locator(f'button[data-focus="{focus}"]').first
        if not button.is_visible() or not button.is_enabled():
            continue
        button.click()
        desk.wait_for_timeout(60)  # some ask the server first
        if not dialog.is_visible():
            continue
        opened += 1
        posted.clear()
        for _ in range(2):
            desk.keyboard.press("Enter")
            desk.wait_for_timeout(30)
        assert not posted, (focus, posted)
        dialog.evaluate("dialog => dialog.close()")
    assert opened >= DIALOGS
    desk.unroute("**/api/v1/**")


def test_a_check_in_without_signal_is_sent_later_and_keeps_nobody_from_the_next_step(
    server: Stage, screens: Screens
) -> None:
    team = server.organization("Team 7", "CATERING")
    incident = server.incident("rainstorm_flood")
    server.demand(incident, "supplies", "CATERING")
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    touch(crew.locator("#offers .card"), "答应")
    card = crew.locator("#assignments .card")
    step(card, "已出发", "途中")
    step(card, "已到达", "已到场")
    well = card.get_by_role("button", name="报平安", exact=True)
    expect(well).to_be_visible()
    server.advance(40)
    crew.context.set_offline(True)
    touch(card, "报平安")
    expect(card.get_by_role("button", name=re.compile("等待信号|正在发送"))).to_be_visible()
    expect(card.get_by_role("button", name="已完成", exact=True)).to_be_enabled()
    crew.context.set_offline(False)
    for _ in range(4):  # the next try comes by the page's own clock, seconds apart
        crew.clock.fast_forward(3_000)
        crew.wait_for_timeout(500)
        if well.count():
            break
    expect(well).to_be_enabled()
    [row] = server.rows("assignment", organization=team)
    assert row["check_in_by"] == row["arrived_at"] + 100 * 60_000
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    screens.forgive("Failed to load resource")
    assert screens.complaints == []


def test_what_a_crew_finds_is_answered_from_the_card(server: Stage, screens: Screens) -> None:
    team = server.organization("Team 9", "CHAINSAW_CLEAR")
    incident = server.incident("earthquake")
    line = {"skill": "CHAINSAW_CLEAR", "minimum": 1, "target": 1}
    server.demand(incident, "obstruction", "CHAINSAW_CLEAR", lines=[line])
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    desk.locator("#list-incident").select_option(incident)
    touch(crew.locator("#offers .card"), "答应")
    card = crew.locator("#assignments .card")
    step(card, "已出发", "途中")
    step(card, "已到达", "已到场")
    card.get_by_text("从现场报告").click()
    expect(card.get_by_role("button", name="报告", exact=True)).to_be_disabled()
    card.get_by_label("什么情况").select_option("need_more")
    card.get_by_label("数量").fill("2")
    touch(card, "报告")
    expect(card).to_contain_text("值班室应在")
    on_desk = desk.locator("#demands .card")
    expect(on_desk).to_contain_text("More is needed")
    in_both_languages(crew)
    in_both_languages(desk)
    on_desk.get_by_role("button", name=re.compile("^Ask for 2 .* more$")).click()
    expect(on_desk.locator(".line-head")).to_contain_text("3")
    expect(card).to_contain_text("已增加需求")

    if not card.get_by_label("什么情况").is_visible():
        card.get_by_text("从现场报告").click()
    card.get_by_label("什么情况").select_option("road_cut")
    card.get_by_label(re.compile("^简要说明")).fill("桥面被冲断")
    touch(card, "报告")
    expect(on_desk).to_contain_text("桥面被冲断")
    expect(county.locator("#silent-box")).to_be_hidden()
    server.advance(6)
    expect(county.locator("#silent li")).to_contain_text("桥面被冲断")
    on_desk.get_by_role("button", name="Noted", exact=True).click()
    expect(county.locator("#silent-box")).to_be_hidden()
    expect(card).to_contain_text("已知悉")
    assert screens.complaints == []


def test_work_that_is_not_done_is_sent_back_with_what_is_left(
    server: Stage, screens: Screens
) -> None:
    team = server.organization("Team 4", "MATERIAL_SORT")
    incident = server.incident("landslide_debris")
    line = {"skill": "MATERIAL_SORT", "minimum": 1, "target": 1}
    server.demand(incident, "supplies", "MATERIAL_SORT", lines=[line])
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    desk.locator("#list-incident").select_option(incident)
    touch(crew.locator("#offers .card"), "答应")
    card = crew.locator("#assignments .card")
    step(card, "已出发", "途中")
    step(card, "已到达", "已到场")
    step(card, "已完成", "已报完成")
    desk.locator("#demands .card").get_by_role("button", name="退回", exact=True).click()
    assert not mixed(desk, "zh")
    desk.locator("#dialog [name=reason]").fill("2 / 5")
    confirm(desk)
    expect(card).to_contain_text("值班室认为尚未完成：2 / 5")
    in_both_languages(crew)
    assert screens.complaints == []
