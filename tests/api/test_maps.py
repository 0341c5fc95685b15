"""What a map is drawn on, at its door."""

from dataclasses import replace

import shapely

from geo.regions import Regions
from tests.api.house import TOWN, House


async def test_without_borders_a_map_has_none_and_strangers_have_no_map(house: House) -> None:
    desk = await house.desk(TOWN)
    reply = await desk.get("/map")
    assert (reply.status, reply.json["townships"]) == (200, [])
    assert (await replace(desk, cookie="").get("/map")).status == 401


async def test_borders_that_were_imported_are_told_of_this_area_alone(house: House) -> None:
    """Given polygons of a township here and of one elsewhere, then only the one is told."""
    shapes = [(TOWN, shapely.box(120.6, 28.1, 120.7, 28.2)), ("990001", shapely.box(0, 0, 1, 1))]
    house.context.regions = Regions(shapes)
    desk = await house.desk(TOWN)
    first, again = await desk.get("/map"), await desk.get("/map")
    assert [one["code"] for one in first.json["townships"]] == [TOWN]
    assert first.content == again.content
