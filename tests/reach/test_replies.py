"""Replies: a yes or a no is one for certain, or it is left to a person to read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reach import Understood, Word, binding, understood
from api.reach.answers import CODE_LENGTH, CODE_LETTERS
from api.reach.replies import WORDS

CODES = st.text(CODE_LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)
SPACES = st.text(" \t\r\n\u3000", max_size=4)
OFFERS = st.lists(st.integers(0, 3), max_size=4)


@pytest.mark.parametrize(
    ("text", "word", "code", "rest"),
    [
        ("1", Word.YES, "", ""),
        (" １。", Word.YES, "", ""),
        ("是", Word.YES, "", ""),
        ("可以！", Word.YES, "", ""),
        ("y", Word.YES, "", ""),
        ("Yes", Word.YES, "", ""),
        ("2", Word.NO, "", ""),
        ("不能", Word.NO, "", ""),
        ("No.", Word.NO, "", ""),
        ("T", Word.STOP, "", ""),
        ("退订", Word.STOP, "", ""),
        ("td", Word.STOP, "", ""),
        ("停止。", Word.STOP, "", ""),
        ("t退订", Word.STOP, "", ""),
        ("“回T退订”", Word.STOP, "", ""),
        ("AB12CD34 1", Word.YES, "AB12CD34", ""),
        ("1 ab12-cd34", Word.YES, "AB12CD34", ""),
        ("AB12 CD34 不能", Word.NO, "AB12CD34", ""),
        ("ABI2CDO4 1", Word.YES, "AB12CD04", ""),
        ("12345678 2", Word.NO, "12345678", ""),
        ("可以 两点出发", Word.YES, "", "两点出发"),
        ("AB12CD34 可以 两点出发", Word.YES, "AB12CD34", "两点出发"),
    ],
)
def test_what_is_understood(text: str, word: Word, code: str, rest: str) -> None:
    assert understood(text) == Understood(word, code, rest)


PUZZLES = """
2 台可以去/2台/1 队/停 水了/T 恤要吗/可以吗/不能不去/12/3/好的，马上/退订 短信/。/1\x002
AB12CD34/AB12CD3 1/AB12CD34 AB12CD34 1
"""


@pytest.mark.parametrize("text", ["", " ", *PUZZLES.strip().replace("\n", "/").split("/")])
def test_what_is_left_to_a_person(text: str) -> None:
    assert understood(text) is None


@given(st.text())
def test_any_text_at_all_is_understood_or_not(text: str) -> None:
    found = understood(text)
    assert found is None or found.word in Word


@given(st.sampled_from(sorted(WORDS)), CODES, SPACES, SPACES, st.booleans())
def test_a_code_may_stand_before_or_behind(
    word: str, code: str, before: str, behind: str, first: bool
) -> None:
    said = f"{code} {word}" if first else f"{word} {code}"
    assert understood(before + said.lower() + behind) == Understood(WORDS[word], code)


@given(OFFERS, st.none() | st.integers(0, 9), CODES | st.just(""), st.sampled_from(Word))
def test_a_reply_binds_by_its_code_or_where_there_is_but_one(
    offers: list[int], coded: int | None, code: str, word: Word
) -> None:
    bound = binding(Understood(word, code), offers, coded)
    if word is Word.STOP:
        assert bound is None
    elif code:
        assert bound == coded
    else:
        assert bound == (offers[0] if len(set(offers)) == 1 else None)
