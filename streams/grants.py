"""Who may act in which role, and by whose hand somebody was let in of late."""

from __future__ import annotations

from schemas.access import LinkId
from schemas.values import AccountId, DivisionCode, Instant, OrganizationId, Role, Stored


class Grant(Stored):
    account: AccountId
    role: Role
    division: DivisionCode | None
    organization: OrganizationId | None
    until: Instant | None
    village: str | None = None  # of a committee, within its division
    merged: OrganizationId | None = None  # it answers for `organization` since this was merged
    behind: tuple[AccountId, ...] = ()  # who gave it, and whoever had let that one in
    confirm_by: Instant | None = None  # by a second person; until then it ends with it
    meant_until: Instant | None = None  # its own end, once it is confirmed


class LetIn(Stored):
    """By whose hand an account was let in, by a link or a role that had to be confirmed.

    The machine's own hand is the log's owner.
    """

    behind: tuple[AccountId, ...]  # who made it, and whoever had let that one in
    link: LinkId | None  # None: its first one, with the role
    role: Role
    at: Instant
    confirm_by: Instant | None = None
