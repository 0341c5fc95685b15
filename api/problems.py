"""Problems at the door: why a request was not even asked of the rules, as RFC 9457 answers.

The words say what to do next. Nothing that was sent is ever repeated: no value, no unknown name.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from api.problem_words import PROBLEMS
from schemas.refusals import REFUSALS, Message, Refusal
from schemas.turns import Turn

MEDIA_TYPE = "application/problem+json"
NO_HEADERS: Mapping[str, str] = {}
NO_MEMBERS: Mapping[str, object] = {}
RETRY_AFTER_S = 2


def words(code: str) -> Message:
    """Status and words of a code, of a problem or of a refusal; KeyError for unknown codes."""
    return PROBLEMS.get(code) or REFUSALS[Refusal(code)]


class Problem(Exception):
    """An answer of 4xx or 5xx. `field` is a path of our own names, never of what was sent."""

    def __init__(
        self,
        code: str,
        field: str = "",
        *,
        subjects: tuple[str, ...] = (),
        trace: str = "",
        headers: Mapping[str, str] = NO_HEADERS,
        more: Mapping[str, object] = NO_MEMBERS,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.subjects = subjects
        self.trace = trace or secrets.token_hex(8)
        self.headers = dict(headers)
        self.more = more  # members of this one code
        self.message = words(code)

    @classmethod
    def refused(cls, turn: Turn) -> Problem:
        """What a turn's refusal says to whoever sent the command."""
        if turn.refusal is None:
            raise ValueError("this turn refuses nothing")
        code, trace = turn.refusal.value, turn.command_id
        return cls(code, subjects=turn.subjects, trace=trace)

    @property
    def status(self) -> int:
        return self.message.status

    def members(self) -> dict[str, object]:
        """The members of the problem document, in the order that they are read."""
        document: dict[str, object] = {
            "type": f"urn:shouwang:problem:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "code": self.code,
        }
        if self.field:
            document["field"] = self.field
        return document | {
            "message": {"zh": self.message.zh, "en": self.message.en},
            "subjects": self.subjects,
            "trace": self.trace,
            **self.more,
        }

    def response(self) -> Response:
        content = msgspec.json.encode(self.members())
        return Response(content, self.status, self.headers, MEDIA_TYPE)


def later(code: str, trace: str = "", seconds: int = RETRY_AFTER_S) -> Problem:
    """A problem that goes away by itself, as far as is known in so many seconds."""
    return Problem(code, trace=trace, headers={"Retry-After": str(seconds)})
