"""People at their screens while a crew is told what to do: read, called, lifted, withdrawn."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.browsing import (
    COUNTY,
    POINT,
    TEAM,
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    mixed,
    served,
    touch,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    """An exercise: its time is the test's to give."""
    folder = tmp_path_factory.mktemp("told") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


DESK_NUMBER = "000 0000 0002"
SKILLS = {
    "typhoon": ("drainage", "PUMP_DRAIN"),
    "rainstorm_flood": ("supplies", "CATERING"),
    "earthquake": ("obstruction", "CHAINSAW_CLEAR"),
    "landslide_debris": ("shelter", "SHELTER_OPS"),
    "snow_ice": ("communication", "RADIO_COMMS"),
    "forest_fire": ("evacuation", "EVAC_GUIDE"),
}


def at_work(server: Stage, screens: Screens, hazard: str, name: str) -> tuple[Page, Page, Page]:
    """A crew that has said yes, its desk and the county's, all looking at one incident."""
    kind, skill = SKILLS[hazard]
    team = server.organization(name, skill)
    incident = server.incident(hazard)
    line = {"skill": skill, "minimum": 1, "target": 1}
    apart = POINT | {"lon": 120.7} if hazard == "landslide_debris" else POINT  # nobody else there
    server.demand(incident, kind, skill, lines=[line], place=apart)
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    desk.locator("#list-incident").select_option(incident)
    touch(crew.locator("#offers .card"), "答应")
    expect(crew.locator("#assignments .card")).to_be_visible()
    return crew, desk, county


def instruct(desk: Page, kind: str, text: str, others: str = "go nowhere") -> None:
    desk.locator("#demands").get_by_role("button", name="Instruct", exact=True).click()
    desk.locator("#dialog").get_by_text(kind, exact=True).click()
    hold = {"go nowhere": "true", "are asked": "false"}[others]
    desk.locator(f"#dialog [name=hold][value={hold}]").check(force=True)
    desk.locator("#dialog [name=text]").fill(text)
    confirm(desk)


def leave(desk: Page) -> None:
    """Told to withdraw because of the place."""
    desk.locator("#dialog").get_by_text("Withdraw now", exact=True).click()
    desk.locator("#dialog [name=hold][value=true]").check(force=True)
    desk.locator("#dialog [name=text]").fill("K12")
    confirm(desk)


def can_call(told: Locator) -> bool:
    """Whoever cannot follow it calls, and says no yes first."""
    call = told.get_by_role("link", name=DESK_NUMBER)
    expect(call).to_have_attribute("href", "tel:" + DESK_NUMBER.replace(" ", ""))
    box = call.bounding_box()
    return box is not None and box["height"] >= 44


def fills(told: Locator) -> bool:
    box, size = told.bounding_box(), told.page.viewport_size
    assert box is not None
    assert size is not None
    return (box["width"], box["height"]) == (size["width"], size["height"])


def goes_on_only_where_it_is_safe(desk: Page) -> None:
    """The first thing to be pressed calls the crew; going on names it and wants a word for it."""
    card = desk.locator("#demands .card")
    expect(card.locator("button.primary")).to_have_text(f"Call {TEAM}")
    card.get_by_role("button", name="Go on", exact=True).click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text(f"{TEAM} Withdraw now S223 K12 (not read)")
    dialog.get_by_role("button", name="Go on", exact=True).click()
    expect(dialog.locator("[name=safe]:invalid")).to_have_count(1)
    dialog.get_by_role("button", name="Cancel").click()


def test_an_instruction_is_the_whole_screen_until_it_was_read(
    server: Stage, screens: Screens
) -> None:
    """The desk's number is beside the yes, as last seen where there is no answer. Unread it is red
    at its desk, then at the county's; read, it stays on the card until it is lifted, and the crew
    is no cover meanwhile."""
    server.post("/persons", {"name": TEAM, "telephone": DESK_NUMBER, "division": TOWN})
    crew, desk, county = at_work(server, screens, "typhoon", TEAM)
    expect(crew.locator("#assignments .card")).to_contain_text(DESK_NUMBER)
    crew.route("**/demands/*/desk", lambda route: route.abort())
    instruct(desk, "Withdraw now", "S223 K12")
    told = crew.locator("#told")
    expect(told).to_be_visible()
    expect(told).to_contain_text("立即撤离")
    expect(told).to_contain_text("S223 K12")
    assert can_call(told)
    crew.keyboard.press("Escape")
    expect(told).to_be_visible()
    assert fills(told)
    assert not mixed(crew, "zh")
    expect(desk.locator("#demands .card")).to_contain_text("told to leave, not acknowledged yet")

    server.advance(2.1)
    expect(desk.locator("#silent li")).to_contain_text("Withdraw now")
    expect(county.locator("#silent-box")).to_be_hidden()
    server.advance(2)
    expect(county.locator("#silent li")).to_contain_text(TEAM)
    in_both_languages(desk)
    goes_on_only_where_it_is_safe(desk)

    touch(told, "收到，照办")
    expect(told).to_be_hidden()
    expect(desk.locator("#silent-box")).to_be_hidden()
    expect(county.locator("#silent-box")).to_be_hidden()
    card = crew.locator("#assignments .card")
    expect(card).to_contain_text("确认收到")
    on_desk = desk.locator("#demands .card")
    expect(on_desk).to_contain_text("withdrawing, no cover")
    in_both_languages(crew)

    on_desk.get_by_role("button", name="Lift", exact=True).click()
    confirm(desk, why="over")
    expect(card).to_contain_text("已于")
    expect(card).to_contain_text("解除，可继续作业")
    expect(on_desk).not_to_contain_text("no cover")
    assert screens.complaints == []


def test_a_crew_that_cannot_says_so_without_a_signal_and_is_called(
    server: Stage, screens: Screens
) -> None:
    """It waits on the phone and goes by itself; then it is the first thing at its desk, until that
    says that it has spoken with the crew."""
    crew, desk, _ = at_work(server, screens, "snow_ice", "Team 5")
    instruct(desk, "Withdraw now", "K12", others="are asked")
    told = crew.locator("#told")
    expect(told).to_be_visible()
    crew.context.set_offline(True)
    touch(told, "无法照办，请来电")
    expect(told).to_be_hidden()
    card = crew.locator("#assignments .card")
    expect(card).to_contain_text("待信号恢复后发出")
    crew.context.set_offline(False)
    expect(card).to_contain_text("等待值班室来电", timeout=20_000)
    row = desk.locator("#silent li").first
    expect(row).to_contain_text("Says since")
    expect(desk.locator("#demands .card")).to_contain_text("cannot do as told: call")
    in_both_languages(desk)
    row.get_by_role("button").click()
    confirm(desk, answer="acknowledge")
    expect(desk.locator("#silent-box")).to_be_hidden()
    expect(card).to_contain_text("已通话")
    in_both_languages(crew)
    desk.locator("#demands .card").get_by_role("button", name="Lift", exact=True).click()
    confirm(desk, why="over")
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    assert screens.complaints == []


def test_a_leader_on_the_telephone_acknowledges_through_the_desk_and_is_stood_down(
    server: Stage, screens: Screens
) -> None:
    crew, desk, _ = at_work(server, screens, "rainstorm_flood", "Team 7")
    instruct(desk, "Stop work now", "K12", others="are asked")
    expect(crew.locator("#told")).to_be_visible()
    on_desk = desk.locator("#demands .card")
    on_desk.get_by_role("button", name="Acknowledged by phone").click()
    confirm(desk, answer="acknowledge")
    expect(crew.locator("#told")).to_be_hidden()
    expect(crew.locator("#assignments .card")).to_contain_text("电话代录")
    expect(on_desk).to_contain_text("stopped, no cover")
    on_desk.get_by_role("button", name="By phone: all safe").click()
    confirm(desk, answer="check-in")
    expect(on_desk).to_contain_text("Stopped and all safe at")
    expect(crew.locator("#assignments .card")).to_contain_text("报告停止作业、全员平安")
    down = on_desk.get_by_role("button", name="Stand the crew down")
    down.click()
    on_desk.get_by_role("button", name=re.compile("again", re.IGNORECASE)).click()
    expect(crew.locator("#turns")).to_contain_text("已按指令撤离")
    expect(crew.locator("#assignments-box")).to_be_hidden()
    left = next(row for row in server.rows("demand") if row["kind"] == "supplies")
    server.post(f"/demands/{left['id']}/close", {"reason": "canceled"}, "desk", left["revision"])
    assert screens.complaints == []


def test_everybody_in_an_incident_is_told_from_its_card(server: Stage, screens: Screens) -> None:
    crew, _, county = at_work(server, screens, "earthquake", "Team 9")
    card = county.locator("#incidents .card").filter(has_text="Earthquake")
    card.get_by_role("button", name="Instruct everybody").click()
    county.locator("#dialog").get_by_text("Come to", exact=True).click()
    county.locator("#dialog [name=to]").fill("S223")
    confirm(county)
    told = crew.locator("#told")
    expect(told).to_contain_text("转移到：S223")
    expect(card).to_contain_text("Acknowledged by 0 of 1.")
    touch(told, "收到，照办")
    expect(card).to_contain_text("Acknowledged by 1 of 1.")
    in_both_languages(county)
    card.get_by_role("button", name="Lift", exact=True).click()
    county.locator("#dialog").get_by_text("A mistake, it never held", exact=True).click()
    confirm(county)
    expect(crew.locator("#assignments .card")).to_contain_text("误发")
    expect(card.get_by_role("button", name="Lift", exact=True)).to_have_count(0)
    assert screens.complaints == []


def test_a_zone_is_closed_from_the_incident_and_the_card_says_so(
    server: Stage, screens: Screens
) -> None:
    crew, desk, county = at_work(server, screens, "forest_fire", "Team 11")
    card = county.locator("#incidents .card").filter(has_text="fire")
    card.get_by_role("button", name="Close a zone").click()
    county.locator("#dialog [name=radius]").fill("800")
    county.locator("#dialog [name=text]").fill("S223")
    county.locator("#dialog [name=around]").select_option(index=1)
    confirm(county, what="zone_closed")
    told = crew.locator("#told")
    expect(told).to_contain_text("区域封控")
    on_desk = desk.locator("#demands .card")
    expect(on_desk).to_contain_text("nobody is asked until that is lifted")
    expect(on_desk.locator("header")).to_contain_text("closed zone")
    expect(card).to_contain_text("800 m around")
    touch(told, "收到，照办")
    in_both_languages(county)
    in_both_languages(desk)
    card.get_by_role("button", name="Lift", exact=True).click()
    confirm(county, why="over")
    expect(on_desk.locator("header")).not_to_contain_text("closed zone")
    expect(crew.locator("#assignments .card")).to_contain_text("解除，可继续作业")
    assert screens.complaints == []


def test_who_is_told_to_leave_says_that_all_are_out_and_is_led_no_farther_in(
    server: Stage, screens: Screens
) -> None:
    """Without that word its desk is shown, ten minutes after it was read, that it has to call, and
    five minutes later the county's as well."""
    crew, desk, county = at_work(server, screens, "landslide_debris", "Team 13")
    card, on_desk = crew.locator("#assignments .card"), desk.locator("#demands .card")
    expect(on_desk).to_contain_text("expected")
    instruct(desk, "Withdraw now", "K12")
    expect(on_desk).to_contain_text("On hold since")
    touch(crew.locator("#told"), "收到，照办")
    expect(on_desk).to_contain_text("Nobody has said yet that all are safe")
    expect(on_desk).not_to_contain_text("expected")
    for step in ("已出发", "已到达"):
        expect(card.get_by_role("button", name=step, exact=True)).to_have_count(0)
    server.advance(10.1)
    expect(desk.locator("#silent li")).to_contain_text("Was to say by")
    expect(county.locator("#silent-box")).to_be_hidden()
    server.advance(5)
    expect(county.locator("#silent li")).to_contain_text("Was to say by")
    in_both_languages(desk)
    touch(card, "已安全撤出，全员平安")
    expect(card).to_contain_text("报告安全撤出")
    expect(desk.locator("#silent-box")).to_be_hidden()
    expect(on_desk).to_contain_text("All out and safe at")
    in_both_languages(crew)
    in_both_languages(desk)
    assert screens.complaints == []


def test_who_is_still_there_is_on_top_and_told_with_one_press(
    server: Stage, screens: Screens
) -> None:
    """A crew leaves because of the place: the others there are named with their people; one may
    stay, and says why; the rest are told with one press, which a second touch confirms."""
    names = {name: server.organization(name, "DRONE") for name in ("Team 21", "Team 22", "Team 23")}
    incident = server.incident("hazmat")
    line = {"skill": "DRONE", "minimum": 1, "target": 5}
    server.demand(incident, "reconnaissance", "DRONE", lines=[line], place=POINT | {"lon": 120.75})
    server.advance(0.1)
    phones = {}
    for name, team in names.items():
        phones[name] = screens.sign_in(server.link("organization", organization=team), "zh", True)
        touch(phones[name].locator("#offers .card"), "答应")
        expect(phones[name].locator("#assignments .card")).to_be_visible()
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#list-incident").select_option(incident)
    party = desk.locator("#demands .party", has_text="Team 21").first
    party.get_by_role("button", name="Instruct", exact=True).click()
    leave(desk)
    there = desk.locator("#silent li", has_text="still there and not told: 2")
    expect(there).to_contain_text("Team 22")
    in_both_languages(desk)
    desk.get_by_role("button", name="It may stay").first.click()
    desk.locator("#dialog [name=reason]").fill("outside the dike")
    confirm(desk)
    expect(desk.locator("#demands")).to_contain_text("May stay: “outside the dike”")
    there = desk.locator("#silent li", has_text="still there and not told: 1")
    there.get_by_role("button", name="Tell them too").click()
    there.get_by_role("button", name=re.compile("again", re.IGNORECASE)).click()
    expect(desk.locator("#silent-box")).to_be_hidden()
    told = [name for name, phone in phones.items() if phone.locator("#told").is_visible()]
    assert len(told) == 2
    assert screens.complaints == []
