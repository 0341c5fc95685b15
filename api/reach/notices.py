"""`notices.db`: what was sent to whom, and what came of it; between the messenger and the server.

The messenger, a process of its own, writes notices; the server reads them for its pages, writes
what pages have shown, and takes reports out, which it makes commands of. Texts, addresses and
providers' words stay here, never in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from api.people import wall_ms
from api.reach.channels import About, Rung
from api.reach.notice_tables import SCHEMA
from api.reach.states import State
from api.safe import Vault, open_store, writing
from api.settings import Settings
from schemas.values import Instant, OfferId, OrganizationId

NOTICES: Final = "notices.db"  # in the data folder
BORN: Final = "born"  # the mark of when the file was made
PUSHED: Final = "pushed"  # what pushed bodies are sealed as
LOST_MS: Final = 2 * 3_600_000  # for which whoever could not be reached is remembered
ALIVE: Final = "alive"  # the mark of when the messenger has last done a whole round
UNREAD_MOST: Final = 1_000  # replies in one look


class Notice(msgspec.Struct, frozen=True):
    """One message to one address about one offer. `until`: not sent after that."""

    id: str
    offer: OfferId
    organization: OrganizationId
    person: str | None
    address: str
    rung: Rung
    about: About
    priority: int
    due: Instant
    until: Instant
    made_at: Instant
    channel: str = ""
    state: State = State.QUEUED
    tries: int = 0
    why: str = ""
    reference: str = ""
    sent_at: Instant | None = None
    handed_at: Instant | None = None
    delivered_at: Instant | None = None
    read_at: Instant | None = None
    ended_at: Instant | None = None
    revision: int | None = None  # of the demand's words when it was made
    item: str = ""  # which of several that the offer's crew is told about


class Heard(msgspec.Struct, frozen=True):
    """A reply. `offer` and `organization` are "" where it is not certain which; `text`, sealed, is
    empty where there is nothing for a person to read."""

    id: str
    at: Instant
    offer: str
    organization: str
    person: str | None
    text: bytes
    understood: bool


class Pushed(NamedTuple):
    """A body that a provider has pushed, sealed, and when it came."""

    number: int
    at: Instant
    body: bytes


class Seen(NamedTuple):
    """A page has shown an offer's request ("" in `what`), or a word that is owed to its crew."""

    number: int
    offer: OfferId
    at: Instant
    what: str


class Rang(NamedTuple):
    """A call that a desk made about an offer and nobody picked up. `person`: None for a number that
    is not registered; `by`: the desk's account."""

    id: str
    offer: str
    person: str | None
    at: Instant
    by: str


class Plan(NamedTuple):
    """What comes of looking at an offer: notices as they are to be kept, and reports."""

    notices: list[Notice]
    reports: list[Report]


class Report(msgspec.Struct, frozen=True):
    """Something that the server is to make a command of, once."""

    number: int
    kind: str  # reached, unreachable, restored, accepted, declined
    about: str  # an offer's id, or an organization's
    content: dict[str, Any]
    made_at: Instant


# An index of some rows is used where its condition is asked for word by word.
_WAITING: Final = "state IN ('queued', 'sending', 'unknown')"
_COLUMNS: Final = Notice.__struct_fields__
_NAMES: Final = ", ".join(_COLUMNS)
_PUT: Final = (
    f"INSERT INTO notices ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id")
)


class Notices:
    """One process's hold on the file. What it writes is durable on return; a commit a call."""

    def __init__(self, path: Path) -> None:
        self._store = open_store(path, SCHEMA)
        with writing(self._store):  # whoever comes first: of what was asked before nothing is known
            self._store.execute("INSERT OR IGNORE INTO marks VALUES (?, ?)", (BORN, wall_ms()))

    def close(self) -> None:
        self._store.close()

    # Notices

    def put(self, notices: Iterable[Notice], reports: Sequence[Report] = ()) -> None:
        """Notices as they are now, and what the server is to be told of them: all or nothing."""
        with writing(self._store):
            self._store.executemany(_PUT, (msgspec.structs.astuple(one) for one in notices))
            self._report(reports)

    def _report(self, reports: Sequence[Report]) -> None:
        self._store.executemany(
            "INSERT INTO reports (kind, about, content, made_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (
                (one.kind, one.about, msgspec.json.encode(one.content).decode(), one.made_at)
                for one in reports
            ),
        )

    def of_offer(self, offer: str) -> list[Notice]:
        """What was sent, or waits to be, for an offer; the first made first."""
        return list(self._read("WHERE offer = ? ORDER BY made_at, id", offer))

    def waiting(self) -> list[Notice]:
        """What is not at its end: queued, on its way, or of unknown fate; due first first."""
        return list(self._read(f"WHERE {_WAITING} ORDER BY due, priority, id"))

    def called(self, reference: str) -> list[Notice]:
        """Those that a provider calls so; a digest is several."""
        return list(self._read("WHERE reference = ? AND reference <> ''", reference))

    def with_id(self, id: str) -> Notice | None:
        return next(self._read("WHERE id = ?", id), None)

    def due(self, now: Instant, most: int = 500) -> list[Notice]:
        """What is to go out by now, the most urgent first, then what has waited longest."""
        rest = f"WHERE {_WAITING} AND state = 'queued' AND due <= ?"
        return list(self._read(f"{rest} ORDER BY priority, due, id LIMIT ?", now, most))

    def sent_to(self, address: str, since: Instant) -> list[Notice]:
        """Those that have gone out to an address since then, the first first."""
        return list(
            self._read("WHERE address = ? AND sent_at >= ? ORDER BY sent_at", address, since)
        )

    def queued_with(self, notice: Notice) -> list[Notice]:
        """What waits for the same address with the same to say, be it put off; the first first."""
        asked = f"WHERE {_WAITING} AND state = 'queued' AND address = ? AND about = ? AND item = ?"
        order = "ORDER BY priority, made_at, id"
        told = (notice.address, notice.about.value, notice.item)
        return list(self._read(f"{asked} {order}", *told))

    def texts_to(self, organization: str, person: str | None, since: Instant) -> list[Notice]:
        """The text messages that somebody has got since then, the first first."""
        asked = "WHERE organization = ? AND person IS ? AND rung = 'sms' AND sent_at >= ?"
        return list(self._read(f"{asked} ORDER BY sent_at", organization, person, since))

    def _read(self, rest: str, *values: Any) -> Iterator[Notice]:
        rows = self._store.execute(f"SELECT {_NAMES} FROM notices {rest}", values)
        for row in rows:
            told = dict(zip(_COLUMNS, row, strict=True))
            yield msgspec.convert(told, Notice)

    # Reports to the server

    def reports(self, most: int) -> list[Report]:
        """Those that are not made commands of yet, the first first."""
        rows = self._store.execute(
            "SELECT number, kind, about, content, made_at FROM reports WHERE NOT done"
            " ORDER BY number LIMIT ?",
            (most,),
        )
        return [
            Report(number, kind, about, msgspec.json.decode(content), made_at)
            for number, kind, about, content, made_at in rows
        ]

    def done(self, numbers: Iterable[int]) -> None:
        """The log has them, or has refused them. What is lost of it is sent again, as a repeat."""
        with writing(self._store):
            self._store.executemany(
                "UPDATE reports SET done = 1 WHERE number = ?", ((number,) for number in numbers)
            )

    def reported(self, kind: str, about: str) -> bool:
        """Whether the server was told this already."""
        asked = "SELECT 1 FROM reports WHERE kind = ? AND about = ?"
        return self._store.execute(asked, (kind, about)).fetchone() is not None

    # Whom no channel could reach

    def lost_since(self, since: Instant) -> list[OrganizationId]:
        """Organizations that could not be reached, and of whom nothing else was told later."""
        rows = self._store.execute(
            "SELECT DISTINCT organization FROM notices WHERE offer IN"
            " (SELECT about FROM reports WHERE kind = 'unreachable' AND made_at >= ?)",
            (since,),
        )
        lost = [OrganizationId(row[0]) for row in rows]
        return [one for one in lost if not self._told_again(one, since)]

    def _told_again(self, organization: str, since: Instant) -> bool:
        asked = "SELECT 1 FROM reports WHERE kind = 'restored' AND about LIKE ? AND made_at >= ?"
        return self._store.execute(asked, (f"{organization}@%", since)).fetchone() is not None

    def found_again(self, organization: str, at: Instant) -> None:
        """Whoever was lost can be reached: told once each time."""
        if organization in self.lost_since(at - LOST_MS):
            report = Report(0, "restored", f"{organization}@{at}", {"id": organization}, at)
            self.put((), [report])

    # What pages have shown

    def see(self, shown: Iterable[tuple[str, str]], at: Instant, *, by: str | None = None) -> None:
        """Offers, each with what was shown of it; `by`: the desk's account that has told it."""
        with writing(self._store):
            self._store.executemany(
                "INSERT INTO seen (offer, at, what, by) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                ((offer, at, what, by) for offer, what in shown),
            )

    def seen(self, offer: str) -> Instant | None:
        """When its request was shown."""
        asked = "SELECT at FROM seen WHERE offer = ? AND what = ''"
        row = self._store.execute(asked, (offer,)).fetchone()
        return None if row is None else row[0]

    def shown(self, offer: str) -> frozenset[str]:
        """All that was shown of an offer."""
        rows = self._store.execute("SELECT what FROM seen WHERE offer = ?", (offer,))
        return frozenset(str(what) for (what,) in rows)

    def seen_since(self, number: int) -> list[Seen]:
        """What was seen behind a number, in its order; whatever clocks do."""
        asked = "SELECT number, offer, at, what FROM seen WHERE number > ? ORDER BY number"
        rows = self._store.execute(asked, (number,))
        return [msgspec.convert(row, Seen, strict=False) for row in rows]

    # Calls by hand

    def ring(self, rang: Rang) -> None:
        """Keep a call that nobody picked up, once."""
        with writing(self._store):
            self._store.execute(
                "INSERT INTO calls VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rang
            )

    def rang(self, offer: str) -> list[Rang]:
        """The calls about an offer that nobody picked up, the first first."""
        rows = self._store.execute("SELECT * FROM calls WHERE offer = ? ORDER BY at, id", (offer,))
        return [Rang(*row) for row in rows]

    # Replies

    def heard(self, reply: Heard, reports: Sequence[Report]) -> bool:
        """Keep what somebody has answered, with what it means, once; whether it is new."""
        with writing(self._store):
            self._store.execute(
                "INSERT INTO replies (id, at, offer, organization, person, text, understood)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                msgspec.structs.astuple(reply),
            )
            new = self._store.changes() == 1
            self._report(reports if new else ())
        return new

    # What providers push

    def push(self, body: bytes, at: Instant, most: int) -> bool:
        """Keep what a provider has told by itself; whether there was room."""
        with writing(self._store):
            self._store.execute(
                "INSERT INTO pushed (at, body) SELECT ?, ? WHERE (SELECT count(*) FROM pushed) < ?",
                (at, body, most),
            )
        return self._store.changes() == 1

    def pushed(self, most: int = 200) -> list[Pushed]:
        """What was pushed and not looked at, the first first."""
        asked = "SELECT number, at, body FROM pushed ORDER BY number LIMIT ?"
        return [Pushed(*row) for row in self._store.execute(asked, (most,))]

    def taken_in(self, numbers: Iterable[int]) -> None:
        with writing(self._store):
            self._store.executemany(
                "DELETE FROM pushed WHERE number = ?", ((number,) for number in numbers)
            )

    def unread(self) -> list[Heard]:
        """Replies that a person has to read and nobody has, the last first; not without end."""
        rest = "read_by IS NULL AND length(text) > 0 ORDER BY at DESC LIMIT ?"
        return list(self._heard(rest, UNREAD_MOST))

    def reply(self, id: str) -> Heard | None:
        return next(self._heard("id = ?", id), None)

    def refused(self, id: str, text: bytes) -> None:
        """The rules did not take an answer: a person has to read it after all."""
        with writing(self._store):
            self._store.execute(
                "UPDATE replies SET text = ?, understood = 0, read_by = NULL WHERE id = ?",
                (text, id),
            )

    def mark_read(self, id: str, by: str) -> None:
        """Who has read a reply; the first one stays."""
        with writing(self._store):
            self._store.execute(
                "UPDATE replies SET read_by = coalesce(read_by, ?) WHERE id = ?", (by, id)
            )

    def _heard(self, rest: str, *values: str | int) -> Iterator[Heard]:
        names = Heard.__struct_fields__
        rows = self._store.execute(f"SELECT {', '.join(names)} FROM replies WHERE {rest}", values)
        for row in rows:
            told = dict(zip(names, row, strict=True))
            yield msgspec.convert(told, Heard, strict=False)

    # Marks

    def mark(self, name: str) -> int | None:
        row = self._store.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def set_mark(self, name: str, value: int) -> None:
        with writing(self._store):
            self._store.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))


def push_secret(vault: Vault) -> str:
    """The end of the address at which providers may push; the folder's own, and kept nowhere."""
    return vault.folder_digest("push", "")


def open_notices(settings: Settings) -> Notices:
    """A hold on the folder's notices."""
    return Notices(settings.data / NOTICES)
