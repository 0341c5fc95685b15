"""Rows of organizations and accounts."""

from __future__ import annotations

from schemas.values import AccountId
from schemas.views import (
    AccountRow,
    Audience,
    CertificateView,
    GrantView,
    OrganizationRow,
    Put,
)
from streams.area import Area
from streams.entities import (
    Organization,
)
from streams.subjects import county_of
from streams.villages import guiding


def account(area: Area, key: AccountId) -> Put:
    grants = tuple(
        GrantView(
            role=grant.role,
            division=grant.division,
            organization=grant.organization,
            until=grant.until,
            village=grant.village,
            confirm_by=grant.confirm_by,
            given_by=grant.behind[0] if grant.behind else None,
        )
        for grant in area.registry.grants.get(key) or ()
    )
    return Put(row=AccountRow(id=key, grants=grants), audience=Audience(accounts=(key,)))


def organization(area: Area, known: Organization) -> Put:
    row = OrganizationRow(
        id=known.id,
        name=known.name,
        registration_class=known.registration_class,
        home=known.home,
        lon=known.place.lon,
        lat=known.place.lat,
        approximate=known.place.approximate,
        capabilities=known.capabilities,
        crews_most=known.crews_most,
        certificates=tuple(
            CertificateView(certificate=held.certificate, withdrawn=held.withdrawn)
            for held in known.certificates
        ),
        people=known.people,
        credit_code=known.credit_code,
        village=known.village,
        on_duty=known.on_duty,
        hours=known.hours,
        leaves=known.leaves,
        adults_only=known.adults_only,
        insured_through=known.insured_through,
        enrolled=known.enrolled,
        retired=known.retired,
        merged_into=known.merged_into,
    )
    county = county_of(area.divisions, known.home)
    audience = Audience(
        division=known.home, organizations=(known.id,), desks=county, village=guiding(known)
    )
    return Put(row=row, audience=audience)
