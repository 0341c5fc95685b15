"""Pushing: what providers tell by themselves, as receipts, replies and keys of a call.

They sign nothing. Whoever knows the secret in the address is heard, and only what is about messages
of ours changes anything.
"""

from __future__ import annotations

import asyncio
from hmac import compare_digest
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.body import read_body
from api.doors.call import JsonResponse
from api.problems import Problem, later
from api.reach import PUSHED, push_secret

router = APIRouter(include_in_schema=False)

WAITING_MOST: Final = 1_000
TAKEN: Final = b'{"code":0,"result":0,"msg":"ok","errmsg":"ok"}'  # what each of them wants to read


@router.post("/push/{secret}")
async def push(request: Request) -> Response:
    """Kept before it is answered; a provider that hears nothing tells it again."""
    context = context_of(request)
    given = request.path_params["secret"].encode(errors="replace")
    if not compare_digest(given, push_secret(context.vault).encode()):
        raise Problem("not_found")
    body = await read_body(request, dict(request.scope["headers"]))
    sealed = context.vault.seal_for_folder(PUSHED, body.decode("latin-1"))
    if not await asyncio.to_thread(context.notices.push, sealed, context.now(), WAITING_MOST):
        raise later("unavailable")
    return JsonResponse(TAKEN)
