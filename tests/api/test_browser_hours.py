"""People at their screens while hours go by: late answers, late crews, what is asked again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.browsing import (
    COUNTY,
    MINUTE,
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

OTHER_TOWN, DAY = "330324002", 24 * 60 * MINUTE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    """An exercise: its time is the test's to give."""
    folder = tmp_path_factory.mktemp("hours") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


@pytest.fixture
def incident(server: Stage) -> Iterator[str]:
    """A county's incident at eight in the morning, and this process signed in as its desk."""
    server.advance((-server.now) % DAY / MINUTE)  # of UTC+8: no test's hours go past midnight
    server.sign_in(server.link("desk", division=COUNTY))
    opened = server.post("/incidents", {"hazard": "typhoon", "division": COUNTY}, "desk")
    yield str(opened["id"])
    live = server.get(f"/incidents/{opened['id']}/live", "desk")
    if server.rows("incident", id=opened["id"])[0]["state"] == "open":
        body = {"live": live["digest"]} if live["count"] else {}
        server.post(f"/incidents/{opened['id']}/close", body, "desk")
        server.advance(1)


def hour(server: Stage, minutes: float = 0) -> str:
    """A time of day so many minutes from now, on everybody's one clock."""
    at = datetime.fromtimestamp((server.now + minutes * MINUTE) / 1000, UTC) + timedelta(hours=8)
    return f"{at:%H:%M}"


def crew_of(server: Stage, screens: Screens, name: str, skill: str) -> Page:
    organization = server.organization(name, skill)
    return screens.sign_in(server.link("organization", organization=organization), "zh", True)


def demanded(server: Stage, incident: str, skill: str, target: int, **more: Any) -> None:
    lines = [{"skill": skill, "minimum": 1, "target": target}]
    server.demand(incident, "drainage", skill, lines=lines, **more)
    server.advance(0.1)


def desk_of(server: Stage, screens: Screens, incident: str, division: str = COUNTY) -> Page:
    desk = screens.sign_in(server.link("desk", division=division), "en")
    desk.locator("#list-incident").select_option(incident)
    return desk


def folded(card: Locator) -> Locator:
    """What has ended on a card, unfolded."""
    card.locator("details > summary").first.click()
    return card.locator(".party.ended")


def test_a_no_with_a_time_is_asked_again_then(
    server: Stage, screens: Screens, incident: str
) -> None:
    crew = crew_of(server, screens, TEAM, "PUMP_DRAIN")
    demanded(server, incident, "PUMP_DRAIN", 2)
    desk = desk_of(server, screens, incident)
    no = crew.locator("#offers details", has=crew.get_by_text("谢绝", exact=True))
    no.locator("summary").tap()
    free = no.locator("[type=datetime-local]")
    at = datetime.fromisoformat(free.get_attribute("max") or "") - timedelta(hours=46)
    free.fill(f"{at:%Y-%m-%dT%H:%M}")
    in_both_languages(crew)
    touch(crew, "装备不足")
    expect(crew.locator("#late .card")).to_contain_text(f"{at:%H:%M} 起可出动")
    in_both_languages(crew)
    server.advance(1)
    card = desk.locator("#demands .card")
    ended = folded(card)
    expect(ended).to_contain_text(f"free from {at:%H:%M}")
    expect(ended).to_contain_text(f"may be asked again from {at:%H:%M}")
    expect(card.locator(".unmet")).to_contain_text(f"Asked before: {TEAM} from {at:%H:%M}. ")
    expect(card.locator(".unmet")).to_contain_text(f"somebody is able from {at:%H:%M} on")
    in_both_languages(desk)
    then = (at - timedelta(hours=8)).replace(tzinfo=UTC).timestamp() * 1000
    server.advance((then - server.now) / MINUTE - 1)
    expect(crew.locator("#offers .card")).to_have_count(0)
    server.advance(1.1)
    expect(crew.locator("#offers .card")).to_have_count(1)
    then_chosen = "no. 1 by distance of those who could be asked then"
    expect(card.locator(".party.asked")).to_contain_text(then_chosen)
    in_both_languages(desk)


def test_what_is_needed_tomorrow_hurries_nobody_tonight(
    server: Stage, screens: Screens, incident: str
) -> None:
    """A15: a fourth of the time to answer in, and reserved until it is time to set off."""
    crew = crew_of(server, screens, "Team 15", "ELDER_CARE")
    desk = desk_of(server, screens, incident)
    form = desk.locator("#post")
    desk.locator("#post-box").evaluate("box => (box.open = true)")
    chosen = {"incident": incident, "kind": "care", "skill": "ELDER_CARE", "division": TOWN}
    for name, value in chosen.items():
        form.locator(f"[name={name}]").first.select_option(value)
    form.locator(".choice", has_text="Most urgent").click()
    needed = datetime.fromtimestamp(server.now / 1000, UTC) + timedelta(hours=8 + 10)
    form.locator("[name=needed_by]").fill(f"{needed:%Y-%m-%dT%H:%M}")
    expect(desk.locator("#priority-hint")).to_contain_text("a fourth of the time left")
    desk.locator("#send").click()
    expect(crew.locator("#offers .card")).to_contain_text("前需要到位")
    expect(crew.locator("#offers .until")).to_contain_text(re.compile("2:(29|30)"))
    in_both_languages(crew)
    server.advance(120)
    touch(crew, "答应")
    work = crew.locator("#assignments .card")
    expect(work).to_contain_text("已预留")
    card = desk.locator("#demands .card")
    expect(card).to_contain_text(f"Needed by {needed:%H:%M}")
    expect(card.locator(".party").first).to_contain_text("reserved: to set off about")
    card.get_by_role("button", name="Amend").click()
    dialog = desk.locator("dialog[open]")
    expect(dialog.locator("[name=needed_by]")).to_have_value(f"{needed:%Y-%m-%dT%H:%M}")


def test_a_late_yes_counts_and_else_waits_for_the_desk(
    server: Stage, screens: Screens, incident: str
) -> None:
    first = crew_of(server, screens, TEAM, "CATERING")
    second = crew_of(server, screens, "Team 8", "CATERING")
    demanded(server, incident, "CATERING", 2)
    desk = desk_of(server, screens, incident)
    server.advance(3.5)
    for crew in (first, second):
        expect(crew.locator("#offers .card")).to_contain_text("仍缺")
    in_both_languages(first)
    touch(first, "答应")
    expect(first.locator("#offers .card")).to_have_count(0)
    late = second.locator("#late .card")
    expect(late).to_contain_text("已够，可备勤")
    late.locator("summary").first.tap()
    in_both_languages(second)
    touch(second, "现在可以出动")
    expect(late).to_have_count(0)
    expect(first.locator("#assignments .card")).to_have_count(1)
    until = hour(server, 120)
    expect(second.locator("#standby .card")).to_contain_text(f"{until} 前如有需要")
    in_both_languages(second)
    standby = desk.locator(".party.standby")
    expect(standby).to_contain_text(f"can be taken on until {until}")
    in_both_languages(desk)
    standby.get_by_role("button", name="Take on").click()
    expect(second.locator("#assignments .card")).to_contain_text("值班室尚未登记电话")


def test_a_crew_that_does_not_come_is_red_and_is_asked(
    server: Stage, screens: Screens, incident: str
) -> None:
    crew = crew_of(server, screens, TEAM, "SHELTER_OPS")
    demanded(server, incident, "SHELTER_OPS", 2)
    desk = desk_of(server, screens, incident)
    crew.locator("#offers select").nth(1).select_option("30")
    crew.locator("#offers [type=number]").fill("7")
    touch(crew, "答应")
    row = desk.locator("#demands .party").first
    expect(row).to_contain_text(f"7 peoplewithin 5 mexpected {hour(server, 30)}")
    server.advance(16)
    expect(row).to_have_class(re.compile("slow"), timeout=10_000)  # a screen hears of time slowly
    expect(row).to_contain_text("not set off yet")
    in_both_languages(desk)
    server.advance(25)
    expect(row).to_have_class(re.compile("overdue"))
    expect(desk.locator("#demands .line-head")).to_contain_text("2 crews of these overdue")
    in_both_languages(desk)
    asked = crew.locator("#assignments .alarm")
    expect(asked).to_contain_text("现在预计多久能到？")
    in_both_languages(crew)
    asked.locator("select").select_option("45")
    touch(asked, "改报到达时间")
    expect(asked).to_have_count(0)
    expect(row).to_contain_text("new time given 1 ×")
    expect(row).to_contain_text(f"expected {hour(server, 45)}")
    in_both_languages(desk)


def test_a_late_crew_of_what_is_most_urgent_counts_as_missing(
    server: Stage, screens: Screens, incident: str
) -> None:
    server.organization(TEAM, "PATROL_ORDER")
    demanded(server, incident, "PATROL_ORDER", 2)
    desk = desk_of(server, screens, incident)
    [offer] = server.rows("offer", state="sent", skill="PATROL_ORDER")
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1}, "desk")
    row = desk.locator("#demands .party").first
    expect(row).to_contain_text("may be asked again from")
    in_both_languages(desk)
    expect(row).to_contain_text(re.compile(r"expected about \d\d:\d\d \(estimated\)"))
    expect(desk.locator("[data-view=short] .count")).to_have_text("0")
    [crew] = server.rows("assignment", offer=offer["id"])
    server.advance((crew["promised_at"] - server.now) / MINUTE + 10.5)
    expect(row).to_have_class(re.compile("overdue"))
    [crew] = server.rows("assignment", offer=offer["id"])
    at = hour(server, (crew["replace_at"] - server.now) / MINUTE)
    expect(row).to_contain_text(f"another is looked for at {at}")
    expect(row).to_contain_text("call the leader")
    expect(desk.locator("[data-view=short] .count")).to_have_text("1")
    in_both_languages(desk)


def test_a_number_is_told_with_its_incident_where_several_are_open(
    server: Stage, screens: Screens, incident: str
) -> None:
    demanded(server, incident, "LEGAL_AID", 1)
    desk = desk_of(server, screens, incident)
    card = desk.locator("#demands .card")
    expect(card.locator("h3")).to_have_text("X No. 1 Drainage")
    other = server.post("/incidents", {"hazard": "forest_fire", "division": COUNTY}, "desk")
    expect(card.locator("h3")).to_have_text("X No. 1 (Typhoon) Drainage")
    card.get_by_role("button", name="Ask directly").first.click()
    expect(desk.locator("#dialog h2")).to_contain_text("X No. 1 (Typhoon)")
    assert not mixed(desk, "en")
    server.post(f"/incidents/{other['id']}/close", {}, "desk")


def test_a_demand_that_another_desk_has_ended_is_ended(
    server: Stage, screens: Screens, incident: str
) -> None:
    demanded(server, incident, "LEGAL_AID", 1)
    first, second = (desk_of(server, screens, incident) for _ in range(2))
    for desk in (first, second):
        desk.locator("#demands .card").get_by_role("button", name="End the demand").click()
    for desk in (first, second):
        confirm(desk, reason="met")
        expect(desk.locator("#demands .card")).to_have_count(0)
    screens.forgive("412")


def test_the_uncovered_come_first_and_one_s_own_is_seen(
    server: Stage, screens: Screens, incident: str
) -> None:
    server.organization(TEAM, "CHAINSAW_CLEAR")
    for priority in (1, 2, 3) * 4:
        demanded(server, incident, "CHAINSAW_CLEAR", 1, priority=priority)
    offer = server.rows("offer", state="sent", skill="CHAINSAW_CLEAR")[0]
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1}, "desk")
    desk = desk_of(server, screens, incident)
    rows = desk.locator("#overview .row")
    expect(rows).to_have_count(12)
    expect(rows.last.locator(".next")).to_have_text(re.compile("1 coming"))
    desk.locator("body").press("n")
    desk.locator("#post [name=incident]").select_option(incident)
    desk.locator("#post [name=division]").select_option(OTHER_TOWN)
    expect(desk.locator("#substitute-hint")).to_contain_text("Yongjia County in place of Beicheng")
    desk.locator("#post [name=kind]").select_option("obstruction")
    desk.locator("#priorities label").last.click()
    desk.locator("[data-view=closed]").click()
    desk.locator("#send").click()
    own = desk.locator("#demands .card.marked")
    expect(own).to_be_in_viewport()
    expect(own).to_contain_text("published by Yongjia County in its place")
    expect(desk.locator("#priorities input:checked")).to_have_count(0)
    in_both_languages(desk)


def test_a_demand_that_was_moved_can_be_taken_back(
    server: Stage, screens: Screens, incident: str
) -> None:
    demanded(server, incident, "LEGAL_AID", 1)
    sender = desk_of(server, screens, incident, TOWN)
    receiver = desk_of(server, screens, incident, OTHER_TOWN)
    card = sender.locator("#demands .card")
    card.get_by_role("button", name="Amend").click()
    sender.locator("#dialog [name=division]").select_option(OTHER_TOWN)
    assert not mixed(sender, "en")
    confirm(sender)
    expect(card).to_contain_text("its desk answers for it")
    expect(card.get_by_role("button")).to_have_text(["Take back", "Add a note"])
    expect(sender.locator("[data-view=short] .count")).to_have_text("0")
    expect(receiver.locator("#demands .card")).to_contain_text("moved here by Dongcheng")
    in_both_languages(sender)
    in_both_languages(receiver)
    card.get_by_role("button", name="Take back").click()
    expect(card.get_by_role("button", name="Amend")).to_be_visible()
    expect(receiver.locator("#demands .card")).to_have_count(0)


def test_a_response_is_ended_by_its_list_and_taken_up_again(
    server: Stage, screens: Screens, incident: str
) -> None:
    crew = crew_of(server, screens, TEAM, "RADIO_COMMS")
    demanded(server, incident, "RADIO_COMMS", 1, contact="R2 13800001234")
    touch(crew, "答应")
    work = crew.locator("#assignments .card")
    expect(work.locator("dd a")).to_have_attribute("href", "tel:13800001234")
    step(work, "已出发", "途中")
    crew.reload()
    expect(work.locator("dd a")).to_have_attribute("href", "tel:13800001234")
    desk = desk_of(server, screens, incident)
    card = desk.locator("#incidents .card", has_text=re.compile("open.*started"))
    card.get_by_role("button", name="End the response").click()
    expect(desk.locator("#dialog .busy").first).to_contain_text(f"{TEAM} · on the way")
    assert not mixed(desk, "en")
    desk.locator("#dialog input[name=seen]").check()
    confirm(desk)
    server.advance(1)
    turn = crew.locator("#turns .card")
    expect(turn).to_contain_text("请返回，原因")
    expect(crew.locator("#news")).to_contain_text("请返回")
    in_both_languages(crew)
    touch(turn, "知道了")
    expect(turn).to_have_count(0)
    expect(work).to_have_count(0)  # and what was sealed is gone from the phone with it
    assert crew.evaluate("JSON.stringify(localStorage).includes('13800001234')") is False
    ended = desk.locator("#incidents .card.closed").first
    expect(ended).to_contain_text("Personal data is destroyed 1 hour after recovery is over")
    in_both_languages(desk)
    task = desk.locator("#tasks .card", has_text="Radio communication")
    task.get_by_role("button", name="Drop").click()
    server.advance(1)
    expect(ended).to_contain_text(f"destroyed at {hour(server, 59)[:4]}")
    expect(ended).to_contain_text("Backups keep it 7 days more.")
    ended.get_by_role("button", name="Reopen the response").click()
    expect(desk.locator("#incidents .card.open")).to_have_count(1)


def test_a_crew_on_a_withdrawn_certificate_is_flagged(
    server: Stage, screens: Screens, incident: str
) -> None:
    organization = server.organization(TEAM, "WATER", registration_class="registered")
    named = {"issuer": "-", "number": "7"}
    standard = {"skill": "WATER", "grade": 2, "standard": "YJ/T 1.4-2022"}
    body = {**named, **standard, "valid_through": "2099-12-31"}
    server.post(f"/organizations/{organization}/certificates", body)
    lines = [{"skill": "WATER", "minimum": 1, "target": 2, "grade": 3}]
    server.demand(incident, "rescue_water", "WATER", lines=lines)
    server.advance(0.1)
    [offer] = server.rows("offer", state="sent", skill="WATER")
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 2}, "desk")
    row = desk_of(server, screens, incident).locator("#demands .party")
    expect(row).to_contain_text("2 teams")
    server.post(f"/organizations/{organization}/withdraw-certificate", named)
    expect(row.locator(".chip.bad")).to_have_text("with a withdrawn certificate")


def test_an_organization_says_what_it_has_and_whom_to_call(server: Stage, screens: Screens) -> None:
    crew = crew_of(server, screens, "Team 9", "DRONE")
    crew.locator("#capacity-box summary").tap()
    in_both_languages(crew)
    crew.locator("#capabilities input").first.fill("3")
    crew.locator("#capabilities select").select_option("ELDER_CARE")
    crew.locator("#capabilities input").last.fill("1")
    crew.locator("#save-capacity").tap()
    expect(crew.locator("#capabilities label")).to_have_count(2)
    expect(crew.locator("#capabilities input").nth(0)).to_have_value("3")
    crew.locator("#persons-box summary").tap()
    expect(crew.locator("#no-persons")).to_be_visible()
    crew.locator("[name=name]").fill("R4")
    crew.locator("[name=telephone]").fill("138 0577 1234")
    in_both_languages(crew)
    crew.locator("#add-person button").tap()
    expect(crew.locator("#persons .party")).to_contain_text("138 0577 1234")
    touch(crew.locator("#persons"), "删除")
    touch(crew.locator("#persons"), "再点一次确认")
    expect(crew.locator("#no-persons")).to_be_visible()


def test_the_light_is_green_only_while_the_stream_is_heard(server: Stage, screens: Screens) -> None:
    crew = crew_of(server, screens, TEAM, "INFO_REPORT")
    light = crew.locator("#link")
    expect(light).to_contain_text("实时")
    crew.route("**/live?**", lambda route: route.abort())
    expect(light).not_to_have_class(re.compile("lost"))
    crew.clock.fast_forward(36_000)
    expect(light).to_have_class(re.compile("lost"))
    expect(light).to_contain_text("未收到消息")
    in_both_languages(crew)
    crew.unroute("**/live?**")
    crew.clock.fast_forward(20_000)
    expect(light).not_to_have_class(re.compile("lost"))
    screens.forgive("ERR_FAILED")
