"""Code lists with their Chinese and English names.

Graded skills follow YJ/T 1.2–1.6-2022; general skills and hazards are our own lists, from
Articles 5 and 7 of the decision. Codes are never renamed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from schemas.values import Domain


class Words(NamedTuple):
    """One code's names in both languages."""

    zh: str
    en: str


class PublicWord(StrEnum):
    """What of a demand everybody reads whom it concerns."""

    KIND = "kind"
    PLACE = "place"
    RISK = "risk"
    RALLY_POINT = "rally_point"
    WAY_IN = "way_in"


PUBLIC_WORDS: dict[str, Words] = {
    PublicWord.KIND: Words("类别", "kind"),
    PublicWord.PLACE: Words("地点", "place"),
    PublicWord.RISK: Words("风险", "risk"),
    PublicWord.RALLY_POINT: Words("集合点", "rally point"),
    PublicWord.WAY_IN: Words("进场路线", "way in"),
}


class Unit(NamedTuple):
    """What one deployable unit is called: after a number in Chinese, one and several in English."""

    zh: str
    en: str
    many: str


class Skill(NamedTuple):
    """A skill and its unit; those with a standard are `graded`: they need a verified certificate.

    `unit_zh` follows a number directly; `unit_en` is one of them, `units_en` any other number.
    """

    zh: str
    en: str
    graded: bool
    unit_zh: str
    unit_en: str
    units_en: str
    standard: str | None = None


class Hazard(NamedTuple):
    """A hazard with its class of event (Emergency Response Law, Article 2)."""

    zh: str
    en: str
    event_kind: str


class Kind(NamedTuple):
    """A kind of demand: what is usually asked for, and the order its recovery restores.

    `beside` is a general skill that is preset beside a graded one, None beside a general one.
    A graded line asks only organizations that are registered with civil affairs (应急〔2024〕83号,
    Article 2), so a village's boatmen can only be asked by a line of their own: BOAT_OPERATE.
    """

    zh: str
    en: str
    skill: str
    domain: Domain
    beside: str | None = None


_TEAM = Unit("队", "team", "teams")
_GROUP = Unit("组", "team", "teams")  # who sits down with people
_CREW = Unit("组", "crew", "crews")  # who works with hands and tools
_INTERPRETER = Unit("名", "interpreter", "interpreters")
_ANY = Unit("个单位", "unit", "units")  # of a skill that is not in the list

_GRADED = {
    "USAR": ("建筑物倒塌搜救", "Collapsed-structure search and rescue", _TEAM, "YJ/T 1.2-2022"),
    "MOUNTAIN": ("山地搜救", "Mountain search and rescue", _TEAM, "YJ/T 1.3-2022"),
    "WATER": ("水上搜救", "Water search and rescue", _TEAM, "YJ/T 1.4-2022"),
    "DIVE": ("潜水救援", "Diving rescue", _TEAM, "YJ/T 1.5-2022"),
    "MEDIC": ("应急医疗救护", "Emergency medical care", _TEAM, "YJ/T 1.6-2022"),
}

_GENERAL = {
    "FIRST_AID": ("初级急救", "First aid", _CREW),
    "PSYCH_SUPPORT": ("心理支持", "Psychological support", _GROUP),
    "ELDER_CARE": ("养老服务", "Care for the elderly", _GROUP),
    "CHILD_CARE": ("托育服务", "Child care", _GROUP),
    "DISABILITY_SUPPORT": ("助残服务", "Support for disabled people", _GROUP),
    "MEDIATION": ("矛盾调解", "Mediation", _GROUP),
    "INTERPRET_DIALECT": ("方言翻译", "Dialect interpreting", _INTERPRETER),
    "PATROL_ORDER": ("巡逻与秩序", "Patrol and public order", Unit("队", "patrol", "patrols")),
    "EVAC_GUIDE": ("疏散引导", "Evacuation guidance", _CREW),
    "SHELTER_OPS": ("安置点管理", "Shelter operation", _CREW),
    "CATERING": ("餐饮供应", "Catering", _CREW),
    "LOGISTICS_DRIVE": ("物资运输", "Transport of supplies", Unit("辆", "vehicle", "vehicles")),
    "BOAT_OPERATE": ("舟艇驾驶", "Boat operation", Unit("艘", "boat", "boats")),
    "PUMP_DRAIN": ("抽水排涝", "Pumping and drainage", Unit("台", "pump", "pumps")),
    "CHAINSAW_CLEAR": ("倒树清障", "Clearing fallen trees", _CREW),
    "ELECTRIC_REPAIR": ("电力抢修", "Electrical repair", _CREW),
    "WATER_REPAIR": ("供水抢修", "Water supply repair", _CREW),
    "CLEAN_DISINFECT": ("清洁消杀", "Cleaning and disinfection", _CREW),
    "DRONE": ("无人机", "Drones", Unit("架", "drone", "drones")),
    "RADIO_COMMS": ("应急通信", "Radio communication", _CREW),
    "INFO_REPORT": ("信息报送", "Information reporting", _CREW),
    "MATERIAL_SORT": ("物资分拣", "Sorting of supplies", _CREW),
    "FARM_RESTORE": ("农业复产", "Restoring farm production", _CREW),
    "LEGAL_AID": ("法律援助", "Legal aid", _GROUP),
}

SKILLS: dict[str, Skill] = {
    **{code: Skill(zh, en, True, *u, standard) for code, (zh, en, u, standard) in _GRADED.items()},
    **{code: Skill(zh, en, False, *unit) for code, (zh, en, unit) in _GENERAL.items()},
}

HAZARDS: dict[str, Hazard] = {
    "typhoon": Hazard("台风", "Typhoon", "natural"),
    "rainstorm_flood": Hazard("暴雨洪涝", "Rainstorm and flood", "natural"),
    "urban_waterlogging": Hazard("城市内涝", "Urban waterlogging", "natural"),
    "landslide_debris": Hazard("滑坡泥石流", "Landslide and debris flow", "natural"),
    "earthquake": Hazard("地震", "Earthquake", "natural"),
    "snow_ice": Hazard("雨雪冰冻", "Snow and ice", "natural"),
    "heat_drought": Hazard("高温干旱", "Heat and drought", "natural"),
    "forest_fire": Hazard("森林火灾", "Forest fire", "natural"),
    "building_collapse": Hazard("建筑物倒塌", "Building collapse", "accident"),
    "fire_explosion": Hazard("火灾爆炸", "Fire and explosion", "accident"),
    "hazmat": Hazard("危化品", "Hazardous materials", "accident"),
    "traffic_water": Hazard("交通/水上事故", "Traffic or water accident", "accident"),
    "utility_outage": Hazard("水电气通信中断", "Utility outage", "accident"),
    "epidemic": Hazard("传染病疫情", "Epidemic", "public_health"),
    "food_water_safety": Hazard("食品饮水安全", "Food and water safety", "public_health"),
    "crowd_safety": Hazard("群体聚集安全", "Crowd safety", "social_security"),
    "missing_person": Hazard("人员走失", "Missing person", "social_security"),
}

KINDS: dict[str, Kind] = {
    "rescue_water": Kind("水上救援", "Water rescue", "WATER", Domain.LIFE, "BOAT_OPERATE"),
    "rescue_mountain": Kind("山地救援", "Mountain rescue", "MOUNTAIN", Domain.LIFE, "EVAC_GUIDE"),
    "rescue_collapse": Kind("倒塌救援", "Collapse rescue", "USAR", Domain.LIFE, "FIRST_AID"),
    "medical": Kind("医疗救护", "Medical care", "MEDIC", Domain.LIFE, "FIRST_AID"),
    "evacuation": Kind("人员转移", "Evacuation", "EVAC_GUIDE", Domain.LIFE),
    "shelter": Kind("安置保障", "Shelter", "SHELTER_OPS", Domain.LIFE),
    "catering": Kind("餐饮保障", "Meals", "CATERING", Domain.LIFE),
    "care": Kind("特殊群体照护", "Care for vulnerable people", "ELDER_CARE", Domain.LIFE),
    "supplies": Kind("物资运送", "Supplies", "LOGISTICS_DRIVE", Domain.LIFE),
    "drainage": Kind("排水排涝", "Drainage", "PUMP_DRAIN", Domain.PRODUCTION),
    "obstruction": Kind("道路清障", "Road clearing", "CHAINSAW_CLEAR", Domain.WORK),
    "power": Kind("电力故障", "Power failure", "ELECTRIC_REPAIR", Domain.LIFE),
    "water_supply": Kind("供水故障", "Water supply failure", "WATER_REPAIR", Domain.LIFE),
    "communication": Kind("通信保障", "Communication", "RADIO_COMMS", Domain.WORK),
    "cleaning": Kind("清淤消杀", "Cleaning and disinfection", "CLEAN_DISINFECT", Domain.LIFE),
    "farm": Kind("农业受损", "Farm damage", "FARM_RESTORE", Domain.PRODUCTION),
    "order": Kind("秩序维护", "Public order", "PATROL_ORDER", Domain.SOCIAL_ORDER),
    "mediation": Kind("纠纷调解", "Dispute mediation", "MEDIATION", Domain.SOCIAL_ORDER),
    "reconnaissance": Kind("灾情侦察", "Reconnaissance", "DRONE", Domain.WORK),
    # Of a risk sign: a village tells of it before there is any need (the decision, Article 6).
    "inspection": Kind("隐患排查", "Inspection of a risk", "PATROL_ORDER", Domain.LIFE),
}

DOMAINS: dict[Domain, Words] = {
    Domain.PRODUCTION: Words("生产", "Production"),
    Domain.LIFE: Words("生活", "Life"),
    Domain.WORK: Words("工作", "Work"),
    Domain.SOCIAL_ORDER: Words("社会秩序", "Social order"),
}


def counted(skill_code: str, number: int) -> Words:
    """So many units of a skill, as one says it: 2 台, 2 pumps, 1 pump.

    Of a skill that is not in the list they are 个单位, units; never KeyError.
    """
    skill = SKILLS.get(skill_code)
    unit = _ANY if skill is None else Unit(skill.unit_zh, skill.unit_en, skill.units_en)
    return Words(f"{number} {unit.zh}", f"{number} {unit.en if number == 1 else unit.many}")
