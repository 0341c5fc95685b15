"""Refusals: every reason to say no, with its HTTP status and its words in both languages.

The words say what to do next and never repeat what was sent. One file holds those of a noun.
"""

from __future__ import annotations

from schemas.refusals import crews, demands, general, instructions, offers, recovery, registry
from schemas.refusals.codes import Message, Refusal

REFUSALS: dict[Refusal, Message] = {
    **general.WORDS,
    **registry.WORDS,
    **demands.WORDS,
    **offers.WORDS,
    **crews.WORDS,
    **instructions.WORDS,
    **recovery.WORDS,
}

__all__ = ["REFUSALS", "Message", "Refusal"]
