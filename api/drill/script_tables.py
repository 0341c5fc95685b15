"""The tables of a script, one class each, and which injects there are; docs/exercise.md."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from api.drill.habits import Habits

At = Annotated[str, Meta(pattern="^[0-9]{1,2}:[0-5][0-9]$")]
Share = Annotated[float, Meta(ge=0, le=1)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Units = Annotated[int, Meta(ge=1, le=500)]
Minutes = Annotated[int, Meta(ge=1, le=1_440)]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of a script's tables."""


class ExerciseTable(Table, frozen=True):
    """What it is called, where it is, and how long it lasts: an hour behind the last entry."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    hazard: str
    division: str
    lasts: At | None = None
    seed: Annotated[int, Meta(ge=0, le=2**31)] = 1


class PeopleTable(Table, frozen=True):
    """Shares of the habits of simulated people; what is left out is as in `make run`."""

    accepts: Share | None = None
    declines: Share | None = None
    late_yes: Share | None = None
    overdue: Share | None = None
    gives_up: Share | None = None
    forgets_check_in: Share | None = None
    calls: Share | None = None
    asks_by_hand: Share | None = None

    def habits(self) -> Habits:
        said = {name: getattr(self, name) for name in self.__struct_fields__}
        chosen = {name: share for name, share in said.items() if share is not None}
        return Habits(slips=0, reopens=0, drops_line=0, reads_sealed=0, recovery=False, **chosen)


class LineTable(Table, frozen=True):
    """One line of a demand."""

    skill: str
    target: Units
    minimum: Units = 1
    grade: Annotated[int, Meta(ge=1, le=3)] | None = None
    hazardous: bool = False
    whole: bool = False


class DemandTable(Table, frozen=True):
    """A demand that is published so long after the beginning."""

    at: At
    kind: str
    place: str
    risk: Text
    rally: Text
    lines: Annotated[tuple[LineTable, ...], Meta(min_length=1, max_length=20)]
    name: str = ""
    priority: Annotated[int, Meta(ge=1, le=4)] = 2
    point: tuple[float, float] | None = None
    way_in: str = ""


class InjectTable(Table, frozen=True):
    """Something that happens to it. Which keys belong to which `what`: `INJECTS`."""

    at: At
    what: str
    demand: str = ""
    place: str = ""
    point: tuple[float, float] | None = None
    radius: Annotated[int, Meta(ge=10, le=50_000)] | None = None
    organizations: tuple[str, ...] = ()
    share: Share | None = None
    minutes: Minutes | None = None
    count: Annotated[int, Meta(ge=1, le=900)] | None = None
    kind: str = ""
    text: str = ""
    reason: str = ""


class ScriptFile(Table, frozen=True):
    """The whole file."""

    exercise: ExerciseTable
    people: PeopleTable = PeopleTable()
    demand: tuple[DemandTable, ...] = ()
    inject: tuple[InjectTable, ...] = ()


class Inject(NamedTuple):
    """A kind of inject: keys that it needs and may have, and who plays it.

    `acted`: the script itself does it, whoever the people are; else it is how simulated people
    behave, and real ones are told beforehand. `who`: it names organizations, or a share of them.
    """

    zh: str
    en: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    acted: bool = True
    who: bool = False


INJECTS: Final[dict[str, Inject]] = {
    "road_cut": Inject("道路中断，划定封控区", "a road is cut: a zone is closed",
                       ("radius",), ("demand", "place", "point", "text")),
    "withdraw": Inject("下令撤离", "everybody is told to withdraw", (), ("demand", "text")),
    "false_flood": Inject("虚假报告涌入", "a flood of false reports",
                          ("count", "kind", "place", "text")),
    "hand_up": Inject("提请提级", "a demand is handed up", ("demand", "reason", "text")),
    "volunteer": Inject("主动报名", "somebody volunteers", ("demand",), acted=False, who=True),
    "silence": Inject("不答复", "nobody answers", ("minutes",), acted=False, who=True),
    "decline": Inject("谢绝", "they decline", ("minutes",), acted=False, who=True),
    "counter": Inject("提出晚些到", "they could come later", ("minutes",), acted=False, who=True),
    "late": Inject("逾期到达", "crews arrive late", ("minutes",), acted=False, who=True),
    "never_comes": Inject("答应后不到", "crews never come", ("minutes",), acted=False, who=True),
    "silent_on_scene": Inject("现场失联", "crews on the scene fall silent", ("minutes",),
                              acted=False, who=True),
    "outage": Inject("通信中断", "no message reaches anybody", ("minutes",), acted=False),
}  # fmt: skip
