"""Without a signal: what is pressed waits in order, with later steps behind it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.browsing import (
    TEAM,
    TOWN,
    Screens,
    Stage,
    in_both_languages,
    mixed,
    served,
    touch,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("queue") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def back_online(page: Page) -> None:
    """The next try comes by the page's own clock, seconds apart."""
    page.context.set_offline(False)
    for _ in range(8):
        if page.clock:
            page.clock.fast_forward(3_000)
        page.wait_for_timeout(300)


def hazardous(server: Stage) -> str:
    """A team at work on a hazardous line: its card asks for heads, too. Gives its id."""
    team = server.organization(TEAM, "PUMP_DRAIN")
    safeguards = {"adults_only": True, "insured_through": "2099-12-31"}
    server.post(f"/organizations/{team}/safeguards", safeguards)
    line = {"skill": "PUMP_DRAIN", "minimum": 1, "target": 1, "hazardous": True}
    server.demand(server.incident("typhoon"), "drainage", "PUMP_DRAIN", lines=[line])
    return team


def press(card: Locator, name: str) -> None:
    """Press what comes next, once its quiet seconds are over."""
    button = card.get_by_role("button", name=name, exact=True)
    for _ in range(6):
        card.page.clock.fast_forward(5_000)
        card.page.wait_for_timeout(150)
        if button.count() and button.is_enabled():
            break
    touch(card, name)


def test_one_step_without_signal_locks_no_other(server: Stage, screens: Screens) -> None:
    """Given a crew without signal, when it presses one step after the other, from setting off to
    the word that all are out, then each waits in a list with its time, one that was not meant is
    taken back, and with a signal each is sent once, in order."""
    team = hazardous(server)
    crew = screens.sign_in(server.link("organization", organization=team), "en", True)
    touch(crew.locator("#offers .card"), "Say yes")
    card = crew.locator("#assignments .card")
    expect(card).to_contain_text("No number of the desk")
    crew.context.set_offline(True)
    queue = card.locator(".until li")
    for count, name in enumerate(("On my way", "Arrived", "All well"), 1):
        press(card, name)
        expect(queue).to_have_count(count, timeout=20_000)
    card.get_by_label("Inside the danger zone now").fill("2")
    press(card, "Count")
    press(card, "Done, everybody is out")
    touch(card, "Tap again to confirm")
    expect(queue).to_have_count(5, timeout=20_000)
    expect(card.locator(".chip.state")).to_have_text("said yes")
    expect(card).not_to_contain_text("the desk will confirm it")
    assert crew.evaluate("document.documentElement.scrollWidth") <= 390
    queue.last.get_by_role("button", name="Take back").tap()
    expect(queue).to_have_count(4)
    sent: list[str] = []
    crew.on("request", lambda one: sent.append(one.url.split("/")[-1]))
    back_online(crew)
    expect(card.locator(".chip.state")).to_have_text("on the scene")
    expect(queue).to_have_count(0)
    expect(crew.locator("#turns .card")).to_have_count(0)
    steps = ["set-off", "arrive", "check-in", "heads"]
    assert list(dict.fromkeys(one for one in sent if one in steps)) == steps
    [row] = server.rows("assignment", organization=team)
    assert (row["reported_at"], row["inside"], row["set_off_at"] is not None) == (None, 2, True)
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    screens.forgive("Failed to load resource")


def test_a_step_that_is_refused_later_says_what_became_of_those_behind_it(
    server: Stage, screens: Screens
) -> None:
    """Given steps that wait for a signal, and a desk that lets the crew go meanwhile, then the
    phone lists every one of them with what has become of it, until that was read."""
    team = server.organization("Team 8", "CATERING")
    incident = server.incident("rainstorm_flood")
    demand = server.demand(incident, "supplies", "CATERING")
    crew = screens.sign_in(server.link("organization", organization=team), "en", True)
    touch(crew.locator("#offers .card"), "Say yes")
    card = crew.locator("#assignments .card")
    expect(card).to_contain_text("No number of the desk")
    crew.context.set_offline(True)
    press(card, "On my way")
    press(card, "Arrived")
    expect(card.locator(".until li")).to_have_count(2, timeout=20_000)
    server.post(f"/demands/{demand}/close", {"reason": "unfounded"}, "desk", revision=1)
    back_online(crew)
    told = crew.locator("#turns .card li")
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text("On my way")
    expect(told.last).to_contain_text("Arrived")
    for one in told.all():
        expect(one).to_contain_text("not recorded")
    in_both_languages(crew)
    card = crew.locator("#turns .card", has_text="not recorded")
    touch(card, "Seen")
    expect(told).to_have_count(0)
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    screens.forgive("Failed to load resource")


def test_a_desk_without_signal_writes_the_next_one_into_the_incident_it_has_chosen(
    server: Stage, screens: Screens
) -> None:
    """Given two open incidents, then none is taken for chosen; without signal two postings wait
    side by side, one is taken back into the form, and the other is sent once."""
    server.incident("earthquake")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    form = desk.locator("#post")
    desk.locator("#post-box").evaluate("box => (box.open = true)")
    expect(form.locator("[name=incident]")).to_have_value("")
    desk.locator("body").focus()
    desk.keyboard.press("n")
    expect(form.locator("[name=incident]")).to_be_focused()
    form.locator("[name=incident]").select_option(index=1)
    expect(desk.locator("#send")).to_have_text(re.compile("^Post to X No. 3 Earthquake"))
    in_both_languages(desk)
    desk.context.set_offline(True)
    for kind in ("drainage", "catering"):
        form.locator("[name=kind]").select_option(kind)
        form.locator("#priorities label").first.click()
        desk.locator("#send").click()
        expect(desk.locator("#queue li", has_text=re.compile(r"^1 · "))).to_have_count(
            1 if kind == "drainage" else 2, timeout=20_000
        )
        expect(desk.locator("#send")).to_be_enabled()
    desk.locator("#queue li").last.get_by_role("button", name="Take back").click()
    expect(desk.locator("#queue li")).to_have_count(1)
    expect(form.locator("[name=kind]")).to_have_value("catering")
    desk.context.set_offline(False)
    expect(desk.locator("#queue li")).to_have_count(0, timeout=20_000)
    kinds = [row["kind"] for row in server.rows("demand", state="published")]
    assert kinds == ["drainage"] * 2
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    screens.forgive("Failed to load resource")


@pytest.mark.parametrize("role", ["desk", "organization"])
def test_a_page_that_hears_nothing_looks_dead_until_it_does(
    server: Stage, screens: Screens, role: str
) -> None:
    """A minute after the last word all is gray, below how old it is in large figures: a small
    sign in a corner is overlooked. With the server it comes alive again by itself."""
    scope = {"division": TOWN}
    if role == "organization":
        scope = {"organization": server.organization("Team 9", "CHAINSAW_CLEAR")}
    page = screens.open("zh", phone=True)
    page.goto(server.link(role, **scope))
    page.locator("#sign-in").click()
    expect(page.locator("#link")).not_to_have_class(re.compile("lost"))
    bar = page.locator("#dead")
    expect(bar).to_be_hidden()
    expect(bar).to_be_attached()  # before there is no signal to fetch it with
    page.context.set_offline(True)
    page.clock.fast_forward(50_000)
    expect(page.locator("#link")).to_have_class(re.compile("lost"))
    expect(bar).to_be_hidden()
    page.clock.fast_forward(130_000)
    expect(bar).to_contain_text(re.compile(r"已 \d+ 分钟未收到服务器消息"))
    size = bar.locator("strong").evaluate(
        "element => parseFloat(getComputedStyle(element).fontSize)"
    )
    assert size >= 28
    gray = page.locator("#main").evaluate("element => getComputedStyle(element).filter")
    assert "grayscale" in gray
    assert not mixed(page, "zh")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    back_online(page)
    expect(bar).to_be_hidden()
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    assert screens.complaints == []
