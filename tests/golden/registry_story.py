"""A part of the registry's story: an organization that was entered twice, and on which terms
one is asked."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas.values import (
    Capability,
    DivisionCode,
    Leave,
    OrganizationId,
    RegistrationClass,
    Shift,
)
from tests.streams.world import STEWARD, World, divisions, only, townships


def people(world: World, boats: OrganizationId, other: OrganizationId) -> None:
    """One that was entered twice becomes one, and two again; duty, units, and an end."""
    home = DivisionCode(townships()[5])
    place = divisions().seat(home)
    corrected = world.entry(boats, name="救援一队", credit_code="51330324MJ8000001X", people=20)
    world.send(STEWARD, corrected)
    entry = c.RegisterOrganization(
        name="救援一队",
        registration_class=RegistrationClass.VILLAGE_GUIDED,
        home=home,
        place=place,
        capabilities=(Capability(skill="BOAT_OPERATE", units=2),),
        people=8,
        credit_code="51330324MJ8000001X",
    )
    world.refused(STEWARD, entry)
    twice = only(world.send(STEWARD, replace(entry, insist=True))).organization
    world.send(STEWARD, c.MergeOrganizations(organization=boats, merged=twice))
    world.send(STEWARD, c.SeparateOrganizations(merged=twice))
    world.send(STEWARD, c.SetDuty(organization=twice, on_duty=False))
    has = (Capability(skill="WATER", units=1), Capability(skill="CATERING", units=3))
    world.send("boats", c.SetCapacity(organization=boats, capabilities=has))
    terms(world, boats)
    world.send(STEWARD, c.RetireOrganization(organization=other))
    world.send(STEWARD, c.ReinstateOrganization(organization=other))


def terms(world: World, boats: OrganizationId) -> None:
    """Hours and a leave, what hazardous work asks for, and taking part in exercises."""
    night = (Shift(day=5, begins=1320, ends=360),)
    away = (Leave(begins=world.at, ends=world.at + 3_600_000),)
    world.send("boats", c.SetHours(organization=boats, hours=night, leaves=away))
    insured = c.RecordSafeguards(organization=boats, adults_only=True, insured_through="2026-12-31")
    world.send(STEWARD, insured)
    world.send("boats", c.SetEnrollment(organization=boats, enrolled=True))
