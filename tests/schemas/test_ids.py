"""Ids are derived from causes, the same on every machine; logs hold them, so they are pinned."""

from __future__ import annotations

from base64 import b32decode
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import command_id, made_id, tick_id, tie
from schemas.values import AccountId, AreaId, CommandId, OperationId

AREA, OPERATION = AreaId("3303"), OperationId("exercise-test")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x1f"))


def test_ids_are_what_they_were() -> None:
    """Given values written down once, then no later program derives others."""
    assert command_id(AREA, OPERATION, AccountId("desk"), "k1") == "5kq33gjb4mc5tw5bxlt5wpu6gu"
    assert tick_id(AREA, OPERATION, 7) == "ghdokwobkizytysvebeaexkzby"
    assert made_id(CommandId("abc"), 12) == "abc12"
    assert tie("line", "organization") == 7_245_810_858_729_887_131


def test_a_command_id_is_sixteen_bytes_of_what_it_is_made_from() -> None:
    made = command_id(AREA, OPERATION, AccountId("desk"), "k1")
    digest = sha256(b"command\x1f3303\x1fexercise-test\x1fdesk\x1fk1").digest()
    assert b32decode(made.upper() + "======") == digest[:16]


@given(actors=st.lists(TEXTS, min_size=2, max_size=2, unique=True), key=TEXTS)
def test_another_actor_has_another_id(actors: list[str], key: str) -> None:
    one, other = (command_id(AREA, OPERATION, AccountId(actor), key) for actor in actors)
    assert one != other


@given(line=TEXTS, organization=TEXTS)
def test_a_tie_fits_eight_bytes(line: str, organization: str) -> None:
    assert 0 <= tie(line, organization) < 2**64
