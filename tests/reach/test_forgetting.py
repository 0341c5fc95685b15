"""What is forgotten of messages and when; what stays; and that a year of them costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from api.reach.answers import Answers
from api.reach.channels import About, Rung
from api.reach.forgetting import DAY, Forgetting
from api.reach.notices import NOTICES, Heard, Notice, Notices, Report
from api.reach.states import State
from api.safe import Vault
from schemas.values import OfferId, OrganizationId

NOW = 1_790_000_000_000
WHOLE_YEAR = 20_000  # notices


@pytest.fixture
def notices(tmp_path: Path) -> Iterator[Notices]:
    with closing(Notices(tmp_path / NOTICES)) as made:
        yield made


def notice(number: int, made_at: int, state: State = State.HANDED) -> Notice:
    handed_at = made_at if state is State.HANDED else None
    return Notice(
        id=f"n{number}",
        offer=OfferId(f"o{number}"),
        organization=OrganizationId("team"),
        person="p",
        address=f"address{number % 50}",
        rung=Rung.SMS,
        about=About.ASK,
        priority=2,
        due=made_at,
        until=made_at + 1,
        made_at=made_at,
        channel="aliyun",
        state=state,
        tries=1,
        sent_at=made_at,
        handed_at=handed_at,
        reference=f"r{number}",
    )


def figures(folder: Path) -> list[Any]:
    with closing(apsw.Connection(str(folder / NOTICES))) as file:
        asked = "SELECT minute, channel, rung, state, count FROM figures ORDER BY minute"
        return file.execute(asked).fetchall()


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(f"{NOTICES}*"))


async def forget(folder: Path, now: int = NOW, erased: Sequence[str] = ()) -> int:
    with closing(Forgetting(folder / NOTICES, lambda asked: sorted({*asked} & {*erased}))) as it:
        return await it.step(now)


async def test_after_a_month_a_message_is_a_figure(tmp_path: Path, notices: Notices) -> None:
    minute = NOW - 31 * DAY
    minute -= minute % 60_000
    notices.put([notice(1, minute + 1), notice(2, minute + 2), notice(3, NOW - 29 * DAY)])
    await forget(tmp_path)
    assert [notices.with_id(f"n{number}") is None for number in (1, 2, 3)] == [True, True, False]
    assert figures(tmp_path) == [(minute, "aliyun", "sms", "handed", 2)]
    assert await forget(tmp_path) == 0
    assert figures(tmp_path) == [(minute, "aliyun", "sms", "handed", 2)], "counted once"


async def test_figures_stay_for_six_months_and_no_address_is_left(
    tmp_path: Path, notices: Notices
) -> None:
    notices.put([notice(1, NOW)])
    await forget(tmp_path, NOW + 31 * DAY)
    await forget(tmp_path, NOW + 184 * DAY)
    assert len(figures(tmp_path)) == 1
    notices.close()
    assert b"address1" not in everything(tmp_path)
    await forget(tmp_path, NOW + 201 * DAY)
    assert figures(tmp_path) == []


async def test_with_the_key_of_an_incident_everything_about_its_offers_goes_at_once(
    tmp_path: Path, notices: Notices
) -> None:
    notices.put([notice(1, NOW - 5), notice(2, NOW - 5)])
    notices.see([("o1", ""), ("o2", "")], NOW)
    notices.heard(Heard("h", NOW, "o1", "team", "p", b"sealed", understood=False), [])
    with closing(Answers(tmp_path / NOTICES, Vault(tmp_path / "keys.db"))) as answers:
        made = answers.make(OfferId("o1"), None, OrganizationId("team"), NOW + DAY)
        await forget(tmp_path, erased=["o1"])
        assert answers.of_link(made.token, NOW) is None
        assert answers.of_code(made.code, NOW) is None
    assert notices.with_id("n1") is None
    assert notices.seen("o1") is None
    assert notices.with_id("n2") is not None
    assert notices.seen("o2") == NOW
    with closing(apsw.Connection(str(tmp_path / NOTICES))) as file:
        assert file.execute("SELECT count(*) FROM replies").fetchall() == [(0,)]


async def test_links_go_when_they_are_over_and_reports_only_once_they_are_done(
    tmp_path: Path, notices: Notices
) -> None:
    old = NOW - 31 * DAY
    notices.put([], [Report(0, "reached", "o1", {}, old), Report(0, "reached", "o2", {}, old)])
    notices.done([1])
    with closing(Answers(tmp_path / NOTICES, Vault(tmp_path / "keys.db"))) as answers:
        over = answers.make(OfferId("o1"), None, OrganizationId("team"), NOW)
        good = answers.make(OfferId("o1"), None, OrganizationId("team"), NOW + 1)
        await forget(tmp_path)
        assert answers.of_link(over.token, NOW - 1) is None
        assert answers.of_link(good.token, NOW) is not None
    assert [report.about for report in notices.reports(9)] == ["o2"]
    assert not notices.reported("reached", "o1")


async def test_a_portion_at_a_time_holds_nobody_up(tmp_path: Path, notices: Notices) -> None:
    notices.put(notice(number, NOW - 31 * DAY) for number in range(450))
    notices.see(((f"o{number}", "") for number in range(450)), NOW - 31 * DAY)
    assert await forget(tmp_path) == 450
    assert [notices.with_id("n449"), notices.seen("o449")] == [None, None]


# A year of messages


HOT: dict[str, Callable[[Notices], object]] = {
    "due": lambda kept: kept.due(NOW),
    "waiting": lambda kept: kept.waiting(),
    "of_offer": lambda kept: kept.of_offer("o77"),
    "sent_to": lambda kept: kept.sent_to("address7", NOW - DAY),
    "called": lambda kept: kept.called("r77"),
    "seen_since": lambda kept: kept.seen_since(WHOLE_YEAR),
    "seen": lambda kept: kept.seen("o77"),
    "reports": lambda kept: kept.reports(200),
    "lost_since": lambda kept: kept.lost_since(NOW - 7_200_000),
    "reported": lambda kept: kept.reported("reached", "o77"),
}


@pytest.mark.parametrize("asked", HOT)
def test_a_year_of_messages_costs_a_look_no_more_steps_than_a_day(
    tmp_path: Path, asked: str
) -> None:
    """Counted in steps of SQLite's machine: time would measure the machine."""
    few, many = (steps(tmp_path / f"{count}.db", count, HOT[asked]) for count in (200, WHOLE_YEAR))
    assert many < 3 * few + 3_000


def steps(path: Path, count: int, look: Callable[[Notices], object]) -> int:
    """A hundred steps a call; the year's messages are spread over it."""
    with closing(Notices(path)) as kept:
        times = [NOW - 365 * DAY * (count - number) // count for number in range(count)]
        kept.put(notice(number, at) for number, at in enumerate(times))
        kept.see(((f"o{number}", "") for number in range(count)), NOW)
        kinds = ("reached", "unreachable")
        told = [Report(0, kinds[n % 2], f"o{n}", {}, at) for n, at in enumerate(times)]
        kept.put([], told)
        kept.done(range(1, count + 1))
        counted = 0

        def step() -> bool:
            nonlocal counted
            counted += 100
            return False

        kept._store.set_progress_handler(step, 100)
        look(kept)
        return counted
