"""Organizations: who they are, what they can do, and whether they can be asked."""

from __future__ import annotations

from typing import Any, assert_never

from msgspec.structs import replace

from schemas.codes import SKILLS
from schemas.commands import (
    CorrectOrganization,
    MergeOrganizations,
    RegisterOrganization,
    ReinstateOrganization,
    RetireOrganization,
    SeparateOrganizations,
    SetCapacity,
    SetDuty,
)
from schemas.refusals import Refusal
from schemas.registry_facts import (
    CapacitySet,
    DutySet,
    EnrollmentSet,
    HoursSet,
    OrganizationCorrected,
    OrganizationRegistered,
    OrganizationReinstated,
    OrganizationRetired,
    OrganizationsMerged,
    OrganizationsSeparated,
    ReachRestored,
    SafeguardsRecorded,
)
from schemas.values import Capability, Instant, OrganizationId, StandDownReason
from streams import terms
from streams.area import Area, Operation, Registry
from streams.cause import Cause, Decision, Refused
from streams.entities import Organization
from streams.load import may_serve
from streams.orderings import spelled
from streams.policy import steward_of

OrganizationFact = (
    OrganizationRegistered
    | OrganizationCorrected
    | OrganizationRetired
    | OrganizationReinstated
    | OrganizationsMerged
    | OrganizationsSeparated
    | CapacitySet
    | DutySet
    | HoursSet
    | SafeguardsRecorded
    | EnrollmentSet
    | ReachRestored
)


def register(area: Area, command: RegisterOrganization, cause: Cause) -> Decision:
    """Refused with the first one's id where it seems to be there already, unless insisted."""
    if area.divisions.get(command.home) is None:
        return Refused(Refusal.DIVISION_UNKNOWN)
    if not _lies(area, command):
        return Refused(Refusal.VILLAGE_UNFIT)
    if not _known(command.capabilities):
        return Refused(Refusal.SKILL_UNKNOWN)
    key = OrganizationId(cause.new_id())
    if key in area.registry.organizations:
        return Refused(Refusal.KEY_EXPIRED, (key,))
    same = _same(area.registry, command, key)
    if same is not None and not command.insist:
        return Refused(Refusal.ORGANIZATION_EXISTS, (same,))
    return [
        OrganizationRegistered(
            organization=key,
            name=command.name,
            registration_class=command.registration_class,
            home=command.home,
            place=command.place,
            capabilities=command.capabilities,
            people=command.people,
            credit_code=command.credit_code,
            village=command.village,
            at=cause.at,
        )
    ]


def _lies(area: Area, command: RegisterOrganization | CorrectOrganization) -> bool:
    """A village is one of the township that the organization is at home in."""
    if command.village is None:
        return True
    home = area.divisions.get(command.home)
    return home is not None and home.level == "township"


def _same(
    registry: Registry, command: RegisterOrganization | CorrectOrganization, own: OrganizationId
) -> str | None:
    """Another organization of that credit code, or of that name at that home.

    If that entry was merged since, the one that stayed.
    """
    found: list[tuple[Any, ...]] = []
    if command.credit_code is not None:
        found += registry.coded.within(command.credit_code)
    found += registry.named.within(command.home, spelled(command.name))
    stayed = (stayed_of(registry, place[-1]) for place in found)
    return next((key for key in stayed if key != own), None)


def stayed_of(registry: Registry, key: OrganizationId) -> OrganizationId:
    """The entry that stands for an organization: its own, or the one that it was merged into."""
    organization = registry.organizations[key]
    while organization.merged_into is not None:
        organization = registry.organizations[organization.merged_into]
    return organization.id


def correct(area: Area, command: CorrectOrganization, cause: Cause) -> Decision:
    """Its new home has to be the steward's, too: nobody moves it to where they keep nothing."""
    if area.divisions.get(command.home) is None:
        return Refused(Refusal.DIVISION_UNKNOWN)
    if not steward_of(area, cause.actor, command.home, cause.at):
        return Refused(Refusal.NOT_FOUND)
    if not _lies(area, command):
        return Refused(Refusal.VILLAGE_UNFIT)
    same = _same(area.registry, command, command.organization)
    if same is not None and not command.insist:
        return Refused(Refusal.ORGANIZATION_EXISTS, (same,))
    return [
        OrganizationCorrected(
            organization=command.organization,
            name=command.name,
            registration_class=command.registration_class,
            home=command.home,
            place=command.place,
            people=command.people,
            credit_code=command.credit_code,
            village=command.village,
            at=cause.at,
        )
    ]


def retire(area: Area, command: RetireOrganization, cause: Cause) -> Decision:
    if area.registry.organizations[command.organization].retired:
        return []
    return [OrganizationRetired(organization=command.organization, at=cause.at)]


def reinstate(area: Area, command: ReinstateOrganization, cause: Cause) -> Decision:
    organization = area.registry.organizations[command.organization]
    if organization.merged_into is not None:
        return Refused(Refusal.ORGANIZATION_MERGED, (organization.merged_into,))
    if not organization.retired:
        return []
    return [OrganizationReinstated(organization=command.organization, at=cause.at)]


def merge(area: Area, command: MergeOrganizations, cause: Cause) -> Decision:
    """The other entry's work has to be over first, so that nobody loses a crew on the way."""
    organizations = area.registry.organizations
    merged = organizations.get(command.merged)
    if command.organization == command.merged or merged is None:
        return Refused(Refusal.NOT_FOUND)
    if not steward_of(area, cause.actor, merged.home, cause.at):
        return Refused(Refusal.NOT_FOUND)
    for organization in (organizations[command.organization], merged):
        refusal = gone(organization)
        if refusal is not None:
            return refusal
    if any(_busy(operation, command.merged) for operation in area.operations.rows.values()):
        return Refused(Refusal.ORGANIZATION_BUSY, (command.merged,))
    return [
        OrganizationsMerged(organization=command.organization, merged=command.merged, at=cause.at)
    ]


def gone(organization: Organization) -> Refused | None:
    """Why it is asked no more: another entry stands for it, or it is retired."""
    if organization.merged_into is not None:
        return Refused(Refusal.ORGANIZATION_MERGED, (organization.merged_into,))
    if organization.retired:
        return Refused(Refusal.ORGANIZATION_RETIRED, (organization.id,))
    return None


def _busy(operation: Operation, organization: OrganizationId) -> bool:
    return organization in operation.assignments_by or organization in operation.offers_to


def separate(area: Area, command: SeparateOrganizations, cause: Cause) -> Decision:
    merged = area.registry.organizations[command.merged]
    if merged.merged_into is None:
        return Refused(Refusal.ORGANIZATION_NOT_MERGED, (merged.id,))
    for operation in area.operations.rows.values():
        asks = operation.asks.get(merged.merged_into)
        if asks is not None and asks.last_in > merged.merged_in:
            return Refused(Refusal.ORGANIZATION_ASKED_SINCE, (merged.merged_into,))
    return [OrganizationsSeparated(organization=merged.merged_into, merged=merged.id, at=cause.at)]


def set_capacity(_area: Area, command: SetCapacity, cause: Cause) -> Decision:
    if not _known(command.capabilities):
        return Refused(Refusal.SKILL_UNKNOWN)
    return [
        CapacitySet(
            organization=command.organization,
            capabilities=command.capabilities,
            crews_most=command.crews_most,
            at=cause.at,
        )
    ]


def set_duty(area: Area, command: SetDuty, cause: Cause) -> Decision:
    """Whoever is asked no more is told so, and not left waiting on duty."""
    refusal = gone(area.registry.organizations[command.organization])
    if command.on_duty and refusal is not None:
        return refusal
    return [DutySet(organization=command.organization, on_duty=command.on_duty, at=cause.at)]


def _known(capabilities: tuple[Capability, ...]) -> bool:
    """Every skill is in the list, and none is named twice."""
    skills = [item.skill for item in capabilities]
    return all(skill in SKILLS for skill in skills) and len(dict.fromkeys(skills)) == len(skills)


def evolve(area: Area, fact: OrganizationFact) -> None:
    """Keep the registry; whatever may make somebody able is tried with the lines that lack it."""
    if isinstance(fact, OrganizationsMerged | OrganizationsSeparated):
        _merged(area, fact)
        return
    known = area.registry.organizations.get(fact.organization)
    after = _registered(fact) if known is None else _changed(area, known, fact)
    area.registry.organizations.put(after.id, after)
    if isinstance(fact, SafeguardsRecorded):
        for operation in area.operations.rows.values():
            terms.proved(operation, after, fact.at)
    if after.retired:
        _let_go(area, after)
    else:
        may_be_able(area, after, fact.at)


def _registered(fact: OrganizationFact) -> Organization:
    assert isinstance(fact, OrganizationRegistered)
    return Organization(
        id=fact.organization,
        name=fact.name,
        registration_class=fact.registration_class,
        home=fact.home,
        place=fact.place,
        capabilities=fact.capabilities,
        people=fact.people,
        credit_code=fact.credit_code,
        village=fact.village,
    )


def _changed(area: Area, known: Organization, fact: OrganizationFact) -> Organization:
    match fact:
        case OrganizationCorrected():
            return replace(
                known,
                name=fact.name,
                registration_class=fact.registration_class,
                home=fact.home,
                place=fact.place,
                people=fact.people,
                credit_code=fact.credit_code,
                village=fact.village,
            )
        case CapacitySet():
            stated = {"capabilities": fact.capabilities, "crews_most": fact.crews_most}
            return replace(known, **stated, renewed_in=area.sequence)
        case DutySet():
            return replace(known, on_duty=fact.on_duty, renewed_in=area.sequence)
        case HoursSet() | SafeguardsRecorded() | EnrollmentSet():
            return terms.stated(known, fact)
        case ReachRestored():
            return replace(known, reached_in=area.sequence)
        case OrganizationRetired():
            return replace(known, retired=True)
        case OrganizationReinstated():
            return replace(known, retired=False)
        case OrganizationRegistered() | OrganizationsMerged() | OrganizationsSeparated():
            return known
        case _:
            assert_never(fact)


def may_be_able(area: Area, organization: Organization, at: Instant) -> None:
    """Note it for every operation in which a line lacks one of its skills."""
    for operation in area.operations.rows.values():
        for capability in organization.capabilities:
            may_serve(operation, organization.id, capability.skill, at)


def _let_go(area: Area, organization: Organization) -> None:
    """Its open offers are over; work that it has begun goes on."""
    for operation in area.operations.rows.values():
        for offer in operation.offers_to.of(organization.id):
            marked = replace(offer, unneeded=StandDownReason.ORGANIZATION_RETIRED)
            operation.offers.put(offer.id, marked)


def _merged(area: Area, fact: OrganizationsMerged | OrganizationsSeparated) -> None:
    """The merged one is retired or back; whoever answered for it answers for the other one too."""
    merged = area.registry.organizations[fact.merged]
    together = isinstance(fact, OrganizationsMerged)
    after = replace(
        merged,
        retired=together,
        merged_into=fact.organization if together else None,
        merged_in=area.sequence,
    )
    area.registry.organizations.put(merged.id, after)
    _answer_for(area, fact, together)
    if not together:
        may_be_able(area, after, fact.at)


def _answer_for(
    area: Area, fact: OrganizationsMerged | OrganizationsSeparated, together: bool
) -> None:
    grants = area.registry.grants
    for account, held in list(grants.rows.items()):
        own = [grant for grant in held if grant.organization == fact.merged]
        if not own:
            continue
        kept = tuple(grant for grant in held if grant.merged != fact.merged)
        added = (
            replace(grant, organization=fact.organization, merged=fact.merged) for grant in own
        )
        grants.put(account, (*kept, *added) if together else kept)
