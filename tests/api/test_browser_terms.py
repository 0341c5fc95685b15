"""On which terms an organization is asked, said on its phone; safeguards, recorded by a desk."""

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
    touch,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("terms") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_a_phone_states_hours_leave_and_how_many_crews(server: Stage, screens: Screens) -> None:
    """What it says of being asked follows at once."""
    team = server.organization("Team 2", "PUMP_DRAIN")
    phone = screens.sign_in(server.link("organization", organization=team), "en", True)
    phone.locator("#terms-box summary").click()
    terms = phone.locator("#terms")
    expect(terms).to_contain_text("you can be asked at any hour")
    expect(terms).to_contain_text("no accident insurance on record")
    form = terms.locator("form.hours")
    for day in range(1, 8):
        form.locator(f"[name=day][value='{day}']").check()
    begins = (server.now // 60_000 + 480 + 60) % 1440  # in an hour, in China
    form.locator("[name=begins]").fill(f"{begins // 60:02}:{begins % 60:02}")
    ends = (begins + 120) % 1440
    form.locator("[name=ends]").fill(f"{ends // 60:02}:{ends % 60:02}")
    touch(form, "Save")
    expect(phone.locator("#duty .chip")).to_contain_text("outside your hours; asked again from")
    in_both_languages(phone)
    server.advance(61)
    expect(phone.locator("#duty .chip")).to_have_text("on duty")
    leave = terms.locator("form.leave")
    ends_on = leave.locator("[name=begins]").input_value().replace("T", " ")[:4]
    leave.locator("[name=ends]").fill(f"{int(ends_on)}-12-31T08:00")
    touch(leave, "Add this leave")
    expect(phone.locator("#duty .chip")).to_contain_text("on leave; asked again from")
    touch(terms, "Remove")
    expect(phone.locator("#duty .chip")).to_have_text("on duty")
    touch(terms, "Take part")
    expect(terms).to_contain_text("You take part.")
    phone.locator("#capacity-box summary").click()
    phone.locator("#capacity [name=crews_most]").fill("1")
    with phone.expect_response(lambda answer: answer.url.endswith("/capacity")):
        touch(phone.locator("#capacity"), "Save")
    expect(phone.locator("#notices")).to_contain_text("Saved")
    [row] = [row for row in server.get("/board")["rows"] if row["id"] == team]
    assert (row["crews_most"], row["enrolled"], len(row["hours"])) == (1, True, 7)
    assert screens.complaints == []


def test_a_yes_to_hazardous_work_counts_once_the_desk_has_recorded_its_safeguards(
    server: Stage, screens: Screens
) -> None:
    team = server.organization(TEAM, "CATERING")
    incident = server.incident("typhoon")
    line = {"skill": "CATERING", "minimum": 1, "target": 1, "hazardous": True}
    server.demand(incident, "supplies", "CATERING", lines=[line])
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    offer = crew.locator("#offers .card")
    expect(offer).to_contain_text("请致电值班室")
    expect(offer).to_contain_text("值班室尚未登记电话")  # or its number, as on a crew's card
    expect(offer.get_by_role("button", name="答应", exact=True)).to_have_count(0)
    in_both_languages(crew)
    desk.locator("#demands .card").get_by_role("button", name="Adults, insurance…").click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text("insurance not known")
    dialog.locator("[name=insured_through]").fill("2099-12-31")
    confirm(desk, organization=team, adults="adults")
    in_both_languages(desk)
    touch(offer, "答应")
    expect(crew.locator("#assignments .card")).to_be_visible()
    assert screens.complaints == []


def test_what_ends_within_ninety_days_is_said_to_its_holder(
    server: Stage, screens: Screens
) -> None:
    team = server.organization("Team 3", "PUMP_DRAIN")
    day = "2025-01-01"
    insured = {"adults_only": True, "insured_through": day}
    server.post(f"/organizations/{team}/safeguards", insured)
    phone = screens.sign_in(server.link("organization", organization=team), "en", True)
    expect(phone.locator("#own-notes")).to_contain_text(f"insurance on record through {day}")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#ending-box summary").click()
    expect(desk.locator("#ending")).to_contain_text(f"accident insurance: through {day}")
    in_both_languages(desk)
    [ending] = server.get("/certificates/ending")["ending"]
    assert (ending["organization"], ending["valid_through"]) == (team, day)
    in_both_languages(phone)
    server.post(f"/organizations/{team}/safeguards", insured | {"insured_through": "2099-01-01"})
    expect(phone.locator("#own-notes")).to_have_text("")
    assert screens.complaints == []


def test_a_retired_team_is_offered_no_yes_that_would_be_refused(
    server: Stage, screens: Screens
) -> None:
    """Given a request that a team can still answer late, when the team is retired, then its phone
    says that it cannot say yes, and shows no button for it."""
    team = server.organization("Team 5", "ELECTRIC_REPAIR")
    server.demand(server.incident("snow_ice"), "power", "ELECTRIC_REPAIR")
    server.advance(4)
    phone = screens.sign_in(server.link("organization", organization=team), "en", True)
    expect(phone.locator(".card.offer")).to_be_visible()
    expect(phone.get_by_role("button", name="Say yes")).to_be_visible()
    server.post(f"/organizations/{team}/retire", {})
    expect(phone.locator(".card.offer")).to_contain_text("is retired in the registry")
    expect(phone.get_by_role("button", name="Say yes")).to_have_count(0)
    in_both_languages(phone)
    assert screens.complaints == []
