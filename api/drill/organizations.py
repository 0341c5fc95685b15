"""Invented organizations: who they are, where at home, what they can do; drawn from a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from api.drill.clock import HOUR
from api.drill.habits import Chance
from schemas.codes import SKILLS
from schemas.values import Instant, RegistrationClass
from streams.days import day_of

DAY = 24 * HOUR
MARK = "演练"  # every name begins with it, so nobody takes one for a real organization
ISSUER = f"{MARK}应急管理局"
SCATTER = 0.012  # degrees around a township's seat, a little over a kilometer
TRIES = 8  # for a point that lies in the township

# Shares of the certificates of graded teams; the others are good for years.
EXPIRED = 0.15  # before the exercise began
LAPSING = 0.12  # at the end of its first day or the one after
GRADES = (1, 2, 2, 3, 3, 3, 3)  # few are of the highest

# Whoever has a graded skill is registered, as its certificates ask; a village's boatmen go out
# as boatmen.
REGISTERED, FILED, GUIDED = RegistrationClass  # by county, township, village committee
MOSTLY_FILED = (FILED, FILED, FILED, FILED, REGISTERED)
OF_A_VILLAGE = (GUIDED, GUIDED, FILED)
OF_THE_COUNTY = (REGISTERED,)

Classes = tuple[RegistrationClass, ...]


Fits = Callable[[str, float, float], bool]  # whether a point lies in the township of that code


def anywhere(_code: str, _lon: float, _lat: float) -> bool:
    """Where no polygons are known, every point near the seat will do."""
    return True


class Town(NamedTuple):
    """A township as the division tree has it; degrees. `approximate`: it has no seat of its own."""

    code: str
    name: str
    lon: float
    lat: float
    approximate: bool

    def point(self, draws: Random, fits: Fits = anywhere) -> dict[str, Any]:
        """A place near the seat, as the doors take it; without a seat, the whole township."""
        for _ in range(0 if self.approximate else TRIES):
            lon, lat = (
                round(at + draws.uniform(-SCATTER, SCATTER), 5) for at in (self.lon, self.lat)
            )
            if fits(self.code, lon, lat):
                return {"crs": "WGS-84", "lon": lon, "lat": lat, "division": self.code}
        return {"division": self.code}


class Calling(NamedTuple):
    """A kind of organization: how often it occurs, and its skills with their most units."""

    name: str
    often: int
    classes: Classes
    people: tuple[int, int]
    skills: tuple[tuple[str, int], ...]


INSURED_DAYS = 200


class Invented(NamedTuple):
    """An organization as it will be registered, its certificates, who can be called, and what
    hazardous work asks of it."""

    name: str
    body: dict[str, Any]
    certificates: tuple[dict[str, Any], ...]
    person: dict[str, Any]
    safeguards: dict[str, Any]


CALLINGS = (
    Calling("邻里互助队", 12, OF_A_VILLAGE, (8, 40), (("EVAC_GUIDE", 3), ("ELDER_CARE", 2))),
    Calling("平安巡防队", 9, OF_A_VILLAGE, (10, 30), (("PATROL_ORDER", 4), ("EVAC_GUIDE", 2))),
    Calling("避灾安置服务队", 8, MOSTLY_FILED, (8, 25), (("SHELTER_OPS", 3), ("CATERING", 1))),
    Calling("爱心厨房", 6, MOSTLY_FILED, (6, 20), (("CATERING", 4),)),
    Calling("巾帼志愿队", 6, MOSTLY_FILED, (10, 35), (("SHELTER_OPS", 2), ("CHILD_CARE", 2))),
    Calling("银龄关爱社", 5, MOSTLY_FILED, (6, 25), (("ELDER_CARE", 4), ("FIRST_AID", 1))),
    Calling("助残服务社", 2, MOSTLY_FILED, (5, 15), (("DISABILITY_SUPPORT", 2),)),
    Calling("爱心车队", 8, MOSTLY_FILED, (10, 40), (("LOGISTICS_DRIVE", 6), ("EVAC_GUIDE", 2))),
    Calling("排涝抢险队", 8, MOSTLY_FILED, (6, 20), (("PUMP_DRAIN", 5),)),
    Calling("清障突击队", 9, MOSTLY_FILED, (6, 24), (("CHAINSAW_CLEAR", 4),)),
    Calling("电工志愿队", 6, MOSTLY_FILED, (4, 16), (("ELECTRIC_REPAIR", 4),)),
    Calling("水电维修队", 5, MOSTLY_FILED, (4, 14), (("WATER_REPAIR", 3), ("ELECTRIC_REPAIR", 1))),
    Calling("家园清洁队", 8, OF_A_VILLAGE, (8, 40), (("CLEAN_DISINFECT", 5),)),
    Calling("无人机服务队", 3, MOSTLY_FILED, (3, 9), (("DRONE", 3), ("INFO_REPORT", 1))),
    Calling("无线电应急通信队", 3, OF_THE_COUNTY, (4, 15), (("RADIO_COMMS", 3),)),
    Calling("农机互助社", 5, MOSTLY_FILED, (6, 20), (("FARM_RESTORE", 4), ("PUMP_DRAIN", 2))),
    Calling("乡贤调解室", 4, OF_A_VILLAGE, (3, 9), (("MEDIATION", 2), ("LEGAL_AID", 1))),
    Calling("心理关爱站", 2, OF_THE_COUNTY, (4, 12), (("PSYCH_SUPPORT", 3),)),
    Calling("物资分拣队", 4, MOSTLY_FILED, (8, 30), (("MATERIAL_SORT", 4), ("LOGISTICS_DRIVE", 1))),
    Calling("信息员队", 3, OF_A_VILLAGE, (5, 20), (("INFO_REPORT", 4), ("INTERPRET_DIALECT", 1))),
    Calling("村民舟艇队", 4, OF_A_VILLAGE, (4, 14), (("BOAT_OPERATE", 2),)),
    Calling("舟艇协会", 3, OF_THE_COUNTY, (6, 20), (("BOAT_OPERATE", 4),)),
    Calling("红十字救护队", 4, OF_THE_COUNTY, (8, 24), (("MEDIC", 3), ("FIRST_AID", 3))),
    Calling("水上救援队", 4, OF_THE_COUNTY, (8, 30), (("WATER", 4), ("BOAT_OPERATE", 3))),
    Calling("山地救援队", 2, OF_THE_COUNTY, (8, 25), (("MOUNTAIN", 3), ("FIRST_AID", 1))),
    Calling("潜水救援队", 1, OF_THE_COUNTY, (5, 12), (("DIVE", 2), ("BOAT_OPERATE", 1))),
    Calling("搜救队", 1, OF_THE_COUNTY, (12, 40), (("USAR", 2), ("CHAINSAW_CLEAR", 2))),
)  # fmt: skip


def invent(
    seed: int,
    towns: Sequence[Town],
    count: int,
    at: Instant,
    often: dict[str, int] | None = None,
    fits: Fits = anywhere,
) -> list[Invented]:
    """So many organizations, spread over the towns; the same for the same arguments.

    A town that is named twice has twice as many. `at` is the beginning of the exercise, which
    certificates expire before, lapse soon after, or outlast. `often` puts other frequencies in
    the place of the callings' own, by the first skill.
    """
    chance, taken = Chance(seed), Counter[str]()
    made = []
    for number, calling in enumerate(_callings(count, often or {})):
        draws = chance.of("organization", number)
        town = towns[(number + draws.randrange(len(towns))) % len(towns)]
        plain = f"{MARK}·{town.name}{calling.name}"
        taken[plain] += 1
        name = plain if taken[plain] == 1 else f"{plain}·{taken[plain]}"
        place = town.point(draws, fits)
        body = _body(name, calling, town.code, place, draws)
        graded = [skill for skill, _ in calling.skills if SKILLS[skill].graded]
        certificates = tuple(_certificate(skill, number, draws, at) for skill in graded)
        insured = {"adults_only": True, "insured_through": day_of(at + INSURED_DAYS * DAY)}
        made.append(Invented(name, body, certificates, _person(number), insured))
    return made


def _callings(count: int, often: dict[str, int]) -> Iterator[Calling]:
    """So many callings, each as often as it is, and the rarest at least once."""
    shares = [often.get(calling.skills[0][0], calling.often) for calling in CALLINGS]
    present = [(c, share) for c, share in zip(CALLINGS, shares, strict=True) if share]
    reached = dict.fromkeys(range(len(present)), 0.0)
    for _ in range(count):
        least = min(reached, key=lambda index: (reached[index], index))
        calling, share = present[least]
        reached[least] += 1 / share
        yield calling


def _body(
    name: str, calling: Calling, home: str, place: dict[str, Any], draws: Random
) -> dict[str, Any]:
    return {
        "name": name,
        "registration_class": draws.choice(calling.classes),
        "home": home,
        "place": place,
        "capabilities": [
            {"skill": skill, "units": draws.randint(1, most)} for skill, most in calling.skills
        ],
        "people": draws.randint(*calling.people),
    }


def _certificate(skill: str, number: int, draws: Random, at: Instant) -> dict[str, Any]:
    """Good for years, expired, or lapsing in the first days of the exercise."""
    fate = draws.random()
    if fate < EXPIRED:
        days = -draws.randint(3, 200)
    elif fate < EXPIRED + LAPSING:
        days = draws.randint(0, 1)
    else:
        days = draws.randint(100, 900)
    return {
        "skill": skill,
        "grade": draws.choice(GRADES),
        "standard": SKILLS[skill].standard,
        "issuer": ISSUER,
        "number": f"{MARK}-{skill}-{number:04}",
        "valid_through": day_of(at + days * DAY),
        "valid_from": day_of(at - draws.randint(250, 1_000) * DAY),
    }


def _person(number: int) -> dict[str, Any]:
    """Nobody has such a number."""
    return {"name": f"{MARK}联系人{number:04}", "telephone": f"000-0000-{number:04}", "order": 1}
