"""What every door stands on: the log, the board, people, keys, settings, divisions and time."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import time_ns

from starlette.requests import HTTPConnection

from api.conductor import Conductor
from api.history import History
from api.listening import CONNECTIONS_MAX
from api.live import Feed, KeptPage, Pulse
from api.people import Addresses, Caller, Callers, Failures, Passwords, People, Persons
from api.reach import Answers, Notices, Setups, Telling
from api.review import Reviews
from api.safe import (
    Ciphertexts,
    Hashing,
    Patience,
    Quotas,
    SecurityRecord,
    Tries,
    Vault,
    Work,
    streams_most,
)
from api.settings import Settings
from geo.divisions import DivisionTree
from geo.regions import Regions
from schemas.values import CommandId, DemandId, Instant
from streams.engines import Engine

CARRIED_MAX = 20_000


@dataclass(slots=True)
class Context:
    """Everything a request may need; made once by the command line, kept in `app.state`."""

    engine: Engine
    feed: Feed
    people: People
    persons: Persons
    addresses: Addresses
    passwords: Passwords
    vault: Vault
    answers: Answers
    notices: Notices
    setups: Setups
    record: SecurityRecord
    history: History
    settings: Settings
    divisions: DivisionTree
    conductor: Conductor | None = None  # of a log on given time
    regions: Regions | None = None  # township polygons, where there are any
    outlined: bytes | None = None  # what maps draw of these, once somebody has asked for it
    beside: dict[str, tuple[str, ...]] | None = None  # neighbors, once a review has asked for them
    patience: Patience = field(default_factory=Patience)
    failures: Failures = field(default_factory=Failures)
    tries: Tries = field(default_factory=Tries)  # at codes that are typed
    wrong: Tries = field(default_factory=Tries)  # passwords, by sign-in name or familiar device
    hashing: Hashing = field(default_factory=Hashing)
    begun_at: Instant = field(default_factory=lambda: time_ns() // 1_000_000)  # by the wall
    quotas: Quotas = field(default_factory=Quotas)
    streams_most: int = field(default_factory=lambda: streams_most(CONNECTIONS_MAX))
    trouble_at: int | None = None  # where the board was when a command could not be taken
    reviews: Reviews = field(default_factory=Reviews)
    callers: Callers = field(init=False)
    pulse: Pulse = field(init=False)
    telling: Telling = field(init=False)
    carried: dict[CommandId, None] = field(default_factory=dict)  # out, by this process, of late
    public: dict[str, KeptPage] = field(default_factory=dict)  # what strangers read, by its form
    # A cache, by the turn that has said them.
    ciphertexts: dict[tuple[DemandId, int], Ciphertexts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        https = self.settings.secure
        self.callers = Callers(self.people, self.feed, self.now, https=https)
        self.pulse = Pulse(self.feed, self.now)
        self.telling = Telling(self.engine, self.feed, self.settings, self.vault, self.now)

    def count(self, caller: Caller, work: Work) -> None:
        """One more of what an account does. Raises Problem where it has had its measure.

        An exercise's players are no people and stand for hundreds, so nobody is counted there.
        """
        if self.settings.quotas and self.conductor is None:
            self.quotas.take(caller.account, work)

    def note_carried(self, command: CommandId) -> None:
        """A command has its turn: sent again, it is a repeat."""
        if len(self.carried) >= CARRIED_MAX:
            self.carried.clear()
        self.carried[command] = None

    def rule_time(self) -> Instant:
        """The time that a turn taken now would decide with, as far as can be told here."""
        return max(self.feed.at, self.now())

    def now(self) -> Instant:
        """The conductor's time in a log on given time, else the wall clock's, milliseconds."""
        if self.conductor is not None:
            return self.conductor.now()
        return time_ns() // 1_000_000


def context_of(request: HTTPConnection) -> Context:
    """The context of the application that a request came to."""
    context: Context = request.app.state.context
    return context
