"""The report of an import: the refused rows as they came, with why; mended, they alone go in."""

from __future__ import annotations

from collections.abc import Iterator

from api.records.fields import text_of
from api.records.ledger import Ledger, Refusal
from api.records.reasons import REASONS
from api.records.source import Source, read

ROW, REASON = "行", "原因"


def report(source: Source, ledger: Ledger, encoding: str | None = None) -> list[list[str]]:
    """Heads and rows of a table; what is nested stands there as JSON, and is read so again."""
    refused = {one.row: one for one in ledger.refused}
    rows = [
        (refused[raw.number], raw.record or {})
        for raw in read(source.path, encoding, source.records).rows
        if raw.number in refused
    ]
    heads = list(dict.fromkeys(name for _, record in rows for name in record))
    heads = [head for head in heads if head not in (ROW, REASON)]
    told = [[*(text_of(record.get(head)) for head in heads), *_why(one)] for one, record in rows]
    return [[*heads, ROW, REASON], *told]


def _why(one: Refusal) -> Iterator[str]:
    words = REASONS.get(one.code)
    about = f"（{one.field}）" if one.field else ""
    yield str(one.row)
    yield f"{one.code} {words.zh if words is not None else ''}{about}".strip()
