"""Where a record is: its division by name or by its point, and its point unless that is doubtful.

What is wrong with a place is named; it is mended only in the ways that the profile names.
"""

from __future__ import annotations

from typing import NamedTuple

from api.records.coordinates import Coordinate, CoordinateRefused, coordinate
from api.records.fields import Record, paths_of, text_of, value_at
from api.records.profile import Profile
from geo.divisions import DivisionTree, Level
from geo.finder import Finder
from geo.places import PlaceProblem, place_at, place_of_division
from geo.regions import Regions
from schemas.values import Place

SCALE = 10_000_000
OF_PLACES = (  # what may be marked about a place
    *(problem.value for problem in PlaceProblem),
    *("coordinate_missing", "coordinate_unreadable", "shape_center", "datum_converted"),
    *("nearest_seat", "by_coordinate", "in_county"),
)


def _field(profile: Profile) -> str:
    """Which of the profile's own fields has the point."""
    return "coordinate" if paths_of(profile.fields.coordinate) else "lon"


class PlaceRefused(Exception):
    """`code`: why there is no place; `field`: which of the profile's fields it is about."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class Placed(NamedTuple):
    """A place as the log has it, and what is marked about it."""

    place: Place
    flags: tuple[str, ...]


class Ground:
    """The divisions that records are placed in, with their polygons where there are any."""

    def __init__(self, tree: DivisionTree, area: str, regions: Regions | None = None) -> None:
        self.tree, self.area, self.regions = tree, area, regions
        self._finder = Finder(tree, area, regions)

    def place(self, record: Record, profile: Profile) -> Placed:
        """Where it is. Raises PlaceRefused."""
        named, flags = self._named(record, profile)
        try:
            point = coordinate(record, profile)
        except CoordinateRefused as refused:
            return self._without(named, flags, refused.code, profile)
        if named is None:
            return self._by_point(point, profile)
        return self._checked(named, point, (*flags, *point.flags), profile)

    def name(self, code: str) -> str:
        node = self.tree.get(code)
        return code if node is None else node.name

    def _named(self, record: Record, profile: Profile) -> tuple[str | None, tuple[str, ...]]:
        """The division that the names say; None where there are none."""
        fields = profile.fields
        county = text_of(value_at(record, fields.county))
        township = text_of(value_at(record, fields.township))
        if not county and not township:
            return None, ()
        found = self._finder.named(county, township)
        if not found:
            raise PlaceRefused("division_unknown", "township" if township else "county")
        if len(found) > 1:
            raise PlaceRefused("division_ambiguous", "township" if township else "county")
        node = self.tree.get(found[0])
        above = node is not None and node.level is not Level.TOWNSHIP and not township
        return found[0], ("in_county",) if above else ()

    def _without(
        self, named: str | None, flags: tuple[str, ...], code: str, profile: Profile
    ) -> Placed:
        """No point: the seat, where the profile has no points or lets a seat stand for one."""
        if named is None:
            raise PlaceRefused("place_missing" if code == "coordinate_missing" else code, "place")
        pointless = not (paths_of(profile.fields.coordinate) or paths_of(profile.fields.lon))
        if pointless:
            return Placed(self._seat(named), flags)
        if "seat" not in profile.place.repair:
            raise PlaceRefused(code, _field(profile))
        return Placed(self._seat(named), (*flags, code))

    def _by_point(self, point: Coordinate, profile: Profile) -> Placed:
        found = self._finder.at(round(point.lon * SCALE), round(point.lat * SCALE))
        if found is None:
            raise PlaceRefused("outside_area", _field(profile))
        flag = "nearest_seat" if found.nearest else "by_coordinate"
        return self._checked(found.code, point, (*point.flags, flag), profile)

    def _checked(
        self, division: str, point: Coordinate, flags: tuple[str, ...], profile: Profile
    ) -> Placed:
        crs = "CGCS2000" if profile.place.crs == "CGCS2000" else "WGS-84"
        about = (crs, self.tree, self.area, division, self.regions)
        found = place_at(point.lon, point.lat, *about)
        if not isinstance(found, PlaceProblem):
            return Placed(found, flags)
        repair = profile.place.repair
        if found is PlaceProblem.LAT_LON_SWAPPED and "swap" in repair:
            turned = place_at(point.lat, point.lon, *about)
            if not isinstance(turned, PlaceProblem):
                return Placed(turned, (*flags, found.value))
        if found is PlaceProblem.OUTSIDE_TOWNSHIP and "move" in repair:
            return self._by_point(point._replace(flags=(*flags, found.value)), profile)
        if "seat" in repair:
            return Placed(self._seat(division), (*flags, found.value))
        raise PlaceRefused(found.value, _field(profile))

    def _seat(self, division: str) -> Place:
        found = place_of_division(division, self.tree, self.area)
        assert not isinstance(found, PlaceProblem), "it was found in the area"
        return found
