"""Paper for a power cut: what is open, whom to call, blanks; and who has asked for numbers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import COUNTY, TEAM, TOWN, Screens, Stage, in_both_languages, served

NUMBER, DESK_NUMBER, OTHER_NUMBER = "000 0000 0001", "000 0000 0002", "000 0000 0003"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("paper") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def called(server: Stage, telephone: str, **whose: str) -> None:
    server.post("/persons", {"name": "Team 1", "telephone": telephone, **whose})


def test_paper_holds_what_is_open_with_numbers_and_blanks_and_counts_its_pages(
    server: Stage, screens: Screens
) -> None:
    """Given a team that is asked and one that is not, then the desk's paper has the number of the
    first once it has asked for it, and of the desk; a steward's has the other one's, too."""
    team = server.organization(TEAM, "CATERING")
    other = server.organization("Team 8", "PUMP_DRAIN")
    called(server, NUMBER, organization=team)
    called(server, OTHER_NUMBER, organization=other)
    called(server, DESK_NUMBER, division=TOWN)
    steward = server.link("steward", division=COUNTY)
    server.demand(server.incident("typhoon"), "supplies", "CATERING")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.goto(f"{server.address}/paper")
    sheets = desk.locator("#sheets")
    expect(sheets).to_contain_text("X No. 1")
    expect(sheets).to_contain_text(re.compile(r"Printed .+, the record up to turn \d+"))
    expect(sheets).not_to_contain_text(NUMBER)
    desk.locator("#fetch").click()
    for shown in (NUMBER, DESK_NUMBER):
        expect(sheets).to_contain_text(shown)
    expect(sheets).not_to_contain_text(OTHER_NUMBER)
    expect(sheets).to_contain_text("collect it after use")
    in_both_languages(desk)
    pages = re.findall(rb"/Type\s*/Page[^s]", desk.pdf(prefer_css_page_size=True))
    assert len(pages) == 5, "demands, teams, desks, and two pages of blanks"
    keeper = screens.open("en", True)
    keeper.goto(steward)
    keeper.locator("#sign-in").tap()
    expect(keeper.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    keeper.goto(f"{server.address}/paper?role=steward")
    keeper.locator("#fetch").tap()
    for shown in (NUMBER, DESK_NUMBER, OTHER_NUMBER):
        expect(keeper.locator("#sheets")).to_contain_text(shown, timeout=30_000)
    assert keeper.evaluate("document.documentElement.scrollWidth") <= 390


def test_paper_names_who_is_inside_and_ordered_out_and_when_they_have_to_be_heard_of(
    server: Stage, screens: Screens
) -> None:
    """The night the power goes the next shift looks for those whom this paper names."""
    team = server.organization("Team 9", "CHAINSAW_CLEAR")
    safeguards = {"adults_only": True, "insured_through": "2099-12-31"}
    server.post(f"/organizations/{team}/safeguards", safeguards)
    line = {"skill": "CHAINSAW_CLEAR", "minimum": 1, "target": 1, "hazardous": True}
    incident = server.incident("earthquake")
    demand = server.demand(incident, "obstruction", "CHAINSAW_CLEAR", lines=[line])
    server.advance(0.1)
    [offer] = server.rows("offer", demand=demand)
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1, "minutes": 5}, "desk")
    [crew] = server.rows("assignment", demand=demand)
    path = f"/assignments/{crew['id']}"
    server.post(f"{path}/arrive", {}, "desk")
    server.post(f"{path}/heads", {"inside": 3}, "desk")
    order = {"what": "withdraw", "text": "S223 K12"}
    server.post(f"{path}/instruct", order, "desk")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.goto(f"{server.address}/paper")
    row = desk.locator("#sheets tr", has_text="Team 9").first
    told = re.compile(r"Told: Withdraw now \(at \d\d:\d\d, NOT acknowledged\) S223 K12")
    for shown in ("3 inside the danger zone", told, "Not reported safe yet", "next word due by"):
        expect(row).to_contain_text(shown)
    expect(row).to_contain_text("On hold: S223 K12")
    expect(desk.locator("#sheets tbody tr").first).to_contain_text("Team 9")
    in_both_languages(desk)
    desk.goto(f"{server.address}/handover")
    expect(desk.locator("#report section").first).to_contain_text("Team 9")
    desk.goto(f"{server.address}/paper")
    [crew] = server.rows("assignment", demand=demand)
    [given] = crew["instructions"]
    server.post(f"{path}/instructions/{given['id']}/acknowledge", {}, "desk")
    desk.reload()
    expect(row).to_contain_text(re.compile(r"to say by \d\d:\d\d that all are safe"))
    server.post(f"{path}/check-in", {"out": True}, "desk")
    desk.reload()
    for shown in (re.compile(r"acknowledged\) S223"), "All safe, said"):
        expect(row).to_contain_text(shown)
    expect(row).not_to_contain_text("inside the danger zone")
    server.post(f"/incidents/{incident}/instruct", {"what": "withdraw", "text": "K12"}, "desk")
    desk.reload()
    expect(row).to_contain_text("No one goes: Withdraw now K12")
    in_both_languages(desk)


def test_recovery_tasks_that_are_open_are_on_paper_and_on_the_sheet_for_the_next_shift(
    server: Stage, screens: Screens
) -> None:
    demand = server.demand(server.incident("epidemic"), "catering", "CATERING")
    [row] = server.rows("demand", id=demand)
    server.post(f"/demands/{demand}/close", {"reason": "met"}, "desk", revision=row["revision"])
    [task] = server.rows("task", demand=demand)
    server.post(f"/tasks/{task['id']}/open", {"domain": task["domain"]}, "desk")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    for page, place in (("handover", "#report section"), ("paper", "#sheets section")):
        desk.goto(f"{server.address}/{page}")
        tasks = desk.locator(place, has_text="Recovery tasks that are open").last
        expect(tasks.locator("tbody tr").first).to_contain_text("Meals")
        in_both_languages(desk)
