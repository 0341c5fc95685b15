"""Work notices, webhooks and push; and how channels are made."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest

from api.reach.channels import (
    KINDS,
    Dead,
    Handed,
    Receipt,
    Retry,
    Unknown,
    make,
)
from tests.reach.gateway import (
    LOST,
    UNAVAILABLE,
    says,
)
from tests.reach.place import TEXT, Place, placed


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with placed() as made:
        yield made


# --- 22: work notices ------------------------------------------------------------------------


async def test_a_notice_that_was_taken_and_forbidden_is_dead(place: Place) -> None:
    place.gateway.accounts.forbidden.add("u1")
    assert await place.send(place.channel("dingtalk"), place.message("dingtalk")) == Dead("limit")


async def test_a_notice_to_nobody_is_dead(place: Place) -> None:
    for kind in ("dingtalk", "wecom"):
        message = place.message(kind, to="stranger")
        assert await place.send(place.channel(kind), message) == Dead("address")


async def test_a_notice_without_a_result_yet_is_asked_for(place: Place) -> None:
    channel, message = place.channel("dingtalk"), place.message("dingtalk")
    place.gateway.script("dingtalk_result", says({"errcode": 0, "send_result": {}}), UNAVAILABLE)
    assert await place.send(channel, message) == Unknown("pending")
    assert await channel.found(place.outbound, message) == Unknown("pending")
    assert isinstance(await channel.found(place.outbound, message), Handed)
    assert len(place.gateway.taken) == 1


async def test_a_notice_that_was_read_is_told(place: Place) -> None:
    channel = place.channel("dingtalk")
    outcome = await place.send(channel, place.message("dingtalk"))
    assert isinstance(outcome, Handed)
    place.clock.now += 11
    assert await channel.poll(place.outbound) == [Receipt("delivered", outcome.reference, "m1")]
    place.gateway.tasks[int(outcome.reference)]["read_user_id_list"].append("u1")
    place.clock.now += 11
    assert await channel.poll(place.outbound) == [Receipt("read", outcome.reference, "m1")]


@pytest.mark.parametrize("kind", ["dingtalk", "wecom"])
async def test_a_token_is_fetched_once_and_again_when_it_runs_out(place: Place, kind: str) -> None:
    channel = place.channel(kind)
    for number in range(3):
        message = place.message(kind, id=f"m{number}", text=f"{TEXT} {number}")
        assert isinstance(await place.send(channel, message), Handed)
    assert tokens(place, kind) == 1
    place.clock.now += 7_200
    assert isinstance(await place.send(channel, place.message(kind)), Handed)
    assert tokens(place, kind) == 2


def tokens(place: Place, kind: str) -> int:
    return sum(service == f"{kind}_token" for service, _ in place.gateway.asked)


@pytest.mark.parametrize("kind", ["dingtalk", "wecom"])
async def test_a_token_that_is_not_accepted_any_more_is_dropped(place: Place, kind: str) -> None:
    channel = place.channel(kind)
    await place.send(channel, place.message(kind))
    place.gateway.tokens.clear()
    message = place.message(kind, id="m2", text=f"{TEXT} 2")
    assert await place.send(channel, message) == Retry("token")
    assert isinstance(await place.send(channel, message), Handed)


@pytest.mark.parametrize("kind", ["dingtalk", "wecom"])
async def test_a_token_that_was_lost_means_that_nothing_was_sent(place: Place, kind: str) -> None:
    place.gateway.script(f"{kind}_token", LOST, LOST)  # a GET that was cut off is repeated once
    assert await place.send(place.channel(kind), place.message(kind)) == Retry("network")


# --- webhooks, push, and how channels are made -----------------------------------------------


async def test_a_webhook_without_a_key_or_with_another_is_that_address_alone(place: Place) -> None:
    channel = place.channel("webhook")
    assert await place.send(channel, place.message("webhook", secret="")) == Dead("sign")
    other = base64.b64encode(b"another").decode()
    assert await place.send(channel, place.message("webhook", secret=other)) == Dead("sign")
    gone = place.message("webhook", to=f"{place.url}/hook/gone")
    assert await place.send(channel, gone) == Dead("address")


async def test_a_subscription_that_is_gone_is_dead(place: Place) -> None:
    place.gateway.script("webhook", says({}, 410))
    assert await place.send(place.channel("webhook"), place.message("webhook")) == Dead("address")
    message = place.message("bark", to="lost phone")
    assert await place.send(place.channel("bark"), message) == Dead("address")


async def test_a_webhook_is_never_called_on_a_private_address(place: Place) -> None:
    message = place.message("webhook", to="https://192.168.1.1/hook")
    assert await place.send(place.channel("webhook"), message) == Dead("target")


def test_a_missing_setting_is_named_and_a_secret_is_not() -> None:
    with pytest.raises(ValueError, match="aliyun_sms lacks its setting access_secret") as caught:
        make("aliyun_sms", {"access_key": "very-secret"})
    assert "very-secret" not in str(caught.value)
    with pytest.raises(ValueError, match="no setting color"):
        make("ntfy", {"color": "red"})
    with pytest.raises(ValueError, match="no such kind"):
        make("pigeon", {})


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_and_setting_has_words_in_both_languages(kind: str) -> None:
    each = KINDS[kind]
    assert all((each.zh, each.en, each.to_zh, each.to_en))
    for setting in each.settings:
        assert setting.zh
        assert setting.en.isascii()
    assert len({setting.name for setting in each.settings}) == len(each.settings)
