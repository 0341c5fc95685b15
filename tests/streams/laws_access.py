"""The second person on random play: who may stand by what, told by books that know no rule.

Stewards and desks above a township's give roles, make and use links, take roles back and agree to
what waits, over some weeks. After every turn each of them is asked for each thing that waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from schemas import commands as c
from schemas.access import GrantReason, LinkId, LinkReason
from schemas.registry_facts import AccessConfirmed, LinkMade, LinkUsed, RoleGranted
from schemas.turns import OWNER, REGISTRY
from schemas.values import AccountId, CommandId, DivisionCode, Mode, Role
from streams import access
from streams.cause import Cause, Refused
from streams.turning import Taken
from tests.streams.world import COUNTY, DESK, STEWARD, World

MINUTE, DAY = 60_000, 24 * 3_600_000
WEEK = 7 * DAY
WAITS = (0, MINUTE, 180 * MINUTE, 180 * MINUTE, DAY, 3 * DAY, WEEK)
SECOND, AT_THE_MACHINE = AccountId("other"), OWNER


class Hand(NamedTuple):
    """Somebody who may sit at an account, since when, and who may have been sitting there."""

    account: str
    link: str | None
    at: int
    who: frozenset[str]


class Waits(NamedTuple):
    """What somebody has to agree to: for whom, by when, and who may have made it."""

    account: str
    role: Role
    link: str | None
    until: int
    who: frozenset[str]


class Access:
    """Plays, and keeps the books."""

    def __init__(self, seed: int) -> None:
        self.random, self.world = Random(seed), World(mode=Mode.ACTUAL)
        self.hands: list[Hand] = []
        self.waits: list[Waits] = []
        self.complaints: list[str] = []
        self.agreed = self.refused = self._seen = self._made = 0
        scope = {"division": self.world.area.id, "reason": GrantReason.NEW_PERSON}
        self.world.grant(SECOND, Role.STEWARD, **scope)
        self._learn()

    def run(self, steps: int) -> Access:
        for _ in range(steps):
            self.world.wait(minutes=self.random.choice(WAITS) // MINUTE)
            self.world.take(self.world.envelope(*self._act()))
            self._learn()
            self.complaints += self._wrong()
        return self

    def at_hand(self, account: str) -> frozenset[str]:
        """Everybody who may sit at an account just now."""
        lately = [
            hand.who
            for hand in self.hands
            if hand.account == account and self.world.at < hand.at + WEEK
        ]
        return frozenset({account}).union(*lately)

    # What people do

    def _accounts(self) -> list[str]:
        return list(self.world.area.registry.grants.rows)

    def _act(self) -> tuple[str, c.Command]:
        acts = (self._give, self._link, self._link, self._use, self._use, self._agree, self._end)
        return self.random.choice(acts)()

    def _steward(self) -> str:
        made = [each for each in self._accounts() if each.startswith("n")]
        return self.random.choice((STEWARD, STEWARD, SECOND, *made))

    def _give(self) -> tuple[str, c.Command]:
        self._made += 1
        role = self.random.choice((Role.STEWARD, Role.DESK))
        division = self.random.choice((self.world.county, DivisionCode(self.world.area.id)))
        command = c.GrantRole(
            account=AccountId(f"n{self._made}"),
            role=role,
            division=division,
            reason=GrantReason.NEW_PERSON,
        )
        return self._steward(), command

    def _link(self) -> tuple[str, c.Command]:
        self._made += 1
        account = AccountId(self.random.choice(self._accounts()))
        command = c.MakeLink(
            account=account,
            role=self._role(account),
            link=LinkId(f"link {self._made}"),
            reason=LinkReason.NEW_DEVICE,
            in_use=self.random.random() < 0.5,
            used=True,
        )
        return self._steward(), command

    def _use(self) -> tuple[str, c.Command]:
        """One that was made, sooner or later; or one of the machine's."""
        since = self.world.at - 3 * DAY  # links last no longer
        made = [hand for hand in self.hands if hand.link is not None and hand.at > since]
        if not made or self.random.random() < 0.1:
            account, link = AccountId(self.random.choice(self._accounts())), f"m{self._made}"
        else:
            chosen = self.random.choice(made[-5:])
            account, link = AccountId(chosen.account), str(chosen.link)
        return OWNER, c.UseLink(account=account, role=self._role(account), link=LinkId(link))

    def _agree(self) -> tuple[str, c.Command]:
        actor = self.random.choice(self._accounts())
        if not self.waits:
            return actor, c.ConfirmAccess(account=DESK, role=Role.DESK)
        return actor, _agreement(self.random.choice(self.waits[-5:]))

    def _end(self) -> tuple[str, c.Command]:
        made = [each for each in self._accounts() if each.startswith("n")]
        account = AccountId(self.random.choice(made or [DESK]))
        return self._steward(), c.EndGrant(account=account, role=self._role(account))

    def _role(self, account: str) -> Role:
        held = self.world.area.registry.grants.get(AccountId(account)) or ()
        return held[-1].role if held else Role.DESK

    # The books

    def _learn(self) -> None:
        for taken in self.world.turns[self._seen :]:
            self._seen += 1
            for fact in taken.turn.facts:
                self._note(fact, taken)

    def _note(self, fact: Any, taken: Taken) -> None:
        match fact:
            case RoleGranted(confirm_by=int(until)):
                who = self.at_hand(fact.by)
                self.hands.append(Hand(fact.account, None, fact.at, who))
                self.waits.append(Waits(fact.account, fact.role, None, until, who))
            case LinkMade():
                who = self.at_hand(fact.by)
                self.hands.append(Hand(fact.account, fact.link, fact.at, who))
                if fact.confirm_by is not None:
                    link = (fact.account, fact.role, fact.link, fact.confirm_by, who)
                    self.waits.append(Waits(*link))
            case LinkUsed():
                made = [hand.who for hand in self.hands if hand.link == fact.link]
                who = made[0] if made else frozenset({AT_THE_MACHINE})
                self.hands.append(Hand(fact.account, fact.link, fact.at, who))
            case AccessConfirmed():
                self.complaints += self._alone(fact, taken.turn.actor)
                self.waits = [
                    each
                    for each in self.waits
                    if (each.account, each.role, each.link) != (fact.account, fact.role, fact.link)
                ]

    # The laws

    def _alone(self, fact: AccessConfirmed, actor: str) -> Iterator[str]:
        """What one person alone has given is agreed to by nobody whom that one may be."""
        for each in self.waits:
            named = (each.account, each.role, each.link) == (fact.account, fact.role, fact.link)
            if named and fact.at < each.until and not self._apart(each, actor):
                yield f"{fact.at}: {actor} agrees to what may be of the same hand: {each}"

    def _apart(self, each: Waits, actor: str) -> bool:
        if each.link is not None and actor == each.account:
            return actor not in each.who  # its owner; by which session, is the server's to see
        own = self.at_hand(actor)
        return not own & each.who and each.account not in own and AT_THE_MACHINE not in own

    def _wrong(self) -> Iterator[str]:
        """Whoever is apart, and answers for the place, is heard; and nobody else is."""
        at = self.world.at
        self.waits = [each for each in self.waits if at < each.until]
        for each in self.waits[-6:]:
            for actor in (STEWARD, SECOND, COUNTY, each.account):
                same = [one for one in self.waits if one[:3] == each[:3]]
                apart = all(self._apart(one, actor) for one in same)
                heard = self._hears(each, actor)
                self.agreed, self.refused = self.agreed + heard, self.refused + (not heard)
                if heard and not apart:
                    yield f"{at}: {actor} would be heard and is of the same hand: {each}"
                if apart and not heard and actor in (STEWARD, SECOND) and self._held(each):
                    yield f"{at}: {actor} is apart and is not heard: {each}"

    def _held(self, each: Waits) -> bool:
        """Whether the account still has the role."""
        held = self.world.area.registry.grants.get(AccountId(each.account)) or ()
        return any(grant.role is each.role for grant in held)

    def _hears(self, each: Waits, actor: str) -> bool:
        cause = Cause(AccountId(actor), self.world.at, REGISTRY, None, CommandId("asked"))
        return not isinstance(access.confirm(self.world.area, _agreement(each), cause), Refused)


def _agreement(each: Waits) -> c.ConfirmAccess:
    link = None if each.link is None else LinkId(each.link)
    return c.ConfirmAccess(account=AccountId(each.account), role=each.role, link=link)
