"""What screens promise is so: no search that nobody makes, no yes that would be refused."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from schemas.codes import SKILLS
from tests.api.browsing import (
    MINUTE,
    TEAM,
    TOWN,
    Screens,
    Stage,
    in_both_languages,
    served,
    touch,
)

BEIJING = 480 * MINUTE
DAY = 1440 * MINUTE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("true") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_a_late_crew_is_told_as_it_is_and_a_hold_as_a_hold(server: Stage, screens: Screens) -> None:
    """Given the only two teams, one silent and one overdue, then the desk reads that nobody is
    asked in its place, also once a new time is known; on hold, nothing that would be refused is
    offered, and the silent team does not read that it is covered."""
    late = server.organization(TEAM, "PUMP_DRAIN")
    silent = server.organization("Team 8", "PUMP_DRAIN")
    demand = server.demand(server.incident("typhoon"), "drainage", "PUMP_DRAIN")
    offers = {row["organization"]: row["id"] for row in server.rows("offer")}
    server.post(f"/offers/{offers[late]}/accept", {"quantity": 1, "minutes": 5}, "desk")
    server.post(f"/offers/{offers[silent]}/decline", {"reason": "no_crew"}, "desk")
    server.advance(21)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    card = desk.locator("#demands .demand")
    overdue = card.locator(".party.overdue", has_text=TEAM)
    expect(overdue).to_contain_text("not counted on")
    expect(card).not_to_contain_text("another is being asked")
    [crew] = server.rows("assignment", organization=late)
    server.post(f"/assignments/{crew['id']}/new-time", {"minutes": 20}, "desk")
    expect(card).to_contain_text("new time given 1 ×")
    expect(card).not_to_contain_text("another is being asked")
    expect(card.get_by_role("button", name="Ask directly").first).to_be_visible()
    in_both_languages(desk)

    phone = screens.sign_in(server.link("organization", organization=silent), "en", True)
    expect(phone.locator("#late .card")).to_contain_text("Still needed")
    server.post(f"/demands/{demand}/hold", {"question": "7 – 8?"}, "desk")
    expect(card).to_contain_text("on hold")
    expect(card.get_by_role("button", name="Ask directly")).to_have_count(0)
    expect(card).not_to_contain_text("another is being asked")
    expect(phone.locator("#late .card")).to_contain_text("On hold: a question is open")
    expect(phone.locator("#late .card")).not_to_contain_text("Covered")
    in_both_languages(phone)

    server.post(f"/demands/{demand}/resume", {}, "desk")
    owed_and_thanked(server, desk, phone, crew, offers[silent])


def owed_and_thanked(
    server: Stage, desk: Page, phone: Page, crew: dict[str, str], silent: str
) -> None:
    """A report from the scene is for the desk to answer; who waited is told why it was let go."""
    demand = crew["demand"]
    server.post(f"/assignments/{crew['id']}/arrive", {}, "desk")
    desk.locator("[data-view=owed]").click()
    expect(desk.locator("[data-view=owed] .count")).to_have_text("0")
    said = {"what": "road_cut", "text": "-"}
    server.post(f"/assignments/{crew['id']}/report", said, "desk")
    expect(desk.locator("[data-view=owed] .count")).to_have_text("1")

    server.post(f"/demands/{demand}/hold", {"question": "7 – 8?"}, "desk")
    server.post(f"/offers/{silent}/accept", {"quantity": 1, "minutes": 5}, "desk")
    expect(phone.locator("#standby .card")).to_be_visible()
    close(server, demand)
    ended = phone.locator("#ended .card").first
    expect(ended).to_contain_text("stood down")
    expect(ended).not_to_contain_text("no crew")


def test_a_phone_promises_nothing_that_is_over(server: Stage, screens: Screens) -> None:
    """Given a certificate that ends at midnight, then the card says from then on that a yes does
    not count, until the next one is on record; a crew that is asked anew is not told to turn
    around as well; and tasks for other skills lie folded behind its own."""
    skills = [{"skill": skill, "units": 1} for skill in ("WATER", "CATERING")]
    team = server.organization(
        "Team 9", "WATER", registration_class="registered", capabilities=skills
    )
    certify(server, team, days=0)
    incident = server.incident("earthquake")
    wanted = [{"skill": "WATER", "grade": 2, "minimum": 1, "target": 1}]
    server.demand(incident, "rescue_water", "WATER", lines=wanted)
    phone = screens.sign_in(server.link("organization", organization=team), "en", True)
    expect(phone.locator("#offers .card")).to_be_visible()
    server.advance(4)
    expect(phone.locator("#offers .card")).to_contain_text("a yes still counts")
    server.advance((DAY - (server.now + BEIJING) % DAY) / MINUTE + 1)
    card = phone.locator("#offers .card")
    expect(card).to_contain_text("not valid now, so you cannot say yes")
    expect(card).not_to_contain_text("still counts")
    expect(card.get_by_role("button", name="Say yes")).to_have_count(0)
    in_both_languages(phone)
    certify(server, team, days=30)
    expect(card.get_by_role("button", name="Say yes")).to_be_visible()

    meals = server.demand(incident, "catering", "CATERING")
    touch(phone.locator("#offers .card", has_text="Meals"), "Say yes")
    expect(phone.locator("#assignments .card")).to_contain_text("No number of the desk")
    close(server, meals)
    expect(phone.locator("#turns")).to_contain_text("please turn around")
    [revision] = [row["revision"] for row in server.rows("demand", id=meals)]
    server.post(f"/demands/{meals}/reopen", {}, "desk", revision)
    expect(phone.locator("#offers .card", has_text="Meals")).to_be_visible()
    expect(phone.locator("#turns .card")).to_have_count(0)

    close(server, meals)
    drainage = server.demand(incident, "drainage", "PUMP_DRAIN")
    close(server, drainage)
    for task in server.rows("task", state="proposed"):
        server.post(f"/tasks/{task['id']}/open", {"domain": task["domain"]}, "desk")
    expect(phone.locator("#tasks .card").first).to_contain_text("Meals")
    others = [row for row in server.rows("task", state="open") if row["skill"] != "CATERING"]
    expect(phone.locator("#other-tasks-count")).to_have_text(str(len(others)))
    expect(phone.locator("#other-tasks .card").first).to_be_hidden()
    in_both_languages(phone)


def certify(server: Stage, team: str, days: int) -> None:
    """Record a certificate that is good for so many days after today."""
    last = datetime.fromtimestamp((server.now + BEIJING + days * DAY) / 1000, UTC)
    held = {
        "skill": "WATER",
        "grade": 2,
        "standard": SKILLS["WATER"].standard,
        "issuer": "-",
        "number": str(days),
        "valid_through": f"{last:%Y-%m-%d}",
    }
    server.post(f"/organizations/{team}/certificates", held)


def close(server: Stage, demand: str) -> None:
    [revision] = [row["revision"] for row in server.rows("demand", id=demand)]
    server.post(f"/demands/{demand}/close", {"reason": "met"}, "desk", revision)
