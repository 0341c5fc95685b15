"""How the written pages look: titles, tables and spans of time."""

from __future__ import annotations

from collections.abc import Iterable

from streams import parameters

GENERATED = "<!-- Written by `make schemas`; change the words where they are, not here. -->"
Row = Iterable[str]


def span(milliseconds: int) -> str:
    """A time in its largest whole unit; days only from a week on."""
    if milliseconds >= 7 * parameters.DAY and milliseconds % parameters.DAY == 0:
        return f"{milliseconds // parameters.DAY} d"
    for unit, name in ((parameters.HOUR, "h"), (parameters.MINUTE, "min")):
        if milliseconds and milliseconds % unit == 0:
            return f"{milliseconds // unit} {name}"
    return f"{milliseconds // parameters.SECOND} s"


def page(title: str, introduction: str, *sections: list[str]) -> str:
    lines = [f"# {title}", "", GENERATED, "", introduction]
    for section in sections:
        lines += ["", *section]
    return "\n".join(lines) + "\n"


def section(title: str, body: list[str]) -> list[str]:
    return [f"## {title}", "", *body]


def table(heads: Row, rows: Iterable[Row]) -> list[str]:
    heads = list(heads)
    return [row(heads), row("---" for _ in heads), *(row(cells) for cells in rows)]


def row(cells: Row) -> str:
    return f"| {' | '.join(cells)} |"
