"""Recovery: what is left, by township and domain, and what is proposed opened together."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import (
    TEAM,
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    served,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("backlog") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_the_desk_turns_to_recovery_and_opens_what_is_proposed(
    server: Stage, screens: Screens
) -> None:
    """Given three closed demands, then their tasks are counted; those of one domain are opened
    together, after the desk was shown how many, and the others stay proposed."""
    server.organization(TEAM, "PUMP_DRAIN")
    incident = server.incident("typhoon")
    for kind in ("drainage", "drainage", "farm"):
        demand = server.demand(incident, kind, "PUMP_DRAIN")
        [row] = server.rows("demand", id=demand)
        closing = {"reason": "met"}
        server.post(f"/demands/{demand}/close", closing, "desk", revision=row["revision"])
    tasks = server.rows("task")
    domains = {row["domain"] for row in tasks}
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    expect(desk.locator("#backlog li")).to_have_count(len(domains))
    in_both_languages(desk)
    desk.locator("#proposed-box > summary").click()
    desk.locator("#open-tasks").click()
    first = tasks[0]["domain"]
    wanted = [row["id"] for row in tasks if row["domain"] == first]
    desk.locator("#dialog [name=domain]").select_option(first)
    expect(desk.locator("#dialog ul")).to_contain_text(str(len(wanted)))
    confirm(desk)
    expect(desk.locator("#tasks .card.open")).to_have_count(len(wanted))
    assert {row["id"] for row in server.rows("task", state="open")} == set(wanted)
    batch = desk.locator("#batches li")
    expect(batch).to_contain_text(f"{len(wanted)} recovery tasks opened")
    batch.get_by_role("button", name="Undo all of it").click()
    expect(desk.locator("#tasks .card.open")).to_have_count(0)
    assert screens.complaints == []
