"""Code lists with their Chinese and English names.

Graded skills follow YJ/T 1.2–1.6-2022; general skills and hazards are our own lists, from
Articles 5 and 7 of the decision. Codes are never renamed.
"""

from __future__ import annotations

from typing import NamedTuple

from schemas.values import Domain


class Words(NamedTuple):
    """One code's names in both languages."""

    zh: str
    en: str


class Skill(NamedTuple):
    """A skill; `graded` ones need a verified certificate."""

    zh: str
    en: str
    graded: bool


class Hazard(NamedTuple):
    """A hazard with its class of event (Emergency Response Law, Article 2)."""

    zh: str
    en: str
    event_kind: str


class Kind(NamedTuple):
    """A kind of demand: what is usually asked for, and the order its recovery restores."""

    zh: str
    en: str
    skill: str
    domain: Domain


_GRADED = {
    "USAR": ("建筑物倒塌搜救", "Collapsed-structure search and rescue"),
    "MOUNTAIN": ("山地搜救", "Mountain search and rescue"),
    "WATER": ("水上搜救", "Water search and rescue"),
    "DIVE": ("潜水救援", "Diving rescue"),
    "MEDIC": ("应急医疗救护", "Emergency medical care"),
}

_GENERAL = {
    "FIRST_AID": ("初级急救", "First aid"),
    "PSYCH_SUPPORT": ("心理支持", "Psychological support"),
    "ELDER_CARE": ("养老服务", "Care for the elderly"),
    "CHILD_CARE": ("托育服务", "Child care"),
    "DISABILITY_SUPPORT": ("助残服务", "Support for disabled people"),
    "MEDIATION": ("矛盾调解", "Mediation"),
    "INTERPRET_DIALECT": ("方言翻译", "Dialect interpreting"),
    "PATROL_ORDER": ("巡逻与秩序", "Patrol and public order"),
    "EVAC_GUIDE": ("疏散引导", "Evacuation guidance"),
    "SHELTER_OPS": ("安置点管理", "Shelter operation"),
    "CATERING": ("餐饮供应", "Catering"),
    "LOGISTICS_DRIVE": ("物资运输", "Transport of supplies"),
    "BOAT_OPERATE": ("舟艇驾驶", "Boat operation"),
    "PUMP_DRAIN": ("抽水排涝", "Pumping and drainage"),
    "CHAINSAW_CLEAR": ("倒树清障", "Clearing fallen trees"),
    "ELECTRIC_REPAIR": ("电力抢修", "Electrical repair"),
    "WATER_REPAIR": ("供水抢修", "Water supply repair"),
    "CLEAN_DISINFECT": ("清洁消杀", "Cleaning and disinfection"),
    "DRONE": ("无人机", "Drones"),
    "RADIO_COMMS": ("应急通信", "Radio communication"),
    "INFO_REPORT": ("信息报送", "Information reporting"),
    "MATERIAL_SORT": ("物资分拣", "Sorting of supplies"),
    "FARM_RESTORE": ("农业复产", "Restoring farm production"),
    "LEGAL_AID": ("法律援助", "Legal aid"),
}

SKILLS: dict[str, Skill] = {
    **{code: Skill(zh, en, True) for code, (zh, en) in _GRADED.items()},
    **{code: Skill(zh, en, False) for code, (zh, en) in _GENERAL.items()},
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
    "rescue_water": Kind("水上救援", "Water rescue", "WATER", Domain.LIFE),
    "rescue_mountain": Kind("山地救援", "Mountain rescue", "MOUNTAIN", Domain.LIFE),
    "rescue_collapse": Kind("倒塌救援", "Collapse rescue", "USAR", Domain.LIFE),
    "medical": Kind("医疗救护", "Medical care", "MEDIC", Domain.LIFE),
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
}

DOMAINS: dict[Domain, Words] = {
    Domain.PRODUCTION: Words("生产", "Production"),
    Domain.LIFE: Words("生活", "Life"),
    Domain.WORK: Words("工作", "Work"),
    Domain.SOCIAL_ORDER: Words("社会秩序", "Social order"),
}
