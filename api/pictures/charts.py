"""Charts of a period: demands by state and township, open over time, and the three clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from api.history import OUTCOMES, STANDARDS, Measured, Measures, Point
from api.pictures.lettering import Lettering
from api.pictures.looks import COLORS, PRIORITIES, SHADES, WORDS
from geo.divisions import DivisionTree
from schemas.values import Instant
from streams.days import ZONE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOWNSHIPS_MOST: Final = 40
CLOCKS: Final = {
    "asked_after": ("发布 → 首次请求", "published → first asked"),
    "yes_after": ("请求 → 首次答应", "asked → first yes"),
    "arrived_after": ("答应 → 首次到场", "yes → first arrival"),
}
LEAST: Final = 1 / 60  # a minute's sixtieth: what took no time at all is drawn as a second


def charts(
    found: Measures, demands: Sequence[Point], tree: DivisionTree, letters: Lettering
) -> dict[str, Figure]:
    """Each chart under the name of its file."""
    makers: dict[str, Callable[[], Figure]] = {
        "townships.png": lambda: _townships(demands, tree, letters),
        "open.png": lambda: _open(demands, found.at, letters),
        "clocks.png": lambda: _clocks(found, letters),
    }
    with letters.drawn():
        return {name: make() for name, make in makers.items()}


def _figure(width: float, height: float, title: str) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left")
    return figure, axes


# Demands by state and township


def _townships(demands: Sequence[Point], tree: DivisionTree, letters: Lettering) -> Figure:
    counted: Counter[tuple[str, str]] = Counter(
        (str(point.said["division"]), str(point.said["outcome"])) for point in demands
    )
    sums: Counter[str] = Counter(str(point.said["division"]) for point in demands)
    codes = sorted(sums, key=lambda code: (-sums[code], code))[:TOWNSHIPS_MOST]
    title = letters.say("各乡镇需求", "Demands by township")
    if len(sums) > len(codes):
        title += letters.say(
            f"（最多的 {len(codes)} 个，共 {len(sums)} 个）",
            f" (the {len(codes)} with most of {len(sums)})",
        )
    figure, axes = _figure(9, 1.6 + 0.32 * max(1, len(codes)), title)
    names = letters.names(tree, codes)
    left = [0] * len(codes)
    for outcome in OUTCOMES:
        wide = [counted[code, outcome] for code in codes]
        label = letters.say(*WORDS[outcome])
        axes.barh(range(len(codes)), wide, left=left, color=COLORS[outcome], label=label)
        left = [before + more for before, more in zip(left, wide, strict=True)]
    for row, whole in enumerate(left):
        axes.annotate(str(whole), (whole, row), xytext=(4, 0), textcoords="offset points",
                      va="center", color="#444")  # fmt: skip
    axes.set_yticks(range(len(codes)), names)
    axes.invert_yaxis()
    axes.set_xlabel(letters.say("需求数", "demands"))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


# Open over time


def _open(demands: Sequence[Point], now: Instant, letters: Lettering) -> Figure:
    figure, axes = _figure(10, 4.5, letters.say("同时未结束的需求", "Demands open at a time"))
    moments = sorted({*_moments(demands, now)})
    lines = [_standing(demands, priority, moments) for priority in PRIORITIES]
    if moments:
        axes.stackplot(
            list(map(_local, moments)),
            lines,
            step="post",
            labels=[letters.say(*words) for words in PRIORITIES.values()],
            colors=[SHADES[priority] for priority in PRIORITIES],
        )
        axes.legend(loc="upper right", frameon=False)
    axes.set_ylim(bottom=0)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylabel(letters.say("需求数", "demands"))
    axes.set_xlabel(letters.say("时间（北京时间）", "time (UTC+8)"))
    axes.spines[["top", "right"]].set_visible(False)
    _plain_dates(axes)
    return figure


def _plain_dates(axes: Any) -> None:
    """Days and hours in figures, which both languages write alike."""
    from matplotlib import dates

    untyped: Any = dates
    locator = untyped.AutoDateLocator()
    formats = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S"]
    plain = untyped.ConciseDateFormatter(
        locator,
        formats=formats,
        zero_formats=["", "%Y", "%m-%d", "%m-%d", "%H:%M", "%H:%M"],
        offset_formats=["", "%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d"],
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(plain)


def _moments(demands: Iterable[Point], now: Instant) -> Iterable[Instant]:
    for point in demands:
        yield point.published
        yield now if point.closed is None else point.closed


def _standing(demands: Sequence[Point], priority: int, moments: Sequence[Instant]) -> list[int]:
    """How many of a priority were open from each moment on."""
    steps: Counter[Instant] = Counter()
    for point in demands:
        if point.said["priority"] == priority:
            steps[point.published] += 1
            if point.closed is not None:
                steps[point.closed] -= 1
    found, standing = [], 0
    for moment in moments:
        standing += steps[moment]
        found.append(standing)
    return found


def _local(at: Instant) -> datetime:
    moment = datetime.fromtimestamp(at / 1_000, UTC) + timedelta(milliseconds=ZONE)
    return moment.replace(tzinfo=None)


# The three clocks


def _clocks(found: Measures, letters: Lettering) -> Figure:
    from matplotlib.figure import Figure

    groups = {int(one.key): one for one in found.groups if one.by == "priority"}
    figure = Figure(figsize=(12, 4), layout="constrained")
    for axes, (clock, words) in zip(
        figure.subplots(1, 3, sharey=True), CLOCKS.items(), strict=True
    ):
        axes.set_title(letters.say(*words), loc="left")
        _bars(axes, clock, groups, letters)
    figure.supxlabel(
        letters.say(
            "分钟（对数刻度）；深色：一半不超过（P50），浅色：九成不超过（P90）；括号内为项数",
            "minutes (logarithmic); dark: half took no longer (P50), light: nine in ten (P90);"
            " lines in brackets",
        ),
        fontsize="small",
    )
    return figure


def _bars(axes: Any, clock: str, groups: dict[int, Measured], letters: Lettering) -> None:
    for row, priority in enumerate(STANDARDS):
        one = groups.get(priority)
        span = None if one is None else getattr(one, clock)
        if span is None or not span.count:
            axes.annotate("–", (LEAST, row), xytext=(4, 0), textcoords="offset points", va="center")
            continue
        half, most = (max(LEAST, time / 60_000) for time in (span.p50, span.p90))
        axes.barh(row, most - LEAST, left=LEAST, height=0.62, color=SHADES[priority], alpha=0.35)
        axes.barh(row, half - LEAST, left=LEAST, height=0.62, color=SHADES[priority])
        told = f"{_short(span.p50)} / {_short(span.p90)} ({span.count})"
        axes.annotate(told, (most, row), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    axes.set_xlim(LEAST, 60 * 24 * 30)
    axes.set_yticks(range(len(STANDARDS)), [letters.say(*PRIORITIES[one]) for one in STANDARDS])
    axes.set_ylim(len(STANDARDS) - 0.5, -0.5)
    axes.set_xticks([0.1, 1, 10, 60, 600], ["0.1", "1", "10", "60", "600"])
    axes.spines[["top", "right"]].set_visible(False)


def _short(milliseconds: int) -> str:
    """A time as hours, minutes and seconds."""
    seconds = milliseconds // 1_000
    hours, minutes = seconds // 3_600, seconds // 60 % 60
    if hours:
        return f"{hours}:{minutes:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"
