"""The log's first record, and who may act in it: purpose, roles, scopes and their ends."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import ChangeRules, EndGrant, GrantRole, MoveLog, OpenLog, ReceiveLog
from schemas.refusals import Refusal
from schemas.registry_facts import (
    GrantEnded,
    LogArrived,
    LogMoved,
    LogOpened,
    RoleGranted,
    RulesChanged,
)
from schemas.values import AccountId, DivisionCode, Role
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.policy import steward_of, stewards
from streams.remembered import HEADER, Header
from streams.second_person import confirm_by, given

RegistryRoomFact = LogOpened | LogMoved | LogArrived | RulesChanged | RoleGranted | GrantEnded


def open_log(area: Area, command: OpenLog, cause: Cause) -> Decision:
    if area.purpose is not None:
        return Refused(Refusal.LOG_ALREADY_OPEN)
    if command.area != area.id or area.divisions.get(command.area) is None:
        return Refused(Refusal.DIVISION_UNKNOWN)
    opened = LogOpened(
        area=command.area,
        purpose=command.purpose,
        time_source=command.time_source,
        divisions=command.divisions,
        rules=command.rules,
        at=cause.at,
    )
    steward = RoleGranted(
        account=command.steward,
        role=Role.STEWARD,
        division=DivisionCode(command.area),
        organization=None,
        until=None,
        at=cause.at,
        by=cause.actor,
    )
    return [opened, steward]


def move_log(area: Area, command: MoveLog, cause: Cause) -> Decision:
    return [LogMoved(area=area.id, medium=command.medium, at=cause.at)]


def receive_log(area: Area, _command: ReceiveLog, cause: Cause) -> Decision:
    if area.moved is None:
        return Refused(Refusal.LOG_ALREADY_OPEN)
    return [LogArrived(area=area.id, medium=area.moved, at=cause.at)]


def change_rules(area: Area, command: ChangeRules, cause: Cause) -> Decision:
    """This alone is decided alike by every version; whoever lacks the new one does not get here."""
    before = area.header[HEADER].rules
    if command.rules <= before:
        return Refused(Refusal.RULES_UNFIT)
    return [RulesChanged(rules=command.rules, before=before, at=cause.at)]


def grant(area: Area, command: GrantRole, cause: Cause) -> Decision:
    """Nobody's own; a steward's and a desk's ends after a day, unless somebody else confirms it."""
    if command.account == cause.actor:
        return Refused(Refusal.SELF_GRANT)
    unfit = _unfit(area, command, cause)
    if unfit is not None:
        return unfit
    waits = confirm_by(area, command, cause)
    if waits is not None and command.reason is None:
        return Refused(Refusal.GRANT_REASON_MISSING)
    return [
        RoleGranted(
            account=command.account,
            role=command.role,
            division=command.division,
            organization=command.organization,
            until=command.until,
            at=cause.at,
            by=cause.actor,
            village=command.village,
            reason=command.reason,
            confirm_by=waits,
        )
    ]


def _unfit(area: Area, command: GrantRole, cause: Cause) -> Refused | None:
    """An organization's role names the organization, every other role names a division.

    A committee's is of one village, by its name in a township.
    """
    named = (command.organization is not None, command.division is not None)
    if named != ((True, False) if command.role is Role.ORGANIZATION else (False, True)):
        return Refused(Refusal.GRANT_UNFIT)
    if (command.village is not None) != (command.role is Role.COMMITTEE):
        return Refused(Refusal.GRANT_UNFIT)
    if command.division is not None:
        found = area.divisions.get(command.division)
        if found is None:
            return Refused(Refusal.DIVISION_UNKNOWN)
        if command.village is not None and found.level != "township":
            return Refused(Refusal.GRANT_UNFIT)
    if command.until is not None and command.until <= cause.at:
        return Refused(Refusal.GRANT_UNFIT)
    if command.organization is not None:
        known = area.registry.organizations[command.organization]
        if known.merged_into is not None:
            return Refused(Refusal.ORGANIZATION_MERGED, (known.merged_into,))
    return None


def end_grant(area: Area, command: EndGrant, cause: Cause) -> Decision:
    """All the account's grants of the role end, so every one must be the steward's to end."""
    ending = (
        grant
        for grant in area.registry.grants.get(command.account) or ()
        if grant.role is command.role
    )
    if not all(stewards(area, cause.actor, grant, cause.at) for grant in ending):
        return Refused(Refusal.NOT_FOUND)
    if command.role is Role.STEWARD and _is_last(area, command.account, cause):
        return Refused(Refusal.LAST_STEWARD)
    return [GrantEnded(account=command.account, role=command.role, at=cause.at)]


def _is_last(area: Area, account: AccountId, cause: Cause) -> bool:
    """Whether nobody else is a steward of the whole area, while this account is.

    Whom nobody has confirmed yet does not count: tomorrow there may be none.
    """
    whole = [
        account
        for account, held in area.registry.grants.rows.items()
        if steward_of(area, account, DivisionCode(area.id), cause.at)
        and any(grant.role is Role.STEWARD and grant.confirm_by is None for grant in held)
    ]
    return whole == [account]


def evolve(area: Area, fact: RegistryRoomFact) -> None:
    match fact:
        case LogOpened():
            told = Header(
                purpose=fact.purpose,
                time_source=fact.time_source,
                divisions=fact.divisions,
                rules=fact.rules,
            )
            area.header.put(HEADER, told)
        case LogMoved():
            area.header.put(HEADER, replace(area.header[HEADER], moved=fact.medium))
        case LogArrived():
            area.header.put(HEADER, replace(area.header[HEADER], moved=None))
        case RulesChanged():
            area.header.put(HEADER, replace(area.header[HEADER], rules=fact.rules))
        case RoleGranted():
            given(area, fact)
        case GrantEnded():
            held = area.registry.grants.get(fact.account) or ()
            kept = tuple(grant for grant in held if grant.role is not fact.role)
            area.registry.grants.put(fact.account, kept)
        case _:
            assert_never(fact)
