"""Who sees a row: readers and audiences meet in topics, so that nothing is compared pairwise.

A topic is a letter and a code: `d` a division, `o` an organization, `c` a county that
organizations are at home in, `i` a county whose desks are meant, `h` the same for desks above it,
`a` an account, `s` a division whose stewards are meant, `v` a village, `*` all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from geo.divisions import DivisionTree
from schemas.values import AccountId, DivisionCode, Instant, OrganizationId, Role
from schemas.views import AccountRow, Audience, GrantView, Put
from schemas.villages import Village

EVERYONE = "*"
_NESTED = "dhs"  # topics that reach whoever holds a division above


@dataclass(frozen=True, slots=True)
class Reader:
    """An account in one role, with the scopes of its unexpired grants of that role.

    `until` is when the first of these grants ends; whoever keeps a reader makes it anew then.
    """

    account: AccountId
    role: Role
    divisions: tuple[DivisionCode, ...]
    organizations: tuple[OrganizationId, ...]
    villages: tuple[Village, ...]
    until: Instant | None
    topics: frozenset[str] = field(repr=False)
    tree: DivisionTree = field(repr=False, compare=False)

    def sees(self, audience: Audience) -> bool:
        """Whether a row with this audience exists for the reader."""
        return not self.topics.isdisjoint(reached(self.tree, audience_topics(audience)))

    def holds(self, division: str) -> bool:
        """Whether a division lies within the reader's scope."""
        return any(self.tree.contains(scope, division) for scope in self.divisions)


def audience_topics(audience: Audience) -> tuple[str, ...]:
    """The topics that an audience names, without those above its division."""
    return tuple(_audience_topics(audience))


def _audience_topics(audience: Audience) -> Iterator[str]:
    if audience.division is not None:
        yield f"d{audience.division}"
    if audience.sender not in (None, audience.division):
        yield f"d{audience.sender}"
    if audience.home not in (None, audience.division, audience.sender):
        yield f"d{audience.home}"
    if audience.desks is not None:
        yield from (f"i{audience.desks}", f"h{audience.desks}")
    yield from (f"o{organization}" for organization in audience.organizations)
    if audience.county is not None:
        yield f"c{audience.county}"
    yield from (f"a{account}" for account in audience.accounts)
    if audience.village is not None:
        yield _village(audience.village.division, audience.village.name)
    if audience.everyone:
        yield EVERYONE


def row_topics(put: Put, homes: dict[str, DivisionCode]) -> tuple[str, ...]:
    """The topics of a row; `homes` gives organizations' divisions.

    Whatever its audience says, what an account may do is shown to itself and to stewards only.
    """
    if not isinstance(put.row, AccountRow):
        return audience_topics(put.audience)
    anchors = {_anchor(grant, homes): None for grant in put.row.grants}
    return (f"a{put.row.id}", *(f"s{code}" for code in anchors if code is not None))


def _village(division: str, name: str) -> str:
    return f"v{division}/{name}"


def _anchor(grant: GrantView, homes: dict[str, DivisionCode]) -> DivisionCode | None:
    if grant.organization is None:
        return grant.division
    return homes.get(grant.organization)


def is_nested(topic: str) -> bool:
    """Whether a topic also reaches readers of the divisions above it."""
    return topic[0] in _NESTED


def reached(tree: DivisionTree, topics: Iterable[str]) -> tuple[str, ...]:
    """The topics that readers may hold and be reached by."""
    return tuple(_reached(tree, topics))


def _reached(tree: DivisionTree, topics: Iterable[str]) -> Iterator[str]:
    for topic in topics:
        if is_nested(topic):
            yield from (topic[0] + code for code in tree.ancestors(topic[1:]))
        else:
            yield topic


def reader_of(
    grants: Iterable[GrantView],
    *,
    account: AccountId,
    role: Role,
    now: Instant,
    tree: DivisionTree,
    homes: dict[str, DivisionCode],
) -> Reader:
    """The reader that an account is now, in a role; without a grant it is reached by nothing."""
    held = [
        grant
        for grant in grants
        if grant.role is role and (grant.until is None or now < grant.until)
    ]
    committee = role is Role.COMMITTEE  # which has a village, and nothing else in its township
    named = () if committee else (grant.division for grant in held)
    divisions = tuple(division for division in named if division is not None)
    villages = tuple(
        Village(division=grant.division, name=grant.village)
        for grant in held
        if committee and grant.division is not None and grant.village is not None
    )
    organizations = tuple(g.organization for g in held if g.organization is not None)
    topics = [f"a{account}", *(f"o{organization}" for organization in organizations)]
    topics += [f"d{division}" for division in divisions]
    topics += [_village(village.division, village.name) for village in villages]
    if role is Role.STEWARD:
        topics += [f"s{division}" for division in divisions]
    if role is Role.DESK:
        topics += [f"h{division}" for division in divisions]
        topics += [f"i{code}" for division in divisions for code in tree.ancestors(division)]
    for organization in organizations:
        topics += [f"c{code}" for code in tree.ancestors(homes.get(organization, ""))]
    return Reader(
        account=account,
        role=role,
        divisions=divisions,
        organizations=organizations,
        villages=villages,
        until=min((grant.until for grant in held if grant.until is not None), default=None),
        topics=frozenset([*topics, EVERYONE] if held else []),
        tree=tree,
    )
