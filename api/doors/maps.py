"""What a map is drawn on: borders of townships, where the folder has them."""

from __future__ import annotations

import asyncio

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.callers import signed_in
from api.doors.hanging import answering
from geo.outlines import SCALE, Outline, outlines

router = APIRouter(tags=["reference"])
KEPT = {"Cache-Control": "private, max-age=300"}


class MapView(msgspec.Struct):
    """Borders of the command area's townships, for eyes alone; `scale`: numbers in a degree."""

    scale: int
    townships: tuple[Outline, ...]


@router.get(
    "/map",
    response_model=None,
    responses=answering(MapView),
    dependencies=[Depends(signed_in)],
)
async def map_of_area(request: Request) -> Response:
    """Rings by township: the first corner, then steps. Empty where no polygons were imported."""
    context = context_of(request)
    if context.outlined is None:
        context.outlined = await asyncio.to_thread(_encoded, context)
    return Response(context.outlined, headers=KEPT, media_type="application/json")


def _encoded(context: Context) -> bytes:
    regions, inside = context.regions, context.divisions.below(context.settings.area)
    found = () if regions is None else outlines(regions, frozenset(inside))
    return msgspec.json.encode(MapView(SCALE, found))
