"""Words that change while a yes is on its way, or a crew: both screens say so."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.api.browsing import (
    TEAM,
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    served,
    touch,
)

CALM, DAM = "0.5 m", "3 m, !!"  # typed, so of no language


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("wording") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def amend(server: Stage, demand: str, **words: Any) -> None:
    [row] = server.rows("demand", id=demand)
    same = {name: row[name] for name in ("priority", "risk_statement", "rally_point", "way_in")}
    body = {**same, "lines": [], "targets": [line["target"] for line in row["lines"]], **words}
    server.post(f"/demands/{demand}/amend", body, "desk", revision=row["revision"])


def back_in_signal(crew: Any, until: Locator) -> None:
    """The next try comes by the page's own clock, seconds apart."""
    crew.context.set_offline(False)
    for _ in range(8):
        crew.clock.fast_forward(3_000)
        crew.wait_for_timeout(500)
        if until.count():
            return


def test_a_yes_without_signal_to_words_that_change_is_asked_once_more(
    server: Stage, screens: Screens
) -> None:
    team = server.organization(TEAM, "PUMP_DRAIN")
    demand = server.demand(
        server.incident("typhoon"), "drainage", "PUMP_DRAIN", risk_statement=CALM
    )
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    card = crew.locator("#offers .card")
    expect(card).to_contain_text(CALM)
    crew.context.set_offline(True)
    touch(card, "答应")
    expect(card.get_by_role("button", name=re.compile("等待信号|正在发送"))).to_be_visible()
    amend(server, demand, risk_statement=DAM)
    back_in_signal(crew, card.locator("[role=alert]"))
    expect(card.locator("[role=alert]")).to_contain_text("答应未生效。变更：风险")
    expect(card).to_contain_text(DAM)
    in_both_languages(crew)
    [offer] = server.rows("offer", organization=team)
    assert (offer["state"], offer["outdated"]) == ("sent", True)
    assert server.rows("assignment", organization=team) == []
    touch(card, "答应")
    expect(crew.locator("#assignments .card")).to_contain_text(DAM)
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    screens.forgive("Failed to load resource")
    assert screens.complaints == []


def test_a_crew_on_its_way_reads_what_has_changed_and_its_desk_sees_whether_it_has(
    server: Stage, screens: Screens
) -> None:
    team = server.organization("Team 8", "CATERING")
    incident = server.incident("rainstorm_flood")
    demand = server.demand(incident, "supplies", "CATERING", rally_point="A 1")
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#list-incident").select_option(incident)
    touch(crew.locator("#offers .card"), "答应")
    card, party = crew.locator("#assignments .card"), desk.locator("#demands .party.committed")
    expect(party).to_be_visible()
    amend(server, demand, rally_point="B 2", way_in="S223")
    alarm = card.locator("[role=alert]")
    expect(alarm).to_contain_text("集合点 B 2")
    expect(alarm).to_contain_text("进场路线 S223")
    expect(party).to_contain_text("not yet read: rally point, way in")
    in_both_languages(crew)
    in_both_languages(desk)
    touch(alarm, "已看清")
    expect(alarm).to_have_count(0)
    expect(party).to_contain_text("read what changed at")

    amend(server, demand, rally_point="C 3", way_in="S223")
    expect(alarm).to_contain_text("集合点 C 3")
    expect(alarm).not_to_contain_text("进场路线")
    party.get_by_role("button", name="By phone").click()
    desk.locator("#dialog [value=seen]").check(force=True)
    confirm(desk)
    expect(alarm).to_have_count(0)
    assert screens.complaints == []


def test_a_desk_that_answers_for_somebody_reads_out_the_words_as_they_are(
    server: Stage, screens: Screens
) -> None:
    """Given a dialog that was opened before the words changed, then its yes is not taken, the new
    words stand in it, and it is recorded once they were read out."""
    team = server.organization("Team 9", "CHAINSAW_CLEAR")
    incident = server.incident("earthquake")
    demand = server.demand(incident, "obstruction", "CHAINSAW_CLEAR", risk_statement=CALM)
    server.advance(0.1)
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    desk.locator("#list-incident").select_option(incident)
    party = desk.locator("#demands .party.asked")
    party.get_by_role("button", name="电话代录").first.click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text(CALM)
    dialog.locator("[name=answer][value=accept]").check(force=True)
    amend(server, demand, risk_statement=DAM)
    expect(party).to_contain_text("1")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator("[role=alert]")).to_contain_text("请求内容已变更")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    [crew] = server.rows("assignment", organization=team)
    assert crew["changed"] == []
    screens.forgive("Failed to load resource")
    assert screens.complaints == []
