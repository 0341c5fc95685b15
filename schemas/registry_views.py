"""Rows of the registry: organizations, and what accounts may do."""

from __future__ import annotations

from schemas.values import (
    AccountId,
    Capability,
    Certificate,
    Day,
    DivisionCode,
    Instant,
    Leave,
    OrganizationId,
    RegistrationClass,
    Role,
    Shift,
    Stored,
)
from schemas.villages import VillageName


class CertificateView(Stored):
    certificate: Certificate
    withdrawn: bool


class OrganizationRow(Stored, tag="organization"):
    id: OrganizationId
    name: str
    registration_class: RegistrationClass
    home: DivisionCode
    lon: int
    lat: int
    approximate: bool  # its home alone is known: the point is the seat
    capabilities: tuple[Capability, ...]
    crews_most: int | None
    certificates: tuple[CertificateView, ...]
    people: int
    credit_code: str | None
    village: VillageName | None  # in its home, which is a township then
    on_duty: bool
    hours: tuple[Shift, ...]
    leaves: tuple[Leave, ...]
    adults_only: bool | None
    insured_through: Day | None
    enrolled: bool
    retired: bool
    merged_into: OrganizationId | None


class GrantView(Stored):
    role: Role
    division: DivisionCode | None
    organization: OrganizationId | None
    until: Instant | None
    village: str | None = None
    confirm_by: Instant | None = None  # by a second person, or it ends
    given_by: AccountId | None = None


class AccountRow(Stored, tag="account"):
    """What an account may do; the door reads its readers' scopes from these rows."""

    id: AccountId
    grants: tuple[GrantView, ...]
