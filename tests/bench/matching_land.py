"""A province of organizations to search: places, skills and who is available, all made by a seed.

64 skills whose frequency falls as rank^-1.5, one organization in two hundred of a professional
kind with many of them, 70 % available, a fifth of the needs anywhere and the others where people
live. A need asks for one, two or three skills at once.
"""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.distance import ecef_centimeters
from geo.divisions import DivisionTree, Level
from geo.index import Index
from geo.nearest import Codes, Point, Seen
from tests.bench.stage import DIVISIONS
from tests.geo.kinds import New

SKILLS, WANTED = 64, 20
EVERYWHERE = 1 << 62
SHARES = [0.30 * (rank + 1) ** -1.5 for rank in range(SKILLS)]
PROFESSIONALS = 0.005
AVAILABLE = 0.7
DEGREES = 10_000_000


class Spot(NamedTuple):
    """Where it is: in degrees for others, in centimeters for us."""

    lon: float
    lat: float
    point: Point


class One(NamedTuple):
    spot: Spot
    skills: tuple[int, ...]
    available: bool

    @property
    def mask(self) -> int:
        return sum(1 << skill for skill in self.skills)


class Need(NamedTuple):
    spot: Spot
    rarest: int
    mask: int


class Land:
    """Organizations by number, and who has which skill."""

    def __init__(self, size: int, seed: int) -> None:
        self.random = Random(seed)
        tree = DivisionTree.load(DIVISIONS)
        self._seats = [tree.seat(code) for code in tree.codes(Level.TOWNSHIP)]
        self._weights = [self.random.lognormvariate(0, 1) for _ in self._seats]
        self.ones = [self._one() for _ in range(size)]
        self.holders = [0] * SKILLS
        for one in self.ones:
            for skill in one.skills:
                self.holders[skill] += 1

    def somewhere(self) -> Spot:
        """About a township's seat, the greater ones more often."""
        [seat] = self.random.choices(self._seats, cum_weights=self._cumulated)
        lon = round(seat.lon + self.random.gauss(0, 0.02) * DEGREES)
        lat = round(seat.lat + self.random.gauss(0, 0.02) * DEGREES)
        return spot_at(lon, lat)

    def anywhere(self) -> Spot:
        return spot_at(
            self.random.randint(1180000000, 1230000000), self.random.randint(272000000, 312000000)
        )

    def need(self) -> Need:
        """The rarest skill of those asked for is the one that is searched."""
        [count] = self.random.choices((1, 2, 3), (50, 30, 20))
        skills = dict.fromkeys(self.random.choices(range(SKILLS), SHARES, k=count))
        spot = self.anywhere() if self.random.random() < 0.2 else self.somewhere()
        rarest = min(skills, key=self.holders.__getitem__)
        return Need(spot, rarest, sum(1 << skill for skill in skills))

    def moved(self) -> tuple[int, One]:
        """Somebody who is elsewhere now, and may have come or gone."""
        number = self.random.randrange(len(self.ones))
        one = self.ones[number]._replace(
            spot=self.somewhere(), available=self.random.random() < AVAILABLE
        )
        self.ones[number] = one
        return number, one

    @cached_property
    def _cumulated(self) -> list[float]:
        return [float(weight) for weight in np.cumsum(self._weights)]

    def _one(self) -> One:
        if self.random.random() < PROFESSIONALS:
            skills = self.random.sample(range(SKILLS), self.random.randint(4, 10))
        else:
            skills = [skill for skill, share in enumerate(SHARES) if self.random.random() < share]
            skills = skills or self.random.choices(range(SKILLS), SHARES)
        return One(self.somewhere(), tuple(sorted(skills)), self.random.random() < AVAILABLE)


def spot_at(lon7: int, lat7: int) -> Spot:
    return Spot(lon7 / DEGREES, lat7 / DEGREES, Point(*ecef_centimeters(lon7, lat7)))


class Kinds:
    """The codes of one skill's index: who is available, and which other skills somebody has."""

    def __init__(self) -> None:
        self._codes: dict[tuple[bool, int], int] = {}
        self._wanted: dict[int, Codes] = {}

    def code(self, one: One) -> int:
        kind = (one.available, one.mask)
        if kind not in self._codes:
            self._codes[kind] = len(self._codes)
            self._wanted.clear()
        return self._codes[kind]

    def wanted(self, mask: int) -> Codes:
        """By code, who is available and has all of it."""
        known = self._wanted.get(mask)
        if known is None:
            known = self._wanted[mask] = self._here & (self._masks & np.uint64(mask) == mask)
        return known

    @cached_property
    def _masks(self) -> NDArray[np.uint64]:
        return np.array([mask for _, mask in self._codes], dtype=np.uint64)

    @cached_property
    def _here(self) -> Codes:
        return np.array([here for here, _ in self._codes], dtype=bool)

    def made(self) -> None:
        """Both kinds of everybody are known: somebody who moves brings no other."""
        for _, mask in list(self._codes):
            for here in (False, True):
                self._codes.setdefault((here, mask), len(self._codes))


class Ours:
    """An index for each skill, as the rules have it: whoever is away stays in, as another kind."""

    def __init__(self, land: Land, new: New) -> None:
        self._indexes: list[Index] = [new() for _ in range(SKILLS)]
        self._kinds = [Kinds() for _ in range(SKILLS)]
        for number, one in enumerate(land.ones):
            self.put(number, one)
        for kinds in self._kinds:
            kinds.made()

    def put(self, number: int, one: One) -> None:
        """Where it is now, under each of its skills."""
        name = str(number)
        for skill in one.skills:
            self._indexes[skill].put(name, one.spot.point, self._kinds[skill].code(one))

    def find(self, need: Need) -> list[str]:
        """The nearest who are available and have all that is asked for."""
        return [id for _, id, _ in self.seen(need)]

    def seen(self, need: Need) -> list[Seen]:
        """The same, with how far away they are, and of which kind."""
        survey = self._indexes[need.rarest].survey(need.spot.point)
        wanted = self._kinds[need.rarest].wanted(need.mask)
        return survey.first(EVERYWHERE, int, wanted, WANTED)[1][:WANTED]


class Brute:
    """Everybody looked at, exactly: what the others are held against."""

    def __init__(self, land: Land) -> None:
        self._where: NDArray[np.int64] = np.array(
            [one.spot.point for one in land.ones], dtype=np.int64
        ).T.copy()
        self._masks = np.array([one.mask for one in land.ones], dtype=np.uint64)
        self._here = np.array([one.available for one in land.ones], dtype=bool)

    def put(self, number: int, one: One) -> None:
        self._where[:, number] = one.spot.point
        self._here[number] = one.available

    def squares(self, need: Need) -> dict[int, int]:
        """Whoever fits, with the square of how far away it is."""
        mask = np.uint64(need.mask)
        fits = np.flatnonzero(self._here & (self._masks & mask == mask))
        away = self._where[:, fits] - np.array(need.spot.point)[:, None]
        return dict(zip(fits.tolist(), (away * away).sum(axis=0).tolist(), strict=True))
