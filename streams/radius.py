"""Radius: how far from its home an organization is asked by itself, by class, and by grade.

Distances stand for the divisions that the decision names (Article 1: organizations based in this
community; Article 3: who registers, files or guides them), since a boundary says nothing of the
village behind it, and most areas have no polygons loaded. Zhejiang has 105,500 km²: a county has
1,170 km² on average (a circle of 19 km), a township 76 km² (5 km). A desk asks by hand beyond.
"""

from __future__ import annotations

from typing import Final

from schemas.values import RegistrationClass

KILOMETER: Final = 1_000

BY_CLASS: Final[dict[RegistrationClass, int]] = {
    RegistrationClass.VILLAGE_GUIDED: 10 * KILOMETER,  # its township, from one end to the other
    RegistrationClass.FILED: 20 * KILOMETER,  # its township and those beside it
    RegistrationClass.REGISTERED: 30 * KILOMETER,  # its county, from wherever it is at home
}
"""Of general skills, in meters."""

BY_GRADE: Final[dict[str, tuple[int, int, int]]] = {
    "USAR": (300 * KILOMETER, 150 * KILOMETER, 100 * KILOMETER),
    "MOUNTAIN": (300 * KILOMETER, 150 * KILOMETER, 100 * KILOMETER),
    "WATER": (300 * KILOMETER, 150 * KILOMETER, 100 * KILOMETER),
    "DIVE": (300 * KILOMETER, 200 * KILOMETER, 150 * KILOMETER),  # few there are
    "MEDIC": (200 * KILOMETER, 100 * KILOMETER, 60 * KILOMETER),  # within the first hours
}
"""Of the five classes of YJ/T 1.1–1.6-2022, in meters, by the team's own grade, 1 first.

The ranges of the grades: 1 its province and those beside it, 2 its province, 3 its own prefecture
and counties beside it; here, as far as a team is there in time to be of use.
"""
