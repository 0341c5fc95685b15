"""What an answer means: never an exception, never a success that it is not; every why has words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.reach.channels import (
    KINDS,
    REASONS,
    Broken,
    Channel,
    Dead,
    Handed,
    Message,
    Raw,
    Retry,
    Unknown,
    make,
    told,
    words,
)

HERE = Path(__file__).parent.parent.parent / "api" / "reach" / "channels"
MESSAGE = Message(id="m1", to="u1", text="守望")
NUMBER = Message(id="m1", to="13800000001", text="守望")


def channel(kind: str) -> Channel:
    return make(kind, {s.name: "x" for s in KINDS[kind].settings if s.default is None})


CHANNELS = {kind: channel(kind) for kind in KINDS}

SUCCESSES: Mapping[str, tuple[int, object]] = {
    "dingtalk_robot": (200, {"errcode": 0, "errmsg": "ok"}),
    "dingtalk": (200, {"errcode": 0, "task": "7", "send_result": {"unread_user_id_list": ["u1"]}}),
    "wecom_robot": (200, {"errcode": 0, "errmsg": "ok"}),
    "wecom": (200, {"errcode": 0, "msgid": "7"}),
    "feishu_robot": (200, {"code": 0}),
    "aliyun_sms": (200, {"Code": "OK", "BizId": "7"}),
    "aliyun_voice": (200, {"Code": "OK", "CallId": "7"}),
    "tencent_sms": (
        200,
        {
            "Response": {
                "SendStatusSet": [
                    {"Code": "Ok", "SerialNo": "7", "PhoneNumber": "+8613800000001"},
                ]
            }
        },
    ),
    "modem": (200, {"states": ["SendingOK"], "parts": 1, "reference": "7"}),
    "ntfy": (200, {"id": "7", "event": "message", "topic": "u1"}),
    "bark": (200, {"code": 200}),
}
WORDS = sorted(
    {
        *("errcode", "errmsg", "code", "Code", "BizId", "CallId", "Response", "Error", "task"),
        *("SendStatusSet", "PhoneNumber", "SerialNo", "send_result", "unread_user_id_list"),
        *("forbidden_user_id_list", "invaliduser", "msgid", "states", "parts", "id", "event"),
    }
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["OK", "Ok", "u1", "+8613800000001", "SendingOK", "", "0", "7"]),
    st.text(max_size=8),
)
BODIES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner),
    max_leaves=12,
)
STATUSES = st.one_of(
    st.sampled_from([0, 200, 204, 302, 400, 410, 429, 500, 503]), st.integers(0, 999)
)
OUTCOMES = (Handed, Retry, Dead, Broken, Unknown)


def to(kind: str) -> Message:
    return NUMBER if kind == "tencent_sms" else MESSAGE


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(status=STATUSES, body=st.binary(max_size=200), why=st.sampled_from(["", "lost", "refused"]))
@example(status=200, body=b"[" * 5_000, why="")
@example(status=200, body=b'{"errcode": 1e999}', why="")
@example(status=200, body=b'{"errcode": 0.0, "code": false}', why="")
@example(status=200, body=b"\xff\xfe", why="")
def test_bytes_are_judged_and_never_taken_for_a_success(
    kind: str, status: int, body: bytes, why: str
) -> None:
    outcome = CHANNELS[kind].judge(Raw(status, body, {"Retry-After": why}, why), to(kind))
    assert isinstance(outcome, OUTCOMES)
    if kind != "webhook":
        assert not isinstance(outcome, Handed)
    elif isinstance(outcome, Handed):
        assert 200 <= status < 300


@pytest.mark.parametrize("kind", sorted(SUCCESSES))
@given(status=STATUSES, body=BODIES)
def test_only_what_is_a_success_is_handed(kind: str, status: int, body: object) -> None:
    outcome = CHANNELS[kind].judge(Raw(status, msgspec.json.encode(body)), to(kind))
    assert isinstance(outcome, OUTCOMES)
    if isinstance(outcome, Handed):
        assert status == 200
        assert isinstance(body, dict)
        assert plainly(kind, body)


def plainly(kind: str, body: dict[str, object]) -> bool:
    """Success as reach.md's tables have it, said another way than the code says it."""
    told = msgspec.json.encode(body).decode()
    named = {
        "dingtalk_robot": '"errcode":0',
        "wecom_robot": '"errcode":0',
        "dingtalk": '"errcode":0',
        "wecom": '"errcode":0',
        "feishu_robot": '"code":0',
        "aliyun_sms": '"Code":"OK"',
        "aliyun_voice": '"Code":"OK"',
        "tencent_sms": '"Code":"Ok"',
        "modem": '"SendingOK"',
        "ntfy": '"event":"message"',
        "bark": '"code":200',
    }
    return named[kind] in told


@pytest.mark.parametrize("kind", sorted(SUCCESSES))
def test_a_success_is_one_and_only_with_its_status(kind: str) -> None:
    status, body = SUCCESSES[kind]
    raw = Raw(status, msgspec.json.encode(body))
    assert isinstance(CHANNELS[kind].judge(raw, to(kind)), Handed)
    for other in (0, 201, 302, 400, 500, 503):
        outcome = CHANNELS[kind].judge(raw._replace(status=other), to(kind))
        assert not isinstance(outcome, Handed)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nobody_answers_and_what_that_means(kind: str) -> None:
    judge = CHANNELS[kind].judge
    assert judge(Raw(0, why="lost"), to(kind)) == Unknown("lost")
    assert judge(Raw(0, why="refused"), to(kind)) == Retry("network")
    assert judge(Raw(0, b"address", {}, "refused"), to(kind)) == Dead("target")
    assert judge(Raw(503), to(kind)) == Retry("gateway")
    assert judge(Raw(429, headers={"retry-after": "7"}), to(kind)) == Retry("rate", 7)
    assert judge(Raw(200, b"<html>sign in</html>"), to(kind)) == Retry("portal")


def spoken() -> set[str]:
    """Every why that a channel's source can give."""
    given = re.compile(r'(?:Retry|Dead|Broken|Unknown)\("([^"]+)"|return "([a-z_]+)"')
    seen: set[str] = set()
    for path in HERE.glob("*.py"):
        if path.name != "reasons.py":
            seen |= {a or b for a, b in given.findall(path.read_text(encoding="utf-8"))}
    return seen - {"read", "delivered", "failed"}


def test_every_why_has_words_in_both_languages() -> None:
    assert spoken() <= set(REASONS)
    for code, each in REASONS.items():
        assert each.zh, code
        assert each.en.isascii(), code


@given(st.text(max_size=60))
def test_words_never_fail(why: str) -> None:
    assert words(why).zh
    assert words(f"other:{why}").en


def test_a_providers_own_code_stands_behind_the_words() -> None:
    raw = Raw(200, b'{"errcode": 99999, "errmsg": "?"}')
    assert CHANNELS["dingtalk_robot"].judge(raw, MESSAGE) == Retry("other:99999")
    assert words("other:99999").en == "the provider refused (99999)"


@given(st.one_of(st.binary(max_size=200), BODIES.map(msgspec.json.encode)))
def test_a_push_is_never_an_exception(body: bytes) -> None:
    assert isinstance(told(body), list)
