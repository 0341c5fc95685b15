"""A false flood on a desk's page: found by its words, voided as one batch, and undone as one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import TOWN, Screens, Stage, confirm, in_both_languages, served

MANY = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("several") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_a_false_flood_is_voided_as_one_batch_and_undone_as_one(
    server: Stage, screens: Screens
) -> None:
    incident = server.incident("typhoon")
    for _ in range(MANY):
        server.demand(incident, "supplies", "CATERING", risk_statement="-- 7531 --")
    server.demand(incident, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    several = desk.locator("#several")
    several.click()
    dialog = desk.locator("#dialog")
    found = dialog.get_by_role("status")
    expect(found).to_contain_text(f"{MANY + 1} found")
    dialog.locator("[name=words]").fill("7531")
    expect(found).to_contain_text(f"{MANY} found")
    expect(found).to_contain_text("-- 7531 --")
    dialog.locator("[name=kind]").select_option("drainage")
    expect(found).to_have_text(re.compile("^0 found"))
    dialog.locator("[name=kind]").select_option("")
    expect(found).to_contain_text(f"{MANY} found")
    confirm(desk, reason="unfounded")
    open_count = desk.locator("[data-view=open] .count")
    expect(open_count).to_have_text("1")
    expect(several).to_be_hidden()
    batch = desk.locator("#batches li")
    expect(batch).to_contain_text(f"{MANY} demands voided")
    in_both_languages(desk)
    desk.reload()
    batch.get_by_role("button", name="Undo all of it").click()
    expect(open_count).to_have_text(str(MANY + 1))
    expect(batch).to_contain_text(f"{MANY} of {MANY} demands are back")
    assert screens.complaints == []
