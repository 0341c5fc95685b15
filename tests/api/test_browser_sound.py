"""A tone for what is most urgent: once for all that is there, once for what is new."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import TEAM, TOWN, Screens, Stage, in_both_languages, served

# In place of the browser's own: it counts what would be heard, and lets nothing be until a press.
COUNTED = """
window.tones = 0;
window.AudioContext = class {
  state = "suspended";
  currentTime = 0;
  destination = {};
  async resume() { this.state = "running"; }
  createGain() {
    const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: () => {} };
  }
  createOscillator() {
    const connect = () => ({ connect: () => {} });
    return { frequency: {}, connect, start: () => (window.tones += 1), stop() {} };
  }
};
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("sound") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def heard(desk: Page) -> int:
    """How often it has been heard; each time is two tones."""
    return int(desk.evaluate("window.tones")) // 2


def test_a_tone_is_heard_once_for_what_is_there_and_once_for_what_is_new(
    server: Stage, screens: Screens
) -> None:
    """Given two most urgent demands that nobody can serve, when the desk opens its page, then the
    browser's no is said and the title counts them; upon a press it is heard once, then once for a
    third one, never for one that is not most urgent, and not at all once it is turned off."""
    server.organization(TEAM, "CATERING")
    incident = server.incident("typhoon")
    for _ in range(2):
        server.demand(incident, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.add_init_script(COUNTED)
    desk.clock.install()
    desk.reload()
    sound = desk.locator("#sound")
    expect(sound).to_have_text("Click once to allow sound")
    expect(desk).to_have_title("(2) Desk · 2 most urgent")
    in_both_languages(desk)  # which presses a button
    expect(sound).to_have_text("Sound: on")
    assert heard(desk) == 1
    desk.clock.fast_forward(10_000)
    server.demand(incident, "drainage", "PUMP_DRAIN", priority=2)
    expect(desk.locator("#overview .row")).to_have_count(3)
    assert heard(desk) == 1
    server.demand(incident, "drainage", "PUMP_DRAIN")
    expect(desk.locator("#overview .row")).to_have_count(4)
    assert heard(desk) == 2
    sound.click()
    desk.get_by_role("button", name="Play it once").click()
    assert heard(desk) == 3
    desk.get_by_label("Sound on").uncheck()
    in_dialog = desk.locator("#dialog")
    in_dialog.get_by_role("button", name="Close").click()
    expect(sound).to_have_text("Sound: off")
    desk.reload()
    expect(desk.locator("#overview .row")).to_have_count(4)
    expect(sound).to_have_text("Sound: off")
    assert heard(desk) == 0
