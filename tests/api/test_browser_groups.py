"""The same need twice, on a desk's page: seen while it is typed, grouped, taken apart, undone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import (
    POINT,
    TOWN,
    Screens,
    Stage,
    chosen,
    confirm,
    in_both_languages,
    served,
)

NEAR = {**POINT, "lat": 28.1507}  # 80 m north
PUMPS = "7531 2468, 9 m"  # no letters: it is shown in both languages


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("groups") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        server.organization("Team 1", "PUMP_DRAIN")
        yield server


def begun(server: Stage, hazard: str, **differs: Any) -> tuple[str, str]:
    incident = server.incident(hazard)
    return incident, server.demand(incident, "drainage", "PUMP_DRAIN", **differs)


def desk_of(server: Stage, screens: Screens, incident: str) -> Page:
    """A desk that looks at one incident alone."""
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#list-incident").select_option(incident)
    count = len(server.rows("demand", incident=incident))
    expect(desk.locator("#overview .row")).to_have_count(count)
    return desk


def fill_form(desk: Page, incident: str) -> None:
    desk.locator("body").press("n")
    form = desk.locator("#post")
    form.locator("[name=incident]").select_option(incident)
    form.locator("[name=kind]").select_option("drainage")
    form.locator("[name=priority][value='2']").check(force=True)
    form.locator("[name=risk_statement]").fill("7531-2468: 8 m")
    form.locator("details.more > summary").click()
    form.locator("[name=lon]").fill(str(NEAR["lon"]))
    form.locator("[name=lat]").fill(str(NEAR["lat"]))


def test_it_is_seen_while_typing_and_posted_as_a_further_report(
    server: Stage, screens: Screens
) -> None:
    incident, _ = begun(server, "typhoon", risk_statement=PUMPS)
    desk = desk_of(server, screens, incident)
    fill_form(desk, incident)
    alike = desk.locator("#alike")
    expect(alike).to_contain_text("Perhaps it was reported already")
    expect(alike).to_contain_text("80 m")
    expect(alike).to_contain_text("similar words")
    in_both_languages(desk)
    alike.get_by_role("button").click()
    expect(alike).to_be_hidden()
    expect(chosen(desk, 2)).to_contain_text("which is asked for")
    first = chosen(desk, 1)
    expect(first.locator("details summary").first).to_have_text("2 reports")
    in_both_languages(desk)
    chosen(desk, 2).get_by_role("button", name="A need of its own").click()
    expect(chosen(desk, 1)).not_to_contain_text("2 reports")
    expect(chosen(desk, 2)).not_to_contain_text("which is asked for")
    assert screens.complaints == []


def test_control_and_enter_post_it_all_the_same(server: Stage, screens: Screens) -> None:
    incident, first = begun(server, "earthquake", risk_statement=PUMPS)
    desk = desk_of(server, screens, incident)
    fill_form(desk, incident)
    expect(desk.locator("#alike")).to_contain_text("Perhaps")
    desk.locator("#post [name=risk_statement]").press("Control+Enter")
    expect(chosen(desk, 2)).to_be_visible()
    expect(desk.locator("#alike")).to_be_hidden()
    [row] = [row for row in server.rows("demand", incident=incident) if row["id"] != first]
    assert row["leader"] is None


def test_grouped_by_a_press_and_taken_back_by_the_next(server: Stage, screens: Screens) -> None:
    incident, first = begun(server, "rainstorm_flood", place=NEAR)
    more = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 5}]
    second = server.demand(incident, "drainage", "PUMP_DRAIN", lines=more)
    desk = desk_of(server, screens, incident)
    chosen(desk, 2).get_by_role("button", name=re.compile("The same need")).click()
    expect(chosen(desk, 1)).to_contain_text("asks for more")
    expect(chosen(desk, 2)).to_contain_text("which is asked for")
    assert server.rows("demand", id=second)[0]["leader"] == first
    in_both_languages(desk)
    desk.locator("#notices .notice").get_by_role("button", name="Take back").click()
    expect(chosen(desk, 2)).not_to_contain_text("which is asked for")
    assert server.rows("demand", id=second)[0]["leader"] is None


def test_any_two_are_grouped_by_hand(server: Stage, screens: Screens) -> None:
    incident, first = begun(server, "landslide_debris")
    other = server.demand(incident, "supplies", "CATERING", priority=1)
    desk = desk_of(server, screens, incident)
    chosen(desk, 2).get_by_role("button", name="Same need as").click()
    expect(desk.locator("#dialog")).to_contain_text("asked for")
    confirm(desk, leader=first)
    expect(chosen(desk, 2)).to_contain_text("which is asked for")
    assert server.rows("demand", id=other)[0]["leader"] == first
