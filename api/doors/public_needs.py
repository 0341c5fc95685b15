"""Public needs: what everybody may read without signing in, as a page and as data (Article 7).

Only what a desk has made public, and only while units are missing: what kind of help, of which
skill how much, in which township, how urgent, since when, whom to call. No place finer than a
township, nobody's name, no text but the one that the desk has written for this. It is made when
something public has changed, and then a few times a minute, however many ask for it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from hashlib import sha256
from time import monotonic
from typing import Final

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.desk_numbers import desk_of
from api.doors.outside import language_of
from api.doors.outside_words import in_language
from api.doors.plain import Html, element, text
from api.doors.public_words import say, time_words
from api.doors.reference import PRIORITIES
from api.live import KeptPage, lacking
from geo.divisions import DivisionTree, Level
from schemas.codes import KINDS, SKILLS, Words, counted
from schemas.line_views import LineView
from schemas.values import DivisionCode, Instant, Mode, Purpose
from schemas.views import DemandRow

router = APIRouter(include_in_schema=False)

LISTED: Final = 100
SOONEST_S: Final = 0.25  # a page is not made more often, whatever changes
LATEST_S: Final = 15.0  # nor does its time stand still for longer
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Vary": "Accept-Encoding, Accept-Language",
    "X-Robots-Tag": "noindex, nofollow",
}


class PublicLine(msgspec.Struct):
    """So much of a skill is missing. `qualified`: who comes needs a certificate for it."""

    skill: str
    zh: str
    en: str
    missing: int
    qualified: bool
    hazardous: bool


class PublicNeed(msgspec.Struct):
    """One demand as strangers read it. `telephone`: its township's public one, if it has set one.

    `zh`, `en`: the sentences of the page.
    """

    kind: str
    priority: int
    division: DivisionCode
    since: Instant
    text: str | None
    telephone: str | None
    lines: tuple[PublicLine, ...]
    zh: tuple[str, ...]
    en: tuple[str, ...]


class PublicNeeds(msgspec.Struct):
    """All of them, the most urgent first; `more`: how many are not listed.

    `mode`: nothing but actual work is ever listed.
    """

    mode: Mode
    at: Instant
    needs: tuple[PublicNeed, ...]
    more: int


# What is public


def public_needs(context: Context) -> PublicNeeds:
    """What everybody may read just now."""
    known = context.feed.known.appeals
    rows = known.worst(LISTED) if is_public(context) else []
    needs = tuple(public_need(context, row, _words(row)) for row in rows)
    more = max(0, len(known) - LISTED) if is_public(context) else 0
    return PublicNeeds(context.settings.mode, context.now(), needs, more)


def is_public(context: Context) -> bool:
    """Whether this server ever asks anything of the public: not of an exercise, nor of a past."""
    settings = context.settings
    actual = settings.mode is Mode.ACTUAL and settings.purpose is Purpose.OPERATIONS
    return actual and context.conductor is None


def public_need(context: Context, row: DemandRow, words: str | None) -> PublicNeed:
    """A demand as strangers read it, with these words of its desk."""
    need = PublicNeed(
        kind=row.kind,
        priority=row.priority,
        division=township(context.divisions, row.division),
        since=row.published_at,
        text=words,
        telephone=public_telephone(context, row),
        lines=tuple(_lines(row)),
        zh=(),
        en=(),
    )
    need.zh = tuple(sentences(context, need, "zh"))
    need.en = tuple(sentences(context, need, "en"))
    return need


def public_telephone(context: Context, row: DemandRow) -> str | None:
    """Of the desk that answers for it, else of the place itself, else the nearest one above."""
    tree = context.divisions
    upward = (desk_of(row), *tree.ancestors(row.division))
    found = (context.persons.public_number(DivisionCode(code)) for code in upward)
    return next((number for number in found if number is not None), None)


def township(tree: DivisionTree, code: str) -> DivisionCode:
    """Of a village its township: strangers read of no smaller place."""
    node = tree.get(code)
    while node is not None and node.level is Level.VILLAGE and node.parent:
        node = tree.get(node.parent)
    return DivisionCode(code if node is None else node.code)


def _words(row: DemandRow) -> str | None:
    return None if row.appeal is None else row.appeal.text


def _lines(row: DemandRow) -> Iterator[PublicLine]:
    for line in row.lines:
        if (missing := lacking(line)) > 0:
            yield _line(line, missing)


def _line(line: LineView, missing: int) -> PublicLine:
    skill = SKILLS.get(line.skill)
    names = Words(line.skill, line.skill) if skill is None else Words(skill.zh, skill.en)
    return PublicLine(
        skill=line.skill,
        zh=names.zh,
        en=names.en,
        missing=missing,
        qualified=skill is not None and skill.graded,
        hazardous=line.hazardous,
    )


# In words


def sentences(context: Context, need: PublicNeed, language: str) -> Iterator[str]:
    """All that is said of a need: a heading, then a sentence each."""
    kind = KINDS.get(need.kind)
    name = need.kind if kind is None else in_language(Words(kind.zh, kind.en), language)
    priority = in_language(PRIORITIES[str(need.priority)], language)
    yield say("need", language, priority=priority, kind=name)
    yield say("where", language, township=_place(context.divisions, need.division, language))
    for line in need.lines:
        yield _line_words(line, language)
    if need.text is not None:
        yield say("text", language, text=need.text)
    yield say("since", language, time=time_words(need.since, language))
    if need.telephone is None:
        yield say("no_number", language)
    else:
        yield say("call", language, telephone=need.telephone)


def _line_words(line: PublicLine, language: str) -> str:
    said = [say(key, language) for key in ("qualified", "hazardous") if getattr(line, key)]
    terms = say("terms", language, terms=say("between", language).join(said)) if said else ""
    units = in_language(counted(line.skill, line.missing), language)
    skill = in_language(Words(line.zh, line.en), language)
    return say("line", language, skill=skill, units=units, terms=terms)


def _place(tree: DivisionTree, code: str, language: str) -> str:
    node = tree.get(code)
    if node is None:
        return code
    above = tree.get(node.parent or "")
    if above is None:
        return in_language(Words(node.name, node.english), language)
    whole = Words(above.name + node.name, f"{node.english}, {above.english}")
    return in_language(whole, language)


# The page


def page(context: Context, language: str) -> str:
    """The whole page: plain, without a script, for any telephone."""
    known = public_needs(context)
    told = "told" if is_public(context) else "not_actual"
    items = [_article(need, language) for need in known.needs]
    none = [_paragraph("none", language)] if is_public(context) and not items else []
    more = [_paragraph("more", language, count=known.more)] if known.more else []
    updated = say("updated", language, time=time_words(known.at, language))
    other = "en" if language == "zh" else "zh"
    lang = {"zh": "zh-CN", "en": "en"}
    link = element("a", text(say("other", language)), href=f"?lang={other}", lang=lang[other])
    main = element(
        "main",
        element("h1", text(say("heading", language))),
        _paragraph(told, language),
        *items,
        *none,
        *more,
        element("p", text(updated), class_="quiet"),
        _paragraph("emergency", language),
        element("p", link, class_="other"),
    )
    document = element("html", _head(language), element("body", main), lang=lang[language])
    return f"<!doctype html>\n{document}\n"


def _head(language: str) -> Html:
    title = f"{say('title', language)} · {say('name', language)}"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex, nofollow"),
        element("title", text(title)),
        element("link", rel="icon", href="/static/icon.svg", type="image/svg+xml"),
        element("link", rel="stylesheet", href="/static/outside.css"),
    )


def _article(need: PublicNeed, language: str) -> Html:
    heading, *others = need.zh if language == "zh" else need.en
    parts = [element("p", text(words)) for words in others]
    if need.telephone is not None:  # a thumb on it calls
        dialed = "".join(each for each in need.telephone if each == "+" or each.isdigit())
        parts[-1] = element("p", element("a", text(others[-1]), href=f"tel:{dialed}"))
    return element("article", element("h2", text(heading)), *parts, class_=f"p{need.priority}")


def _paragraph(key: str, language: str, **parts: object) -> Html:
    return element("p", text(say(key, language, **parts)))


# The doors


@router.api_route("/needs", methods=["GET", "HEAD"])
async def needs_page(request: Request) -> Response:
    """What is public, to read."""
    context, language = context_of(request), language_of(request)
    return _kept(request, language, "text/html; charset=utf-8", lambda: page(context, language))


@router.api_route("/needs.json", methods=["GET", "HEAD"])
async def needs_data(request: Request) -> Response:
    """What is public, as data; no page of another site may read it."""
    context = context_of(request)

    def made() -> str:
        return msgspec.json.encode(public_needs(context)).decode()

    return _kept(request, "json", "application/json", made)


def _kept(request: Request, form: str, media_type: str, made: Callable[[], str]) -> Response:
    """One form of it, made anew only where that is due; a copy that is still good is not sent."""
    kept = _current(context_of(request), form, made)
    headers = {**HEADERS, "ETag": kept.etag}
    if request.headers.get("if-none-match") == kept.etag:
        return Response(status_code=304, headers=headers)
    content = kept.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = kept.packed, "gzip"
    return Response(content, headers=headers, media_type=media_type)


def _current(context: Context, form: str, made: Callable[[], str]) -> KeptPage:
    kept, version, now = context.public.get(form), context.feed.known.appeals.version, monotonic()
    if kept is not None:
        age = now - kept.made_at
        if age < (LATEST_S if kept.version == version else SOONEST_S):
            return kept
    content = made().encode()
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    kept = KeptPage(version, now, content, gzip.compress(content, mtime=0), etag)
    context.public[form] = kept
    return kept
