"""SMS and calls: failures inside of successes, lost answers, receipts, and what people answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from api.reach.channels import (
    Broken,
    Dead,
    Handed,
    Outcome,
    Receipt,
    Reply,
    Retry,
    Unknown,
    told,
)
from tests.reach.gateway import (
    CAPTIVE,
    EARLY,
    LOST,
    UNAVAILABLE,
    says,
)
from tests.reach.place import NUMBER, Place, placed, service


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with placed() as made:
        yield made


# --- 6, 7, 8, 10, 12: SMS and voice ----------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", Dead("limit")),
        ("isv.DAY_LIMIT_CONTROL", Broken("limit")),
        ("isv.OUT_OF_SERVICE", Broken("balance")),
        ("isv.AMOUNT_NOT_ENOUGH", Broken("balance")),
        ("isv.DENY_IP_RANGE", Broken("sender_ip")),
        ("isv.SMS_CONTENT_ILLEGAL", Dead("content")),
        ("isv.SMS_TEMPLATE_ILLEGAL", Broken("template")),
        ("isv.MOBILE_NUMBER_ILLEGAL", Dead("address")),
        ("isv.SOMETHING_NEW", Retry("other:isv.SOMETHING_NEW")),
    ],
)
async def test_aliyun_says_no_with_http_200(place: Place, code: str, outcome: Outcome) -> None:
    place.gateway.script("aliyun", says({"Code": code, "Message": "no"}))
    assert await place.send(place.channel("aliyun_sms"), place.message("aliyun_sms")) == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("LimitExceeded.PhoneNumberDailyLimit", Dead("limit")),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", Dead("limit")),
        ("FailedOperation.PhoneNumberInBlacklist", Dead("blacklist")),
        ("FailedOperation.InsufficientBalanceInSmsPackage", Broken("balance")),
        ("InternalError.Timeout", Unknown("gateway")),
    ],
)
async def test_tencent_says_no_inside_a_success(place: Place, code: str, outcome: Outcome) -> None:
    row = {"Code": code, "PhoneNumber": f"+86{NUMBER}", "SerialNo": "7"}
    place.gateway.script("tencent", says({"Response": {"SendStatusSet": [row]}}))
    assert await place.send(place.channel("tencent_sms"), place.message("tencent_sms")) == outcome


@pytest.mark.parametrize(
    ("kind", "setting", "why"),
    [
        ("aliyun_sms", "access_secret", "sign"),
        ("aliyun_sms", "access_key", "access"),
        ("aliyun_voice", "access_secret", "sign"),
        ("tencent_sms", "secret_key", "sign"),
        ("tencent_sms", "secret_id", "access"),
        ("dingtalk", "app_secret", "access"),
        ("wecom", "secret", "access"),
    ],
)
async def test_wrong_keys_break_the_channel_and_are_not_repeated_in_words(
    place: Place, kind: str, setting: str, why: str
) -> None:
    channel = place.channel(kind, **{setting: "wrong-secret"})
    assert await place.send(channel, place.message(kind)) == Broken(why)
    assert place.gateway.taken == []


@pytest.mark.parametrize("kind", ["aliyun_sms", "tencent_sms"])
async def test_a_clock_that_is_wrong_is_said(place: Place, kind: str) -> None:
    place.gateway.clock = lambda: place.clock.now + 3_700
    assert await place.send(place.channel(kind), place.message(kind)) == Broken("clock")


async def test_a_lost_sms_is_found_by_its_id_and_sent_once(place: Place) -> None:
    channel, message = place.channel("aliyun_sms"), place.message("aliyun_sms")
    place.gateway.script("aliyun", LOST)
    assert await place.send(channel, message) == Unknown("lost")
    restarted = place.channel("aliyun_sms")
    assert isinstance(await restarted.found(place.outbound, message), Handed)
    assert len(place.gateway.arrived(NUMBER)) == 1


async def test_an_sms_found_before_midnight_is_found_after_it(place: Place) -> None:
    place.clock.now = 1_795_017_595.0 - 1_795_017_595.0 % 86_400 + 16 * 3_600 - 5  # 23:59:55
    channel, message = place.channel("aliyun_sms"), place.message("aliyun_sms")
    place.gateway.script("aliyun", LOST)
    await place.send(channel, message)
    place.clock.now += 20
    assert isinstance(await channel.found(place.outbound, message), Handed)


async def test_an_sms_that_is_not_listed_is_sent_again_only_after_a_minute(place: Place) -> None:
    channel, message = place.channel("aliyun_sms"), place.message("aliyun_sms")
    assert await channel.found(place.outbound, message) == Unknown("pending")
    place.clock.now += 59
    assert await channel.found(place.outbound, message) == Unknown("pending")
    place.clock.now += 2
    assert await channel.found(place.outbound, message) == Retry("lost")


async def test_while_aliyun_cannot_be_asked_nothing_is_repeated(place: Place) -> None:
    channel, message = place.channel("aliyun_sms"), place.message("aliyun_sms")
    for act in (UNAVAILABLE, CAPTIVE, LOST):
        place.gateway.script("aliyun", act)
        assert await channel.found(place.outbound, message) == Unknown("lost")
        place.clock.now += 100


@pytest.mark.parametrize("kind", ["aliyun_voice", "tencent_sms"])
async def test_a_lost_call_or_tencent_sms_is_never_repeated(place: Place, kind: str) -> None:
    channel, message = place.channel(kind), place.message(kind)
    place.gateway.script(service(kind), LOST)
    assert await place.send(channel, message) == Unknown("lost")
    for _ in range(3):
        place.clock.now += 100
        assert await channel.found(place.outbound, message) == Unknown("lost")


@pytest.mark.parametrize("kind", ["wecom", "bark", "webhook"])
async def test_what_is_recognized_may_be_repeated_and_arrives_once(place: Place, kind: str) -> None:
    channel, first = place.channel(kind), place.message(kind)
    place.gateway.script(kind, LOST)
    assert await place.send(channel, first) == Unknown("lost")
    assert await channel.found(place.outbound, first) == Retry("lost")
    second = msgspec.structs.replace(first, tries=2)
    assert isinstance(await place.send(channel, second), Handed)
    assert len(place.gateway.taken) == (2 if kind == "bark" else 1)  # Bark replaces on the phone
    assert len({taken.id for taken in place.gateway.taken}) == 1


# --- 13 to 17: receipts ----------------------------------------------------------------------


async def test_a_receipt_may_overtake_the_answer(place: Place) -> None:
    heard: list[Receipt | Reply] = []

    async def listen(kind: str, body: Any) -> None:
        heard.extend(told(msgspec.json.encode(body)))

    place.gateway.listener = listen
    place.gateway.script("aliyun", EARLY)
    outcome = await place.send(place.channel("aliyun_sms"), place.message("aliyun_sms"))
    assert isinstance(outcome, Handed)
    assert heard == [Receipt("delivered", outcome.reference, "m1")]


async def test_aliyun_is_asked_for_receipts_until_it_tells_one(place: Place) -> None:
    channel = place.channel("aliyun_sms")
    outcome = await place.send(channel, place.message("aliyun_sms"))
    assert isinstance(outcome, Handed)
    asked = len(place.gateway.asked)
    assert await channel.poll(place.outbound) == []
    assert len(place.gateway.asked) == asked
    place.clock.now += 11
    assert await channel.poll(place.outbound) == []
    place.gateway.receipts["m1"] = 3
    place.clock.now += 11
    assert await channel.poll(place.outbound) == [Receipt("delivered", outcome.reference, "m1")]
    place.clock.now += 1_000
    assert await channel.poll(place.outbound) == []


async def test_a_failed_receipt_says_why(place: Place) -> None:
    channel = place.channel("aliyun_sms")
    await place.send(channel, place.message("aliyun_sms"))
    place.gateway.receipts["m1"] = 2
    place.clock.now += 11
    (receipt,) = await channel.poll(place.outbound)
    assert isinstance(receipt, Receipt)
    assert (receipt.state, receipt.id, receipt.why) == ("failed", "m1", "carrier")


async def test_tencent_tells_receipts_and_replies_of_anybody(place: Place) -> None:
    place.gateway.pulled["receipts"] = [
        {"ReportStatus": "SUCCESS", "SerialNo": "7", "Description": "DELIVRD"},
        {"ReportStatus": "FAIL", "SerialNo": "unknown to us"},
        "nonsense",
    ]
    reply = {"PhoneNumber": f"+86{NUMBER}", "ReplyContent": " 1", "ReplyTime": 1_795_000_000}
    place.gateway.pulled["replies"] = [reply, dict(reply)]
    heard = await place.channel("tencent_sms").poll(place.outbound)
    assert heard[:2] == [
        Receipt("delivered", "7"),
        Receipt("failed", "unknown to us", "", "carrier"),
    ]
    assert heard[2] == heard[3]
    assert isinstance(heard[2], Reply)
    assert (heard[2].sender, heard[2].text) == (NUMBER, " 1")


async def test_a_call_that_was_picked_up_is_delivered(place: Place) -> None:
    channel = place.channel("aliyun_voice")
    outcome = await place.send(channel, place.message("aliyun_voice"))
    assert isinstance(outcome, Handed)
    place.clock.now += 11
    assert await channel.poll(place.outbound) == []
    place.gateway.calls[outcome.reference] = {"startDate": "12:00:00", "endDate": "12:00:30"}
    place.clock.now += 11
    assert await channel.poll(place.outbound) == [Receipt("delivered", outcome.reference, "m1")]


def test_a_pressed_key_is_an_answer_and_none_is_not() -> None:
    row = {"call_id": "c1", "out_id": "m1", "callee": NUMBER, "b_start_time": "12:00:00"}
    delivered = Receipt("delivered", "c1", "m1")
    assert told(msgspec.json.encode([row])) == [delivered]
    assert told(msgspec.json.encode([{**row, "dtmf": "3"}])) == [delivered]
    answered = [delivered, Reply("call:c1", NUMBER, "1", "m1")]
    assert told(msgspec.json.encode({**row, "dtmf": "1"})) == answered
    silent = {"call_id": "c1", "out_id": "m1", "status_code": "200010"}
    assert told(msgspec.json.encode([silent])) == [Receipt("failed", "c1", "m1", "carrier")]


def test_pushed_replies_and_receipts_are_read_in_their_order() -> None:
    rows = [
        {"phone_number": NUMBER, "content": "1", "sequence_id": 9},
        {"phone_number": NUMBER, "success": False, "biz_id": "b", "out_id": "m1"},
        {"mobile": NUMBER, "report_status": "SUCCESS", "sid": "s"},
        {"nobody": "knows"},
    ]
    assert told(msgspec.json.encode(rows)) == [
        Reply("sms:9", NUMBER, "1"),
        Receipt("failed", "b", "m1", "carrier"),
        Receipt("delivered", "s"),
    ]
