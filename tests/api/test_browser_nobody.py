"""An urgent need that nobody can be asked for: its desk sees it at once, and one press acts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import TOWN, Screens, Stage, chosen, in_both_languages, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("nobody") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_its_desk_reads_that_nobody_can_be_asked_and_says_what_it_does(
    server: Stage, screens: Screens
) -> None:
    """Given a P1 that no team has the skill for, then its row and its card say so with the ways
    out, and one press takes it off the desk."""
    incident = server.incident("typhoon")
    server.demand(incident, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    card = chosen(desk, 1)
    alarm = card.locator(".alarm", has_text="nobody can be asked")
    expect(alarm).to_be_visible()
    for name in ("Hand up", "Ask directly", "Own crew"):
        expect(alarm.get_by_role("button", name=name)).to_be_visible()
    expect(desk.locator("#overview .row").first).to_contain_text("nobody left: decide")
    keys = card.locator("[data-focus]").evaluate_all("all => all.map(one => one.dataset.focus)")
    assert len(keys) == len(set(keys)), "the focus would jump to another button"
    in_both_languages(desk)
    alarm.get_by_role("button", name="Seen, we see to it").click()
    expect(alarm).to_have_count(0)
    assert screens.complaints == []
