"""The published table of states and commands is what the rules do, and leaves no command out."""

from typing import get_args

from schemas import commands as c
from tests.streams import states


def test_the_page_says_what_the_rules_do() -> None:
    """Written anew by `python -m tests.streams.states`; then read what has changed."""
    assert states.PAGE.read_text(encoding="utf-8") == states.page()


def test_every_command_is_in_a_table_or_is_the_owners() -> None:
    assert set(get_args(c.Command)) == states.shown()
