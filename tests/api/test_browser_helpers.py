"""People who belong to no organization stand at the desk: written down, read, and let go."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import (
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    served,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("helpers") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_people_who_came_by_themselves_wait_and_are_sent_home(
    server: Stage, screens: Screens
) -> None:
    incident = server.incident("typhoon")
    server.demand(incident, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh", True)
    card = desk.locator("#demands .card")
    card.get_by_role("button", name="群众自发前来", exact=True).last.click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text("未登记的群众不能编入队伍")
    dialog.locator("[name=contact]").fill("王小明 13800001111")
    dialog.locator("[name=people]").fill("6")
    confirm(desk, word="parked")
    waiting = card.locator(".helpers .party")
    expect(waiting).to_contain_text("群众 6 人")
    desk.locator("[data-view=owed]").click()  # they wait for the desk's word
    in_both_languages(desk)
    waiting.get_by_role("button", name="查看联系方式", exact=True).click()
    dialog.locator("[value=calling]").check(force=True)
    desk.locator("#dialog button[type=submit]").click()
    expect(dialog).to_contain_text("王小明 13800001111")
    desk.keyboard.press("Escape")
    assert "13800001111" not in desk.locator("#demands").inner_text()
    waiting.get_by_role("button", name="致谢劝返", exact=True).click()
    expect(waiting).to_have_count(0)
    assert screens.complaints == []
