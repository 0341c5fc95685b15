"""docs/parameters.md: every number of the rules, in words, with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.history import STANDARDS
from deploy.markdown import page, section, span, table
from streams import parameters
from streams.versions import present


def parameters_page() -> str:
    """The numbers with their words; ValueError where one stands without the other."""
    words = tomllib.loads((Path(__file__).parent / "parameters.toml").read_text(encoding="utf-8"))
    by_priority, *others = words.items()
    named = {name for _, meanings in others for name in meanings}
    alone = named ^ _numbers().keys()
    if alone or tuple(by_priority[1]) != parameters.Urgency._fields:
        raise ValueError(f"in parameters.toml or streams/parameters.py alone: {alone}")
    return page(
        "参数 Parameters",
        "Every number of the rules, with its default and why (`streams/parameters.py`; what "
        "versions have otherwise, `streams/versions.py`). They are part of the rules' version: "
        "another number is another version, so that any log can be decided again. They hold for "
        "every area alike; nothing changes them for one of them yet.",
        section(by_priority[0], _urgency(by_priority[1])),
        *(section(title, _meanings(meanings)) for title, meanings in others),
        section("响应时限 Response standards", _standards()),
    )


STANDARD_WORDS = {
    "asked": (
        "首次请求",
        "published → somebody is asked",
        "at once where minutes count; else the pause before it goes out, and one more look",
    ),
    "yes": (
        "首次答应",
        "published → somebody has said yes",
        "the time to answer, and once more for whoever is asked next; P4 may wait for the morning",
    ),
    "arrived": (
        "首支到场",
        "published → somebody is there",
        "P1: to gather, and across a county (19 km at 25 km/h); P2 twice that; P3 within the "
        "shift; P4 within the day",
    ),
}


def _standards() -> list[str]:
    """What reviews hold lines against, which no rule asks."""
    rows = (
        (f"`{step}` {zh} {en}", *(span(getattr(one, step)) for one in STANDARDS.values()), why)
        for step, (zh, en, why) in STANDARD_WORDS.items()
    )
    return [
        "Of reviews alone (`api/history/standards.py`): another number changes what a review says, "
        "and no turn. They are our own choice; a county that has a standard of its own puts it "
        "there.",
        "",
        *table(("", *(f"P{priority}" for priority in STANDARDS), "为何 Why"), rows),
    ]


def _numbers() -> dict[str, Any]:
    """Parameters that are the same for every priority, without the units of time; of those that
    versions of the rules have otherwise, the present ones."""
    units = {"SECOND", "MINUTE", "HOUR", "DAY", "URGENCY"}
    alike = {name: value for name, value in vars(parameters).items() if name.isupper()}
    versioned = {name.upper(): value for name, value in present()._asdict().items()}
    return {name: alike[name] for name in alike.keys() - units} | {
        name: versioned[name] for name in versioned.keys() - {"NUMBER"}
    }


def _urgency(meanings: Mapping[str, list[str]]) -> list[str]:
    rows = (
        (
            f"`{name}` {zh} {en}",
            *(_amount(name, getattr(one, name)) for one in parameters.URGENCY.values()),
            why,
        )
        for name, (zh, en, why) in meanings.items()
    )
    return table(("", *(f"P{priority}" for priority in parameters.URGENCY), "为何 Why"), rows)


def _meanings(meanings: Mapping[str, list[str]]) -> list[str]:
    numbers = _numbers()
    rows = (
        (f"`{name}`", zh, en, _amount(name, numbers[name]), why)
        for name, (zh, en, why) in meanings.items()
    )
    return table(("参数 Parameter", "中文", "English", "默认 Default", "为何 Why"), rows)


NO_TIMES = {
    "aim", "SILENCE_TIMES", "DECLINES_MOST", "CAPPED", "CAP", "WEIGHTS",
    "ANSWER_SHARE", "AT_DAY", "REST",
    "ACCEPTANCE_PRIOR", "WAVE_MOST", "SIMILAR_METERS", "GROUP_METERS", "SIMILAR_LOOKS",
    "HELPERS_MOST", "METERS_A_MINUTE", "REPLACING", "LEFT_ALONE", "NEW_TIMES_BORNE", "REPORTS_MOST",
    "INSTRUCTIONS_MOST", "ZONE_METERS", "ZONE_CORNERS", "ZONE_NEAR", "ZONE_SPAN", "FACTS_MOST",
    "TURN_BYTES_MOST", "SETTLE_FACTS", "GIVEN_BACK_AT_ONCE", "LINE_WORK", "CHORE_WORK",
    "CHORES_FIRST", "LOOKS_SHARED", "LOOKED_AT_MOST", "LEAVING_AT_ONCE",
}  # fmt: skip


def _amount(name: str, value: Any) -> str:
    """A parameter as people say it; several in a row."""
    if isinstance(value, tuple):
        return ", ".join(_amount(name, one) for one in value)
    return f"{value:,}" if name in NO_TIMES else span(value)
