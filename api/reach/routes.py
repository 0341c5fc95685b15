"""Routes: the channel that a notice takes just now, of those that the steward has set up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from api.people import Address, national
from api.reach.channels import KINDS, Channel, make
from api.reach.notices import Notice
from api.reach.setups import Setup, Setups
from schemas.values import Instant


class Route(NamedTuple):
    """A channel and the address at its end. `name`: of the setup, of a robot its kind's; `setup`:
    of the setup in either case, "" where a robot's kind has none."""

    name: str
    channel: Any
    address: Address
    a_minute: int = 0
    robot: bool = False
    setup: str = ""
    allowed: frozenset[str] = frozenset()  # private places that this channel may reach

    @property
    def to(self) -> str:
        """The address as the channel takes it: a telephone by its eleven digits."""
        telephone = self.address.channel in ("sms", "voice")
        return national(self.address.to) if telephone else self.address.to


class Routes:
    """Which setups there are, and which of them work; looks again when somebody changes one."""

    def __init__(self, setups: Setups, addressed: Callable[[Notice], Address | None]) -> None:
        """`addressed`: where a notice leads, if it may still be sent there."""
        self._setups = setups
        self.addressed = addressed
        self._made: dict[str, Channel] = {}  # by the name of the setup
        self._robots: dict[str, Channel] = {}  # by kind
        self._meant: list[Setup] = []
        self._known: list[Setup] = []
        self._version = -1

    def changed(self) -> bool:
        """Whether a setup was added, changed, paused or brought back since this was last asked."""
        version = self._setups.changed()
        if version == self._version:
            return False
        self._version = version
        self._meant = [setup for setup in self._setups.list() if setup.paused_at is None]
        self._known = [setup for setup in self._meant if setup.working]
        self._made = {}
        for setup in self._meant:  # a broken one may have receipts and replies to tell
            if not setup.readable:
                continue
            try:
                self._made[setup.name] = make(setup.kind, setup.settings)
            except ValueError:  # of a kind, or with settings, that this release does not know
                self._setups.broken(setup.name, "settings")
        return True

    def leads_to(self, address: Address) -> bool:
        """Whether anybody has set up a channel to it, be it broken just now; a paused one is none.

        Without one nobody is out of reach: the page and the desk's call list are the ladder.
        """
        return leads_to(self._meant, address)

    def of(self, notice: Notice) -> Route | None:
        """The first working channel to a notice's address; None where there is none."""
        address = self.addressed(notice)
        return None if address is None else self.to(address)

    def to(self, address: Address) -> Route | None:
        """The first working channel to an address."""
        if _is_robot(address):
            return self._of_robot(address)
        for setup in self._known:
            if _fits(setup, address) and (made := self._made.get(setup.name)):
                places = frozenset(setup.allowed)
                bound, name = KINDS[setup.kind].a_minute, setup.name
                return Route(name, made, address, bound, setup=name, allowed=places)
        return None

    def _of_robot(self, address: Address) -> Route:
        """A robot needs no account; its kind is set up only to be reached by another address."""
        kind = address.channel
        for setup in self._known:
            if setup.kind == kind and (made := self._made.get(setup.name)):
                break
        else:
            setup, made = None, self._robots.get(kind) or make(kind, {})
            self._robots[kind] = made
        places = frozenset(() if setup is None else setup.allowed)
        name, bound = "" if setup is None else setup.name, KINDS[kind].a_minute
        return Route(kind, made, address, bound, robot=True, setup=name, allowed=places)

    def channels(self) -> list[tuple[Channel, frozenset[str]]]:
        """Every channel that is meant to be used, to be asked for what it has to tell, and the
        private places that it may reach."""
        return [
            (self._made[setup.name], frozenset(setup.allowed))
            for setup in self._meant
            if setup.name in self._made
        ]

    def broken(self, route: Route, why: str, now: Instant) -> None:
        """Nobody is reached by it until a person sees to it. A robot is one organization's."""
        if not route.robot:
            self._setups.broken(route.name, why, now)
            self.changed()

    def worked(self, route: Route, now: Instant) -> None:
        if route.setup:
            self._setups.ok(route.setup, now)


def leads_to(meant: Iterable[Setup], address: Address) -> bool:
    """Whether one of these channels is there for an address; a robot needs none."""
    return _is_robot(address) or any(_fits(setup, address) for setup in meant)


def _is_robot(address: Address) -> bool:
    """Whether it needs no account of ours: the address has all there is to it."""
    kind = KINDS.get(address.channel)
    return kind is not None and kind.robot


def _fits(setup: Setup, address: Address) -> bool:
    """A telephone takes any channel of its rung; everything else its own kind."""
    if address.channel in ("sms", "voice"):
        return KINDS[setup.kind].rung.value == address.channel
    return setup.kind == address.channel
