"""The pages for answers from outside: small, without scripts, readable by an old phone.

They show what is asked, and never a contact, an address, a risk, a rally point or a map's point;
to whoever has said yes, the number of the desk, which knows all of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api.doors.outside_words import in_language, say
from api.doors.plain import Html, element, moment, text
from geo.divisions import DivisionTree, Level
from schemas.codes import PUBLIC_WORDS, SKILLS, Words, counted
from schemas.values import DeclineReason, Instant, Mode
from schemas.views import OfferRow
from streams.review_codes import REASONS

MINUTES: Final = (10, 20, 30, 45, 60, 90, 120, 180, 240)
HOURS: Final = (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 46)
LISTED_MAX: Final = 12  # units; more are typed
HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page on its way: its language and mode, and the code that was typed, if any."""

    language: str
    mode: Mode
    now: Instant
    divisions: DivisionTree
    code: str = ""

    # Frame

    def document(self, *inside: Html) -> str:
        """The whole page. Its title names nothing, for previews and histories show it."""
        name = self._words("name")
        head = (
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="robots", content="noindex, nofollow"),
            # Under no-referrer a form's origin would be null, which the guard refuses.
            element("meta", name="referrer", content="same-origin"),
            element("meta", property="og:title", content=say("name", self.language)),
            element("title", name),
            element("link", rel="icon", href="/static/icon.svg", type="image/svg+xml"),
            element("link", rel="stylesheet", href="/static/outside.css"),
        )
        mode = element("p", self._words(f"mode.{self.mode.value}"), class_=f"mode {self.mode}")
        body = element("body", mode, element("main", *inside, self._switch()))
        lang = "zh-CN" if self.language == "zh" else "en"
        return f"<!doctype html>\n{element('html', element('head', *head), body, lang=lang)}\n"

    def _switch(self) -> Html:
        """To the other language; what was typed goes along in a form, never in an address."""
        other = "en" if self.language == "zh" else "zh"
        lang = "en" if other == "en" else "zh-CN"
        if not self.code:
            link = element("a", self._words("other"), href=f"?lang={other}", lang=lang)
            return element("p", link, class_="other")
        button = element("button", self._words("other"), class_="plain", lang=lang)
        return element("form", self._hidden(), button, method="post", action=f"?lang={other}")

    def _words(self, key: str, **parts: object) -> Html:
        return text(say(key, self.language, **parts))

    def _said(self, words: Words) -> str:
        return in_language(words, self.language)

    def _hidden(self, **fields: str | int) -> Html:
        if self.code:
            fields["code"] = self.code
        inputs = [element("input", type="hidden", name=n, value=v) for n, v in fields.items()]
        return Html("".join(inputs))

    # Links and codes

    def unknown_link(self) -> str:
        told = element("p", self._words("link.hint"))
        heading = element("h1", self._words("link.unknown"))
        return self.document(heading, told, self._code_form(action="/answer"))

    def code_entry(self, key: str = "", **parts: object) -> str:
        """Where a code is typed, with what was wrong with the last one."""
        wrong = element("p", self._words(key, **parts), class_="problem") if key else Html("")
        heading = element("h1", self._words("code.heading"))
        return self.document(heading, wrong, self._code_form())

    def _code_form(self, action: str | None = None) -> Html:
        field = element(
            "input",
            name="code",
            required="",
            maxlength=20,
            autocomplete="off",
            autocapitalize="characters",
            spellcheck="false",
            class_="code",
        )
        label = element("label", self._words("code.label"), field)
        button = element("button", self._words("code.button"), class_="yes")
        return element("form", label, button, method="post", action=action)

    def problem(self, words: Words) -> str:
        """Why a form was not taken."""
        heading = element("h1", self._words("problem.heading"))
        return self.document(heading, element("p", text(self._said(words)), class_="problem"))

    # An offer

    def offer(self, row: OfferRow, *told: Html) -> str:
        """What is asked and how it stands; or, where there is one, what came of an answer."""
        heading = element("h1", self._words("heading"))
        state = element("div", *(told or self.state(row)), class_="state", role="status")
        forms = self._forms(row)
        return self.document(heading, self._facts(row), *self._changed(row), state, *forms)

    def barred(self, row: OfferRow, why: str, telephones: Sequence[str], *told: Html) -> str:
        """What was asked, of somebody who can answer nothing any more: `why`, and whom to call."""
        heading = element("h1", self._words("heading"))
        said = element("p", self._words(f"barred.{why}"), class_="problem")
        call = self.desk(telephones) or (self.paragraph("desk.none"),)
        state = element("div", *told, said, *call, class_="state", role="status")
        return self.document(heading, self._facts(row), state)

    def over(self) -> str:
        """An offer of which nothing is known any more."""
        return self.document(element("h1", self._words("state.over")))

    def paragraph(self, key: str, **parts: object) -> Html:
        return element("p", self._words(key, **parts))

    def reason(self, words: Words) -> Html:
        return element("p", text(self._said(words)))

    def desk(self, telephones: Sequence[str]) -> tuple[Html, ...]:
        """Whom to call, for somebody who has said yes; nothing where no desk has a number."""
        if not telephones:
            return ()
        links = [
            element("a", text(number), href=f"tel:{_dialed(number)}", class_="call")
            for number in telephones
        ]
        return (element("p", self._words("desk"), text(" "), *links),)

    def units(self, row: OfferRow, number: int) -> str:
        return self._said(counted(row.skill, number))

    def time(self, at: Instant) -> str:
        return moment(at, self.now, self.language)

    def _facts(self, row: OfferRow) -> Html:
        rows = [
            ("for", self._asked_for(row)),
            ("where", self._township(row)),
            ("far", self._distance(row)),
            ("answer_by", say("before", self.language, time=self.time(row.answer_by))),
            ("number", str(row.demand_number)),
        ]
        if row.needed_by is not None:
            rows.insert(4, ("needed_by", self.time(row.needed_by)))
        pairs = (
            element("dt", self._words(key)) + element("dd", text(value)) for key, value in rows
        )
        return element("dl", *map(Html, pairs))

    def _changed(self, row: OfferRow) -> Iterator[Html]:
        """What has changed since the message, by name: these pages show no risk and no place."""
        words = [self._said(PUBLIC_WORDS[one]) for one in row.changed]
        if words and row.answerable:
            between = say("between", self.language)
            said = say("changed", self.language, words=between.join(words))
            yield element("p", text(said), class_="problem")

    def _asked_for(self, row: OfferRow) -> str:
        skill = SKILLS.get(row.skill)
        name = row.skill if skill is None else self._said(Words(skill.zh, skill.en))
        more = [f"{name} {self.units(row, row.quantity)}"]
        if row.grade is not None:
            more.append(say("grade", self.language, grade=row.grade))
        if row.hazardous:
            more.append(say("hazardous", self.language))
        if row.whole:
            more.append(say("whole", self.language))
        if row.relieves is not None:
            more.append(say("relieves", self.language))
        return " · ".join(more)

    def _township(self, row: OfferRow) -> str:
        """Of a village its township: the pages name no smaller place."""
        node = self.divisions.get(row.division)
        while node is not None and node.level is Level.VILLAGE and node.parent:
            node = self.divisions.get(node.parent)
        if node is None:
            return row.division
        above = self.divisions.get(node.parent or "")
        if above is None:
            return self._said(Words(node.name, node.english))
        return self._said(Words(above.name + node.name, f"{node.english}, {above.english}"))

    def _distance(self, row: OfferRow) -> str:
        if row.meters < 1_000:
            words = say("meters", self.language, count=max(10, round(row.meters / 10) * 10))
        else:
            words = say("kilometers", self.language, count=f"{row.meters / 1_000:.1f}")
        return words + (say("center", self.language) if row.approximate else "")

    def state(self, row: OfferRow) -> tuple[Html, ...]:
        """How it stands."""
        match row.state:
            case "accepted":
                units = self.units(row, row.answered or row.quantity)
                return (self.paragraph("state.accepted", units=units),)
            case "standby" if row.standby_until is not None:
                units, until = self.units(row, row.answered or 1), self.time(row.standby_until)
                return (self.paragraph("state.standby", units=units, time=until),)
            case "standby":
                units = self.units(row, row.answered or 1)
                return (self.paragraph("state.waiting", units=units),)
        if not row.answerable:
            return (self.paragraph("state.over"),)
        if row.state == "sent" and self.now <= row.answer_by:
            return (self.paragraph("state.sent"),)
        first = "state.declined" if row.state == "declined" else "state.late"
        if row.state == "sent":
            return (self.paragraph(first),)
        return self.paragraph(first), self.paragraph("wanted" if row.wanted else "covered")

    # The answers

    def _forms(self, row: OfferRow) -> Iterator[Html]:
        if row.answerable:
            yield self._yes(row)
        if row.state == "standby" or (row.answerable and row.state != "declined"):
            yield self._no(row)

    def _yes(self, row: OfferRow) -> Html:
        times = [(str(each), self._span(each)) for each in MINUTES]
        late = row.state != "sent"
        return element(
            "form",
            self._hidden(answer="yes", revision=row.words_in),
            self._quantity(row),
            self._choice("minutes", times),
            element("button", self._words("accept_late" if late else "accept"), class_="yes"),
            method="post",
        )

    def _span(self, minutes: int) -> str:
        if minutes > 90:
            return say("in_hours", self.language, count=minutes // 60)
        return say("in_minutes", self.language, count=minutes)

    def _quantity(self, row: OfferRow) -> Html:
        most = row.quantity
        if most == 1 or row.whole:
            return element("input", type="hidden", name="quantity", value=most)
        label = self._words("quantity", units=self.units(row, most))
        if most > LISTED_MAX:
            field = element(
                "input", name="quantity", type="number", min=1, max=most, value=most, required=""
            )
            return element("label", label, field)
        each = (element("option", text(self.units(row, n)), value=n) for n in range(most, 0, -1))
        return element("label", label, element("select", *each, name="quantity"))

    def _choice(self, name: str, values: list[tuple[str, str]]) -> Html:
        """A list with an empty first entry: it need not be said."""
        listed = [("", say("open", self.language)), *values]
        options = (element("option", text(words), value=value) for value, words in listed)
        return element("label", self._words(name), element("select", *options, name=name))

    def _no(self, row: OfferRow) -> Html:
        start = (self.now // HOUR + 1) * HOUR
        times = [start + (hours - 1) * HOUR for hours in HOURS]
        reasons = (
            element("button", text(self._said(REASONS[each])), name="reason", value=each.value)
            for each in DeclineReason
        )
        form = element(
            "form",
            self._hidden(answer="no"),
            self._choice("free_from", [(str(at), self.time(at)) for at in times]),
            element("p", self._words("decline_free")),
            element("div", *reasons, class_="reasons"),
            method="post",
        )
        key = "leave" if row.state == "standby" else "decline"
        return element("details", element("summary", self._words(key)), form)


def _dialed(number: str) -> str:
    """What a telephone is given to dial."""
    return "".join(each for each in number if each == "+" or each.isdigit())
