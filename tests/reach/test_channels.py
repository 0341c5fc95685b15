"""One channel against one gateway: what really arrives, and what the channel says of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import msgspec
import pytest

from api.reach.channels import (
    KINDS,
    About,
    Broken,
    Dead,
    Handed,
    Retry,
    Unknown,
    make,
)
from api.reach.outbound import Guarded
from tests.reach.gateway import (
    CAPTIVE,
    LOST,
    UNAVAILABLE,
    Act,
    says,
    settings_for,
)
from tests.reach.place import DRILL_TEXT, FIELDS, ONLINE, TEXT, Place, placed, service


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with placed() as made:
        yield made


# --- 1, 9, 20, 21: what holds for all of them ------------------------------------------------


@pytest.mark.parametrize("kind", ONLINE)
async def test_what_is_sent_arrives_once_and_is_handed(place: Place, kind: str) -> None:
    outcome = await place.send(place.channel(kind), place.message(kind))
    assert isinstance(outcome, Handed)
    assert len(place.gateway.taken) == 1


@pytest.mark.parametrize("kind", ONLINE)
async def test_a_service_that_is_away_is_tried_again(place: Place, kind: str) -> None:
    channel = place.channel(kind)
    place.gateway.script(service(kind), UNAVAILABLE)
    assert await place.send(channel, place.message(kind)) == Retry("gateway")
    assert isinstance(await place.send(channel, place.message(kind, tries=2)), Handed)
    assert len(place.gateway.taken) == 1


@pytest.mark.parametrize("kind", ONLINE)
async def test_a_sign_in_page_in_between_is_no_success(place: Place, kind: str) -> None:
    place.gateway.script(service(kind), CAPTIVE)
    assert await place.send(place.channel(kind), place.message(kind)) == Retry("portal")
    assert place.gateway.taken == []


@pytest.mark.parametrize("kind", ONLINE)
async def test_a_lost_answer_is_unknown(place: Place, kind: str) -> None:
    place.gateway.script(service(kind), LOST)
    assert await place.send(place.channel(kind), place.message(kind)) == Unknown("lost")
    assert len(place.gateway.taken) == 1


@pytest.mark.parametrize("kind", ["aliyun_sms", "dingtalk_robot"])
async def test_an_answer_that_takes_too_long_is_unknown(kind: str) -> None:
    async with placed(seconds=0.3) as place:
        place.gateway.script(service(kind), Act(wait_s=0.6))
        assert await place.send(place.channel(kind), place.message(kind)) == Unknown("lost")


@pytest.mark.parametrize("kind", ONLINE)
async def test_a_drill_that_does_not_say_so_never_goes_out(place: Place, kind: str) -> None:
    with pytest.raises(ValueError, match="drill"):
        await place.send(place.channel(kind), place.message(kind, drill=True))
    assert place.gateway.asked == []
    message = place.message(kind, drill=True, text=DRILL_TEXT)
    assert isinstance(await place.send(place.channel(kind), message), Handed)


@pytest.mark.parametrize("kind", ONLINE)
async def test_without_a_network_nothing_was_sent(place: Place, kind: str) -> None:
    channel, message = place.channel(kind), place.message(kind)
    async with placed() as gone:
        pass
    elsewhere = make(kind, settings_for(kind, gone.url))
    message = msgspec.structs.replace(message, to=message.to.replace(place.url, gone.url))
    allowed = frozenset({urlsplit(gone.url).netloc})
    async with Guarded(allowed=allowed, clock=place.clock) as outbound:
        outcome = elsewhere.judge(await elsewhere.send(outbound, message), message)
    assert outcome == Retry("network")
    assert channel.rung is KINDS[kind].rung


@pytest.mark.parametrize("kind", ["aliyun_sms", "tencent_sms", "aliyun_voice"])
async def test_a_template_takes_no_name(place: Place, kind: str) -> None:
    fields = {**FIELDS, "name": "张三"}
    with pytest.raises(ValueError, match="template"):
        await place.send(place.channel(kind), place.message(kind, fields=fields))
    assert place.gateway.asked == []


@pytest.mark.parametrize("kind", ["aliyun_sms", "tencent_sms", "aliyun_voice"])
async def test_a_template_carries_only_code_and_time(place: Place, kind: str) -> None:
    await place.send(place.channel(kind), place.message(kind))
    (taken,) = place.gateway.taken
    assert "AB12CD34" in taken.text
    assert "12:30" in taken.text
    assert "双溪" not in taken.text


async def test_what_has_no_template_is_not_sent_under_another(place: Place) -> None:
    message = place.message("aliyun_sms", about=About.OVER)
    assert await place.send(place.channel("aliyun_sms"), message) == Dead("template")
    assert place.gateway.asked == []


# --- 2 to 5, 11, 19: robots ------------------------------------------------------------------


async def test_a_robot_that_was_too_fast_rests_ten_minutes(place: Place) -> None:
    channel = place.channel("dingtalk_robot")
    sent = [await place.send(channel, place.message("dingtalk_robot")) for _ in range(21)]
    assert all(isinstance(each, Handed) for each in sent[:20])
    assert sent[20] == Retry("rate", 600)
    place.clock.now += 599
    assert await place.send(channel, place.message("dingtalk_robot")) == Retry("rate", 600)
    place.clock.now += 2
    assert isinstance(await place.send(channel, place.message("dingtalk_robot")), Handed)


async def test_eighteen_a_minute_are_never_too_fast(place: Place) -> None:
    channel, bound = place.channel("dingtalk_robot"), KINDS["dingtalk_robot"].a_minute
    for _ in range(3):
        for _ in range(bound):
            outcome = await place.send(channel, place.message("dingtalk_robot"))
            assert isinstance(outcome, Handed)
        place.clock.now += 60


@pytest.mark.parametrize(
    ("kind", "why"), [("dingtalk_robot", "sign"), ("feishu_robot", "sign"), ("ntfy", "access")]
)
async def test_a_wrong_secret_breaks_the_channel(place: Place, kind: str, why: str) -> None:
    if kind == "ntfy":
        place.gateway.script("ntfy", says({"code": 40301, "http": 403}, 403))
    message = place.message(kind, secret="" if kind == "ntfy" else "SECother")
    assert await place.send(place.channel(kind), message) == Broken(why)
    assert place.gateway.taken == []


@pytest.mark.parametrize("kind", ["dingtalk_robot", "feishu_robot"])
async def test_a_missing_keyword_breaks_it_and_a_set_one_is_put_in(place: Place, kind: str) -> None:
    place.gateway.accounts.keywords["signed"] = "应急"
    assert await place.send(place.channel(kind), place.message(kind)) == Broken("keyword")
    channel = place.channel(kind, keyword="应急")
    assert isinstance(await place.send(channel, place.message(kind)), Handed)
    assert place.gateway.taken[0].text == f"【应急】{TEXT}"


@pytest.mark.parametrize("kind", ["dingtalk_robot", "feishu_robot"])
async def test_a_clock_an_hour_wrong_is_refused(place: Place, kind: str) -> None:
    place.gateway.clock = lambda: place.clock.now + 3_700
    assert await place.send(place.channel(kind), place.message(kind)) == Broken("sign")


async def test_a_robot_that_is_gone_is_dead_for_that_group(place: Place) -> None:
    for kind, to in (
        ("wecom_robot", f"{place.url}/cgi-bin/webhook/send?key=gone"),
        ("dingtalk_robot", f"{place.url}/robot/send?access_token=gone"),
        ("feishu_robot", "gone"),
    ):
        assert await place.send(place.channel(kind), place.message(kind, to=to)) == Dead("address")


async def test_a_hook_at_somebody_elses_address_is_not_called(place: Place) -> None:
    for kind in ("dingtalk_robot", "wecom_robot", "feishu_robot"):
        message = place.message(kind, to="https://8.8.8.8/robot/send?access_token=x")
        assert await place.send(place.channel(kind), message) == Dead("target")
    assert place.gateway.asked == []


async def test_a_hook_may_be_given_by_its_token_alone(place: Place) -> None:
    for kind in ("dingtalk_robot", "feishu_robot"):
        message = place.message(kind, to="signed")
        assert isinstance(await place.send(place.channel(kind), message), Handed)


@pytest.mark.parametrize("kind", ["dingtalk_robot", "wecom_robot", "feishu_robot", "ntfy"])
async def test_a_lost_robot_message_is_repeated_once_and_marked(place: Place, kind: str) -> None:
    channel, first = place.channel(kind), place.message(kind)
    place.gateway.script(kind, LOST, LOST)
    assert await place.send(channel, first) == Unknown("lost")
    assert await channel.found(place.outbound, first) == Retry("lost")
    second = msgspec.structs.replace(first, tries=2)
    assert await place.send(channel, second) == Unknown("lost")
    assert await channel.found(place.outbound, second) == Unknown("lost")
    assert [taken.text for taken in place.gateway.taken] == [TEXT, f"(重发){TEXT}"]


async def test_a_long_text_is_cut_and_its_link_is_not(place: Place) -> None:
    link = "https://sw.example.gov.cn/o/abc"
    message = place.message("wecom_robot", text="守" * 2_000, link=link)
    assert isinstance(await place.send(place.channel("wecom_robot"), message), Handed)
    text = place.gateway.taken[0].text
    assert text.endswith(f"\n{link}")
    assert len(text.encode()) <= 2_048
