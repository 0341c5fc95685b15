"""Answers from outside, without a session: by a link, or by a code that is typed.

Whoever holds a link or a code answers one offer with it, and sees nothing that is not in the
message already. Looking changes nothing, however often: previews open links before people do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.call import submitted
from api.doors.desk_numbers import desk_of, numbers_for
from api.doors.forms import number_in, only, read_form
from api.doors.outside_page import Page
from api.doors.plain import Html
from api.doors.sealed import demand_of
from api.problems import Problem
from api.reach import ANSWER, Addressee, sheet
from api.safe import client_of
from schemas.codes import Words
from schemas.commands import AcceptOffer, DeclineOffer
from schemas.facts import OfferAccepted, OfferDeclined, StandbyOffered, YesOutdated
from schemas.ids import command_id
from schemas.refusals import REFUSALS, Refusal
from schemas.turns import DELIVERY, Envelope, Turn
from schemas.values import LATEST, UNITS_MOST, DeclineReason, Instant, OfferId, StandDownReason
from schemas.views import AssignmentRow, OfferRow, OrganizationRow
from streams.engines import Receipt
from streams.review_codes import REASONS
from streams.wording import was_outdated

router = APIRouter(include_in_schema=False)

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
YES, NO = ("answer", "quantity", "minutes", "revision"), ("answer", "reason", "free_from")
FIELDS = frozenset({*YES, *NO})
MINUTES_MOST = 2_880
REVISION_MOST = 999_999_999
SAME_TAP_MS = 10_000  # what was refused is asked again by whoever comes back later
ASKED_ANEW_MAX = 20

Told = tuple[Html, ...]
Handle = Callable[["Visit"], Awaitable[Response]]


@dataclass(slots=True)
class Visit:
    """One request to these pages."""

    request: Request
    context: Context
    page: Page

    def respond(self, content: str, status: int = 200, **headers: str) -> Response:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(content, status, {**HEADERS, **more}, "text/html; charset=utf-8")


async def visited(request: Request, handle: Handle) -> Response:
    """What a page answers; a problem is told on a page, too."""
    context = context_of(request)
    page = Page(language_of(request), context.settings.mode, context.now(), context.divisions)
    visit = Visit(request, context, page)
    try:
        return await handle(visit)
    except Problem as problem:
        words = Words(problem.message.zh, problem.message.en)
        return visit.respond(page.problem(words), problem.status, **problem.headers)


def language_of(request: Request) -> str:
    """`zh` or `en`: as chosen on the page, else what the browser likes best; else Chinese."""
    chosen = request.query_params.get("lang", "")
    liked: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "")[:200].lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        if name[:2] in ("zh", "en"):
            liked.append((-_weight(weight), name[:2]))
    if chosen in ("zh", "en"):
        return chosen
    return min(liked, key=lambda each: each[0], default=(0.0, "zh"))[1]


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


# By link


@router.api_route("/o/{token}", methods=["GET", "HEAD"])
async def look(request: Request) -> Response:
    """What is asked, and how it stands now; it can be looked at as often as anybody likes."""
    return await visited(request, _look)


async def _look(visit: Visit) -> Response:
    addressee = _by_link(visit)
    if addressee is None:
        return visit.respond(visit.page.unknown_link(), 404)
    return _shown(visit, addressee)


@router.post("/o/{token}")
async def answer(request: Request) -> Response:
    """Say yes or no; the page says what came of it."""
    return await visited(request, _answer)


async def _answer(visit: Visit) -> Response:
    addressee = _by_link(visit)
    if addressee is None:
        return visit.respond(visit.page.unknown_link(), 404)
    return await _answered(visit, addressee, await read_form(visit.request, FIELDS))


def _by_link(visit: Visit) -> Addressee | None:
    token = visit.request.path_params["token"]
    return _still(visit.context, visit.context.answers.of_link(token, visit.page.now))


# By code


@router.api_route("/answer", methods=["GET", "HEAD"])
@router.api_route("/a", methods=["GET", "HEAD"])
async def enter(request: Request) -> Response:
    """Where a code is typed."""
    return await visited(request, _enter)


async def _enter(visit: Visit) -> Response:
    return visit.respond(visit.page.code_entry())


@router.post("/answer")
@router.post("/a")
async def with_code(request: Request) -> Response:
    """With a code alone what is asked is shown; with an answer, too, it is taken."""
    return await visited(request, _with_code)


async def _with_code(visit: Visit) -> Response:
    fields = await read_form(visit.request, FIELDS | {"code"})
    tries, wall = visit.context.tries, visit.context.people.now()
    client = client_of(visit.request.client.host if visit.request.client else "")
    wait = tries.wait(client, wall)
    if wait:
        content = visit.page.code_entry("code.wait", count=-(-wait // 60_000))
        return visit.respond(content, 429, Retry_After=str(-(-wait // 1_000)))
    code = fields.pop("code", "")
    addressee = visit.context.answers.of_code(code, visit.page.now)
    addressee = _still(visit.context, addressee)
    if addressee is None:
        tries.note(client, wall)
        return visit.respond(visit.page.code_entry("code.wrong"), 404)
    visit.page = replace(visit.page, code=code)
    return await _answered(visit, addressee, fields) if fields else _shown(visit, addressee)


@router.get("/answer/poster")
async def poster(request: Request) -> Response:
    """A sheet to print: the address of the page above, as text and as QR."""
    address = f"{context_of(request).settings.url}/answer"
    content = sheet(ANSWER, address, style="/static/poster.css")
    return Response(content, 200, HEADERS, "text/html; charset=utf-8")


# Both


def _still(context: Context, addressee: Addressee | None) -> Addressee | None:
    """Who was told, unless that person is no longer one of the organization's."""
    if addressee is None or addressee.person is None:
        return addressee
    entries = context.feed.known.entries_of(addressee.organization)
    there = (person.id for entry in entries for person in context.persons.of_organization(entry))
    return addressee if addressee.person in there else None


def _row(context: Context, addressee: Addressee) -> OfferRow | None:
    """The offer, or a newer one for the same line; None where the board has it no longer.

    One yes counts, so it does not matter by which of several messages somebody answers.
    """
    row = _offer_row(context, addressee.offer)
    if row is None or row.answerable:
        return row
    newest = context.feed.known.newest_offer(row.line, row.organization)
    return row if newest is None else _offer_row(context, newest)


def _offer_row(context: Context, offer: OfferId) -> OfferRow | None:
    put = context.feed.find("offer", offer)
    return put.row if put is not None and isinstance(put.row, OfferRow) else None


def _shown(visit: Visit, addressee: Addressee, told: Told = (), status: int = 200) -> Response:
    row = _row(visit.context, addressee)
    if row is None:
        return visit.respond(visit.page.over())
    visit.page = replace(visit.page, mode=row.mode)
    barred = _barred(visit.context, row)
    if barred:
        numbers = _numbers(visit.context, row)
        return visit.respond(visit.page.barred(row, barred, numbers, *told), status)
    if not told and row.state == "accepted" and _called_back(visit.context, row):
        told = (visit.page.paragraph("state.recalled"),)
    if row.state == "accepted":
        numbers = _numbers(visit.context, row)
        told = (*(told or visit.page.state(row)), *visit.page.desk(numbers))
    return visit.respond(visit.page.offer(row, *told), status)


def _numbers(context: Context, row: OfferRow) -> tuple[str, ...]:
    """Of the desk that answers for its demand."""
    demand = demand_of(context, row.demand)
    desk = row.division if demand is None else desk_of(demand)
    return numbers_for(context, desk, row.division).telephones


def _barred(context: Context, row: OfferRow) -> str:
    """Why whoever could answer else can do so no more: `merged`, `retired`; else empty."""
    ended = row.stand_down_reason is StandDownReason.ORGANIZATION_RETIRED
    put = context.feed.find("organization", row.organization)
    if not (row.answerable or row.state == "standby" or ended):
        return ""
    if put is None or not isinstance(put.row, OrganizationRow):
        return ""
    if put.row.merged_into is not None:
        return "merged"
    return "retired" if put.row.retired else ""


def _called_back(context: Context, row: OfferRow) -> bool:
    """Whether the crew of a yes is needed no longer."""
    crews = (put.row for put in context.feed.rows("assignment"))
    own = [crew for crew in crews if isinstance(crew, AssignmentRow) and crew.offer == row.id]
    return any(crew.state == "stood_down" for crew in own)


async def _answered(visit: Visit, addressee: Addressee, fields: Mapping[str, str]) -> Response:
    row = _row(visit.context, addressee)
    if row is None:
        return visit.respond(visit.page.over())
    command = _command(fields, row, addressee)
    if visit.context.conductor is not None:
        visit.context.conductor.note_person()
    receipt = await _taken(visit.context, row, addressee, command)
    if receipt.repeated and not _stands(visit.context, receipt):
        return _shown(visit, addressee)
    refusal = receipt.turn.refusal
    status = 200 if refusal is None else REFUSALS[refusal].status
    if was_outdated(receipt.turn):
        status = REFUSALS[Refusal.WORDS_CHANGED].status
    return _shown(visit, addressee, _told(visit.page, row, receipt.turn), status)


def _command(
    fields: Mapping[str, str], row: OfferRow, addressee: Addressee
) -> AcceptOffer | DeclineOffer:
    match fields.get("answer"):
        case "yes":
            only(fields, YES)
            quantity = number_in(fields, "quantity", 1, UNITS_MOST)
            shown = number_in(fields, "revision", 1, REVISION_MOST)
            return AcceptOffer(
                offer=row.id,
                quantity=row.quantity if quantity is None else quantity,
                minutes=number_in(fields, "minutes", 0, MINUTES_MOST),
                person=addressee.person,
                revision=addressee.revision if shown is None else shown,
            )
        case "no":
            only(fields, NO)
            return DeclineOffer(
                offer=row.id,
                reason=_reason(fields),
                free_from=number_in(fields, "free_from", 0, LATEST),
                person=addressee.person,
            )
    raise Problem("code_unknown" if "answer" in fields else "field_missing", "answer")


def _reason(fields: Mapping[str, str]) -> DeclineReason:
    try:
        return DeclineReason(fields.get("reason", DeclineReason.OTHER))
    except ValueError:
        raise Problem("code_unknown", "reason") from None


async def _taken(
    context: Context, row: OfferRow, addressee: Addressee, command: AcceptOffer | DeclineOffer
) -> Receipt:
    """The turn of an answer: of its first time, as long as what that said still stands.

    One answer has one key, so tapping twice is one answer. Whoever was refused comes back later,
    or has said something else since, is asked of the rules again, under the next key.
    """
    key = addressee.key(_said(command))
    for _ in range(ASKED_ANEW_MAX):
        receipt = await submitted(context, _envelope(context, row, command, key))
        if not receipt.repeated or _stands(context, receipt):
            break
        key = sha256(f"{key}{receipt.turn.sequence}".encode()).hexdigest()[:32]
    return receipt


def _said(command: AcceptOffer | DeclineOffer) -> str:
    """What was answered to which offer, as a text."""
    if isinstance(command, AcceptOffer):
        return f"{command.offer} yes {command.quantity} {command.minutes} {command.revision}"
    return f"{command.offer} no {command.reason} {command.free_from}"


def _envelope(
    context: Context, row: OfferRow, command: AcceptOffer | DeclineOffer, key: str
) -> Envelope:
    area = context.settings.area
    return Envelope(
        area=area,
        operation=row.operation,
        mode=row.mode,
        actor=DELIVERY,
        command_id=command_id(area, row.operation, DELIVERY, key),
        command=command,
        at=None if context.conductor is None else context.conductor.now(),
    )


_STATES = {OfferAccepted: "accepted", StandbyOffered: "standby", OfferDeclined: "declined"}


def _stands(context: Context, receipt: Receipt) -> bool:
    """Whether what an earlier answer led to is still so."""
    turn = receipt.turn
    if turn.refusal is not None:
        return context.rule_time() < turn.at + SAME_TAP_MS
    if was_outdated(turn):
        return True  # said again with the new words, it is another answer
    for fact in turn.facts:
        if isinstance(fact, OfferAccepted | StandbyOffered | OfferDeclined):
            row = _offer_row(context, fact.offer)
            return row is not None and row.state == _STATES[type(fact)]
    return False


def _told(page: Page, row: OfferRow, turn: Turn) -> Told:
    """What came of an answer, in words."""
    if turn.refusal is not None:
        return _refused(page, turn.refusal)
    for fact in turn.facts:
        match fact:
            case OfferAccepted():
                key = "done.late" if fact.late else "done.accepted"
                units = page.units(row, fact.quantity)
                return page.paragraph(key, units=units), page.paragraph("done.next")
            case StandbyOffered() if fact.until is not None:  # a yes of its own
                units, time = page.units(row, fact.quantity), page.time(fact.until)
                return (page.paragraph("done.standby", units=units, time=time),)
            case OfferDeclined():
                return _declined(page, fact.reason, fact.free_from)
            case YesOutdated():
                return (page.paragraph("done.outdated"),)
    return ()


_THANKED = (Refusal.NO_LONGER_NEEDED, Refusal.OFFER_STOOD_DOWN)


def _refused(page: Page, refusal: Refusal) -> Told:
    message = REFUSALS[refusal]
    first = "done.thanks" if refusal in _THANKED else "done.refused"
    return page.paragraph(first), page.reason(Words(message.zh, message.en))


def _declined(page: Page, reason: DeclineReason, free_from: Instant | None) -> Told:
    words = REASONS[reason]
    said = words.zh if page.language == "zh" else words.en
    told = page.paragraph("done.declined", reason=said)
    if free_from is None:
        return (told,)
    return told, page.paragraph("done.free_from", time=page.time(free_from))
