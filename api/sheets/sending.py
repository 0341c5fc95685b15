"""A plan carried out through the doors: the steward's own commands, each under a key of its own.

Keys are of one run: within it nothing is said twice however bad the line. A run that was cut off
is planned again against what is there by then, so nothing is entered twice either.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from api.client import Refused, Session
from api.sheets.columns import BY_KEY, PERSONS_MOST, CertificateCell, Problem
from api.sheets.plan import Difference, Outcome, Step, standing
from schemas.views import OrganizationRow

ENTRY = ("name", "registration_class", "home", "people", "credit_code", "village")
AT_ONCE = 16
_POINT = ("lon", "lat", "crs")


class Kept(NamedTuple):
    """Somebody to call, as the registry keeps them."""

    id: str
    name: str
    telephone: str
    order: int


class Post(NamedTuple):
    """One command; `{id}` in its path stands for the organization."""

    path: str
    body: dict[str, Any]


async def persons(session: Session, organization: str) -> dict[int, Kept]:
    """Whom to call of an organization, by the order of calling."""
    listed = await session.get(f"/persons?organization={organization}")
    found = [Kept(one["id"], one["name"], one["telephone"], one["order"]) for one in listed]
    return {one.order: one for one in reversed(found)}


def persons_of(step: Step) -> dict[int, tuple[str, str]]:
    """Whom a row names, by the order of calling."""
    said = step.said
    return {
        order: (said[f"person_{order}"], said[f"telephone_{order}"])
        for order in range(1, PERSONS_MOST + 1)
        if f"person_{order}" in said
    }


async def compare_persons(session: Session, steps: Iterable[Step]) -> None:
    """Bring what rows say of persons into their differences; numbers are not told."""
    for step in steps:
        if step.known is None or step.outcome not in (Outcome.CHANGE, Outcome.SAME):
            continue
        wanted = persons_of(step)
        kept = await persons(session, step.known.id) if wanted else {}
        for order, (name, telephone) in wanted.items():
            there = kept.get(order)
            if there is None or (there.name, there.telephone) != (name, telephone):
                before = "" if there is None else there.name
                step.differences.append(Difference(f"person_{order}", before, name))
                step.outcome = Outcome.CHANGE


async def carry_out(session: Session, steps: Iterable[Step], told: Callable[[Step], None]) -> None:
    """Send what records and changes ask for; a refusal of the doors makes its row a refused one."""
    gate, this = asyncio.Semaphore(AT_ONCE), _Run(session)

    async def one(step: Step) -> None:
        async with gate:
            await this.sent(step)
            told(step)

    wanted = (step for step in steps if step.outcome in (Outcome.RECORD, Outcome.CHANGE))
    await asyncio.gather(*map(one, wanted))


class _Run:
    """One run of an import: its session, and the keys of its commands."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name = secrets.token_hex(8)
        self._made: dict[str, Step] = {}

    async def post(self, path: str, body: dict[str, Any]) -> str:
        """Raises Refused, ServerGone."""
        about = msgspec.json.encode((self._name, path, body), order="deterministic")
        return str((await self._session.post(path, body, sha256(about).hexdigest())).id)

    async def sent(self, step: Step) -> None:
        """The entry first; what else the doors refuse of a row leaves it partly entered."""
        known = step.known
        sent = Post("/organizations", {})
        try:
            if known is None:
                organization = await self.post("/organizations", _entry(step))
                step.on_record = True
                self._made[organization] = step
            else:
                organization = known.id
            for sent in _posts(step):
                await self.post(sent.path.format(id=organization), sent.body)
                step.on_record = True
            async for sent in _calls(self._session, step, organization):
                await self.post(sent.path, sent.body)
                step.on_record = True
        except Refused as refused:
            step.outcome = Outcome.PARTLY if step.on_record else Outcome.REFUSED
            about = self._about(step, refused)
            step.problems.append(Problem(_column(sent, refused.field), refused.code, about))

    def _about(self, step: Step, refused: Refused) -> str:
        """Whom it is about: of this run by name, since an id may be of a rehearsal alone."""
        made = self._made
        others = [each for each in refused.subjects if made.get(each) is not step]
        return "、".join(made[each].said["name"] if each in made else each for each in others)


def _column(sent: Post, field: str) -> str:
    """The column of what a door does not take, "" where it is none's: of `place.lon`, lon."""
    if sent.path.startswith("/persons"):
        return f"{'telephone' if 'telephone' in field else 'person'}_{sent.body['order']}"
    if sent.path.endswith("/certificates"):
        return "certificates"
    return next((part for part in reversed(field.split(".")) if part in BY_KEY), "")


def _posts(step: Step) -> list[Post]:
    """What is to be said after the entry: only what differs from what is on record."""
    known, said = step.known, step.said
    there = {} if known is None else standing(known)
    posts = []
    if known is not None and _differs(said, there, (*ENTRY, "lon", "lat")):
        posts.append(Post("/organizations/{id}/correct", _correction(known, said, there)))
    if _differs(said, there, ("crews_most",) if known is None else ("capabilities", "crews_most")):
        units = said.get("capabilities", there.get("capabilities", {}))
        most = said.get("crews_most", there.get("crews_most"))
        body = {"capabilities": _units(units), "crews_most": most}
        posts.append(Post("/organizations/{id}/capacity", body))
    if _differs(said, there, ("adults_only", "insured_through")):
        fields = ("adults_only", "insured_through")
        body = {key: said.get(key, there.get(key)) for key in fields}
        posts.append(Post("/organizations/{id}/safeguards", body))
    if _differs(said, there, ("enrolled",)):
        posts.append(Post("/organizations/{id}/enrollment", {"enrolled": said["enrolled"]}))
    held = there.get("certificates", ())
    fresh: list[CertificateCell] = [one for one in said.get("certificates", ()) if one not in held]
    insist = {"insist": said.get("insist", False)}
    bodies = ({**one._asdict(), **insist} for one in fresh)
    return posts + [Post("/organizations/{id}/certificates", body) for body in bodies]


def _differs(said: dict[str, Any], there: dict[str, Any], keys: Iterable[str]) -> bool:
    return any(key in said and said[key] != there.get(key) for key in keys)


def _units(capabilities: dict[str, int]) -> list[dict[str, Any]]:
    return [{"skill": skill, "units": units} for skill, units in sorted(capabilities.items())]


def _place(said: dict[str, Any], home: str) -> dict[str, Any]:
    point = {key: said[key] for key in _POINT if key in said}
    return {**point, "division": home}


def _entry(step: Step) -> dict[str, Any]:
    said = step.said
    return {
        **{key: said[key] for key in ENTRY if key in said},
        "place": _place(said, said["home"]),
        "insist": said.get("insist", False),
        "capabilities": _units(said["capabilities"]),
    }


def _correction(
    known: OrganizationRow, said: dict[str, Any], there: dict[str, Any]
) -> dict[str, Any]:
    """The whole entry: what the row leaves out stays; moved to another home, it is at its seat, and
    of no village there until one is named."""
    home = said.get("home", known.home)
    rough = home != known.home or known.approximate
    stays = {} if rough else {key: there[key] for key in ("lon", "lat")}
    point = {**stays, **({"crs": "WGS-84"} if stays else {}), **said}
    entry = {key: said.get(key, there[key]) for key in ENTRY}
    if home != known.home:
        entry["village"] = said.get("village")
    return {**entry, "place": _place(point, home), "insist": said.get("insist", False)}


async def _calls(session: Session, step: Step, organization: str) -> AsyncIterator[Post]:
    """Whom to call, as it is to be."""
    wanted = persons_of(step)
    kept = await persons(session, organization) if wanted else {}
    for order, (name, telephone) in wanted.items():
        there = kept.get(order)
        body: dict[str, Any] = {"name": name, "telephone": telephone, "order": order}
        if there is None:
            yield Post("/persons", {**body, "organization": organization})
        elif (there.name, there.telephone) != (name, telephone):
            yield Post(f"/persons/{there.id}/correct", body)
