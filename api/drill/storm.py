"""The typhoon of the exercise: what townships ask for, where and when, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from api.drill.clock import HOUR, MINUTE
from api.drill.habits import Chance, Span
from api.drill.organizations import Town
from schemas.values import Instant, Milliseconds

HAZARD = "typhoon"
CLOSING: Milliseconds = 11 * HOUR  # the county closes the incident
MISTAKEN: Milliseconds = 3 * MINUTE  # from a posting by mistake to its undoing
AMENDED: Milliseconds = 25 * MINUTE  # from posting to asking for more
MOVED: Milliseconds = 6 * MINUTE  # from posting to moving it to the neighbor
MOVES = 3  # postings of a round that lie in the neighboring township, as turns out
SEALED = 0.35  # share of demands with a contact and an address

WARNING: Span = (0.1, 2.8)  # hours after the incident opened
LANDFALL: Span = (2.8, 6.0)
AFTER: Span = (6.0, 9.4)


class Line(NamedTuple):
    """One line of a scene: least and most units; a grade for graded skills."""

    skill: str
    least: int
    most: int
    grade: int | None = None
    hazardous: bool = False

    def draw(self, draws: Random) -> dict[str, Any]:
        target = draws.randint(self.least, self.most)
        line = {"skill": self.skill, "minimum": max(1, target // 2), "target": target}
        return {**line, "grade": self.grade, "hazardous": self.hazardous}


class Scene(NamedTuple):
    """What is asked for again and again in one phase; `{}` in a rally point is the township."""

    kind: str
    times: int
    phase: Span
    priorities: tuple[int, ...]
    lines: tuple[Line, ...]
    risk: str
    rally: str


class Posting(NamedTuple):
    """One demand that a township will publish, so long after the incident opened."""

    number: int
    after: Milliseconds
    town: Town
    body: dict[str, Any]
    mistake: bool = False  # posted twice; this one is taken back
    amended: bool = False  # more is asked for later
    moved_to: Town | None = None  # the neighbor, whose it turns out to be


SCENES = (
    Scene("evacuation", 5, WARNING, (1, 2, 2),
          (Line("EVAC_GUIDE", 2, 4), Line("LOGISTICS_DRIVE", 1, 3)),
          "沿溪低洼地带水位上涨快，转移路线可能积水，夜间视线差。", "{}文化礼堂门口"),
    Scene("shelter", 4, WARNING, (2, 3),
          (Line("SHELTER_OPS", 1, 3), Line("CATERING", 1, 2)),
          "室内工作，途中注意强风和高空坠物。", "{}避灾安置点登记处"),
    Scene("care", 2, WARNING, (2, 3),
          (Line("ELDER_CARE", 1, 3),),
          "上门途中有阵风，独居老人家中用电需留意。", "{}便民服务中心一楼"),
    Scene("supplies", 2, WARNING, (3, 4),
          (Line("MATERIAL_SORT", 1, 2), Line("LOGISTICS_DRIVE", 1, 2)),
          "装卸重物，雨天路滑。", "{}物资储备点"),
    Scene("reconnaissance", 2, WARNING, (3,),
          (Line("DRONE", 1, 2),),
          "山谷风切变明显，严禁靠近高压线飞行。", "{}镇前停车场"),
    Scene("rescue_water", 4, LANDFALL, (1,),
          (Line("WATER", 1, 2, 3, True), Line("BOAT_OPERATE", 1, 2, None, True)),
          "楠溪江支流水流湍急并有漂浮物，必须穿救生衣，两人以上行动。", "{}大桥东侧桥头"),
    Scene("drainage", 4, LANDFALL, (2, 2, 3),
          (Line("PUMP_DRAIN", 1, 4),),
          "积水下有窨井和带电设备，先断电、再下水。", "{}泵站门口"),
    Scene("obstruction", 4, LANDFALL, (2, 3),
          (Line("CHAINSAW_CLEAR", 1, 3, None, True), Line("PATROL_ORDER", 1, 1)),
          "倒树压住电线，未经供电人员确认不得触碰；路面湿滑。", "{}公交总站"),
    Scene("medical", 3, LANDFALL, (1, 2),
          (Line("MEDIC", 1, 2, 3), Line("FIRST_AID", 1, 2)),
          "道路可能中断，随时准备徒步进村，注意自身防护。", "{}卫生院急诊门口"),
    Scene("rescue_mountain", 1, LANDFALL, (1,),
          (Line("MOUNTAIN", 1, 2, 3, True), Line("EVAC_GUIDE", 1, 2)),
          "山体饱和，有滑坡可能，听到异响立即撤离。", "{}上山公路口"),
    Scene("communication", 2, LANDFALL, (2, 3),
          (Line("RADIO_COMMS", 1, 2),),
          "部分村庄公网中断，车辆停放避开山脚。", "{}应急指挥室"),
    Scene("power", 3, AFTER, (2, 3),
          (Line("ELECTRIC_REPAIR", 1, 3, None, True),),
          "线路可能反送电，须经供电所许可后作业。", "{}供电所"),
    Scene("water_supply", 2, AFTER, (2, 3),
          (Line("WATER_REPAIR", 1, 2), Line("LOGISTICS_DRIVE", 1, 2)),
          "管沟塌陷风险，开挖时设专人监护。", "{}水厂门口"),
    Scene("cleaning", 3, AFTER, (3, 4),
          (Line("CLEAN_DISINFECT", 2, 4),),
          "淤泥中有玻璃和铁钉，穿胶靴戴手套；消毒剂勿混用。", "{}村口广场"),
    Scene("farm", 2, AFTER, (3, 4),
          (Line("FARM_RESTORE", 1, 3),),
          "田埂松软，农机注意侧翻。", "{}农业服务站"),
    Scene("mediation", 1, AFTER, (4,),
          (Line("MEDIATION", 1, 1),),
          "室内工作，无特别风险。", "{}综治中心"),
)  # fmt: skip


def postings(seed: int, round_number: int, towns: Sequence[Town]) -> list[Posting]:
    """Everything that will be asked for in one round, in order of time."""
    draws = Chance(seed).of("storm", round_number)
    plain = sorted(_postings(draws, towns), key=lambda posting: posting.after)
    mistaken, amended, *moved = draws.sample(range(4, len(plain)), 2 + MOVES)
    plain[amended] = plain[amended]._replace(amended=True)
    for number in moved:
        plain[number] = plain[number]._replace(moved_to=neighbor(plain[number].town, towns))
    twice = plain[mistaken]._replace(mistake=True, after=plain[mistaken].after + 2 * MINUTE)
    plain.insert(mistaken + 1, twice)
    return [posting._replace(number=number) for number, posting in enumerate(plain, 1)]


def _postings(draws: Random, towns: Sequence[Town]) -> Iterator[Posting]:
    for scene in SCENES:
        for town in draws.sample(list(towns), min(scene.times, len(towns))):
            after = int(draws.uniform(*scene.phase) * HOUR)
            yield Posting(0, after, town, _body(scene, town, draws))


def _body(scene: Scene, town: Town, draws: Random) -> dict[str, Any]:
    body = {
        "kind": scene.kind,
        "priority": draws.choice(scene.priorities),
        "place": town.point(draws),
        "lines": [line.draw(draws) for line in scene.lines],
        "risk_statement": scene.risk,
        "rally_point": scene.rally.format(town.name),
        "way_in": f"沿县道到{town.name}路口，由值班员引导进场。",
    }
    if draws.random() < SEALED:
        number = draws.randint(1, 99)
        body["contact"] = f"演练联系人{number}，电话 000-0000-{number:04}"
        body["address"] = f"{town.name}演练点{number}号"
        body["lead"] = f"演练现场负责人{number}，电话 000-1111-{number:04}"
    return body


def changes(posting: Posting) -> Iterator[tuple[Milliseconds, str, dict[str, Any]]]:
    """What its township does to it later: how long after posting, by which door, with what."""
    if posting.mistake:
        yield MISTAKEN, "close", {"reason": "posted_by_mistake"}
    if posting.amended:
        yield AMENDED, "amend", amendment(posting)
    if posting.moved_to:
        yield MOVED, "amend", moving(posting, posting.moved_to)


def neighbor(town: Town, towns: Sequence[Town]) -> Town:
    """The township whose seat is nearest; the same one where there is no other."""
    others = [other for other in towns if other.code != town.code]
    return min(others, key=lambda other: _apart(town, other), default=town)


def _apart(one: Town, other: Town) -> tuple[float, str]:
    return (one.lon - other.lon) ** 2 + (one.lat - other.lat) ** 2, other.code


def moving(posting: Posting, town: Town) -> dict[str, Any]:
    """The same demand in the neighboring township."""
    targets = [line["target"] for line in posting.body["lines"]]
    changed = {"priority": posting.body["priority"], "targets": targets}
    return {**amendment(posting), **changed, "place": {"division": town.code}}


def amendment(posting: Posting) -> dict[str, Any]:
    """The same demand, one unit more on each line and one step more urgent."""
    body = posting.body
    return {
        "priority": max(1, body["priority"] - 1),
        "place": body["place"],
        "targets": [line["target"] + 1 for line in body["lines"]],
        "lines": [],
        "risk_statement": body["risk_statement"],
        "rally_point": body["rally_point"],
        "way_in": body["way_in"],
    }


def phase_of(passed: Instant) -> tuple[str, str]:
    """The phase of the storm, in Chinese and English, so long after the incident opened."""
    hours = passed / HOUR
    if hours < WARNING[1]:
        return "预警", "warning"
    if hours < LANDFALL[1]:
        return "登陆", "landfall"
    return ("善后", "after") if passed < CLOSING else ("恢复", "recovery")
