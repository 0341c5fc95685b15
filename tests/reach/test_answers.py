"""Links and codes: each stands for one person and one offer, until a day after the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reach import NOTICES, Addressee, Answers
from api.reach.answers import CODE_LENGTH, CODE_LETTERS, is_code, normalized
from api.safe import Tries, Vault, client_of
from api.safe.patience import BLOCK_MS, TRIES_MAX, TRIES_OF_ALL
from schemas.values import OfferId, OrganizationId, PersonId

OFFER, CREW, PERSON = OfferId("offer0"), OrganizationId("organization0"), PersonId("person0")
UNTIL = 1_790_000_000_000
CODES = st.text(CODE_LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    opened = Answers(tmp_path / NOTICES, Vault(tmp_path / "keys.db"))
    yield opened
    opened.close()


def test_a_link_and_a_code_stand_for_the_same_person_and_offer(answers: Answers) -> None:
    token, code = answers.make(OFFER, PERSON, CREW, UNTIL)
    by_link, by_code = answers.of_link(token, UNTIL - 1), answers.of_code(code, UNTIL - 1)
    assert by_link is not None
    assert by_code is not None
    assert by_link == by_code == Addressee(OFFER, PERSON, CREW, UNTIL)
    assert by_link.key("yes:1") == by_code.key("yes:1") != by_code.key("yes:2")


def test_both_end_on_time_and_are_forgotten(answers: Answers) -> None:
    token, code = answers.make(OFFER, PERSON, CREW, UNTIL)
    later = answers.make(OFFER, None, CREW, UNTIL + 1)
    assert answers.of_link(token, UNTIL) is None
    assert answers.of_code(code, UNTIL) is None
    answers.purge(UNTIL)
    assert answers.of_link(token, UNTIL - 1) is None
    assert answers.of_code(code, UNTIL - 1) is None
    assert answers.of_link(later.token, UNTIL) == Addressee(OFFER, None, CREW, UNTIL + 1)


def test_what_was_not_made_stands_for_nothing(answers: Answers) -> None:
    token, code = answers.make(OFFER, PERSON, CREW, UNTIL)
    for forged in ("", token[:-1], token + "A", token.swapcase(), code, "\ud800", "x" * 900):
        assert answers.of_link(forged, 0) is None
    for forged in ("", code[:-1], code + "0", token, "\ud800", "编号"):
        assert answers.of_code(forged, 0) is None


def test_another_process_knows_them_at_once(answers: Answers, tmp_path: Path) -> None:
    worker = Answers(tmp_path / NOTICES, Vault(tmp_path / "keys.db"))
    token, code = worker.make(OFFER, PERSON, CREW, UNTIL)
    assert answers.of_link(token, 0) == worker.of_link(token, 0)
    assert answers.of_code(code, 0) == worker.of_code(code, 0) is not None
    worker.close()


def test_nothing_that_opens_is_kept_as_it_was(answers: Answers, tmp_path: Path) -> None:
    token, code = answers.make(OFFER, PERSON, CREW, UNTIL)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.encode() not in kept
    assert code.encode() not in kept
    assert (tmp_path / NOTICES).stat().st_mode & 0o777 == 0o600


def test_a_code_is_the_same_however_it_is_typed(answers: Answers) -> None:
    code = answers.make(OFFER, PERSON, CREW, UNTIL).code
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)  # as some keyboards have it
    spoken = code.replace("1", "l").replace("0", "o")
    for typed in (code.lower(), f" {code[:4]}-{code[4:]} ", f"{code[:4]}—{code[4:]}", wide, spoken):
        assert answers.of_code(typed, 0) is not None, typed


@given(CODES)
def test_every_code_is_its_own_normal_form(code: str) -> None:
    assert normalized(code) == code
    assert is_code(code)


@given(st.text())
def test_what_has_the_form_of_a_code_is_compared_in_its_normal_form(text: str) -> None:
    if is_code(text):
        assert is_code(normalized(text))
        assert normalized(normalized(text)) == normalized(text)


def test_twenty_wrong_tries_block_one_client_for_a_quarter_of_an_hour() -> None:
    tries = Tries()
    assert TRIES_MAX == 20
    for number in range(TRIES_MAX):
        assert tries.wait("one", number) == 0
        tries.note("one", number)
    assert tries.wait("one", TRIES_MAX) == BLOCK_MS - 1
    assert tries.wait("other", TRIES_MAX) == 0
    assert tries.wait("one", TRIES_MAX - 1 + BLOCK_MS) == 0
    tries.note("one", TRIES_MAX - 1 + BLOCK_MS)
    assert tries.wait("one", TRIES_MAX + BLOCK_MS) == 0, "it counts from the beginning"


def test_a_spread_attack_blocks_everybody_for_a_while() -> None:
    tries = Tries()
    assert TRIES_OF_ALL == 200_000
    for number in range(TRIES_OF_ALL):
        assert tries.wait(f"client {number}", 1) == 0
        tries.note(f"client {number}", 1)
    assert tries.wait("one more", 2) > 0
    assert tries.wait("one more", 1 + BLOCK_MS) == 0


def test_a_household_s_network_is_one_client() -> None:
    assert client_of("2001:db8:1:2:3::4") == client_of("2001:db8:1:2:ffff::1")
    assert client_of("2001:db8:1:2::4") != client_of("2001:db8:1:3::4")
    assert client_of("192.0.2.1") != client_of("192.0.2.2")
    assert client_of("::ffff:192.0.2.1") != client_of("::ffff:192.0.2.2")
    assert client_of("") == ""
