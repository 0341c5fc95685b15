"""Places in bodies: a point, a ring, or only a division, turned into what the log holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.context import Context
from api.doors.body import Body
from api.problems import Problem
from geo.places import PlaceProblem, place_at, place_of_division, place_of_shape
from schemas.values import Place

Code = Annotated[str, Field(min_length=1, max_length=20)]  # of a division
Degree = Annotated[float, Field(description="Decimal degrees.")]
Ring = Annotated[tuple[tuple[Degree, Degree], ...], Field(min_length=3, max_length=1_001)]


class PlaceBody(Body):
    """`crs`, `lon`, `lat`; or `crs`, `ring` of [lon, lat]; or neither: the whole division."""

    crs: Annotated[str | None, Field(max_length=20, examples=["WGS-84", "CGCS2000"])] = None
    lon: Degree | None = None
    lat: Degree | None = None
    ring: Ring | None = None
    division: Code


def placed(context: Context, body: PlaceBody, field: str = "place") -> Place:
    """What the log will hold. Raises Problem with the place's own reason."""
    found = _found(context, body)
    if isinstance(found, Problem):
        raise found
    if isinstance(found, PlaceProblem):
        raise Problem(found.value, field)
    return found


def _found(context: Context, body: PlaceBody) -> Place | PlaceProblem | Problem:
    tree, area, division = context.divisions, context.settings.area, body.division
    if body.lon is None and body.lat is None and body.ring is None:
        if body.crs is not None:
            return Problem("field_missing", "place.lon")
        return place_of_division(division, tree, area)
    if body.crs is None:
        return Problem("crs_missing", "place.crs")
    if body.ring is not None:
        if body.lon is not None or body.lat is not None:
            return Problem("place_twofold", "place.ring")
        return place_of_shape(body.ring, body.crs, tree, area, division, context.regions)
    if body.lon is None or body.lat is None:
        return Problem("field_missing", "place.lon" if body.lon is None else "place.lat")
    return place_at(body.lon, body.lat, body.crs, tree, area, division, context.regions)
