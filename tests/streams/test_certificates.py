"""Certificates: the latest word on a number counts, to the end of its last day in China."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    AssignmentId,
    Certificate,
    Gate,
    IncidentId,
    OrganizationId,
    RegistrationClass,
    Role,
)
from schemas.views import AssignmentRow
from streams import rows
from streams.days import end_of, start_of
from streams.matching.why import why
from streams.parameters import DAY
from tests.streams.world import STEWARD, World, asked, certificate, kinds, only

REGISTERED = RegistrationClass.REGISTERED
ISSUER = certificate().issuer


def boats(held: Certificate | None = None) -> tuple[World, OrganizationId, IncidentId]:
    """A registered rescue team with a certificate, or without one."""
    world = World()
    made = world.organization(
        "boats", skill="WATER", units=3, certificate=held, registration_class=REGISTERED
    )
    return world, made, world.incident()


def record(world: World, organization: OrganizationId, held: Certificate) -> Any:
    return world.send(STEWARD, c.RecordCertificate(organization=organization, certificate=held))


def unrecorded(held: Certificate, **differs: Any) -> Refusal:
    """Why a certificate is not recorded for a team that differs."""
    world = World()
    wishes: Any = {"skill": "WATER", "registration_class": REGISTERED, **differs}
    made = world.organization("boats", **wishes)
    return world.refused(STEWARD, c.RecordCertificate(organization=made, certificate=held))


def rescue(world: World, incident: IncidentId, *, grade: int = 2, target: int = 1) -> Any:
    return world.demand(incident, skill="WATER", grade=grade, target=target)


def gate(world: World, organization: OrganizationId, facts: Any) -> Gate | None:
    """What keeps the team from being asked for the demand that was just published."""
    line = only(facts, f.DemandPublished).lines[0].line
    found = why(world.area, world.operation, line, organization, world.at)
    assert found is not None
    return found.gate


# Recording


def test_a_team_is_asked_for_what_it_is_certified_for() -> None:
    world, _, incident = boats(certificate(grade=2))
    assert asked(rescue(world, incident, grade=2))
    assert asked(rescue(world, incident, grade=3))
    assert asked(rescue(world, incident, grade=1)) == []


@pytest.mark.parametrize(
    "registration_class", [RegistrationClass.FILED, RegistrationClass.VILLAGE_GUIDED]
)
def test_grades_are_of_organizations_registered_with_civil_affairs(
    registration_class: RegistrationClass,
) -> None:
    """C3: no grade for a club of three; it is asked by a general skill."""
    refused = unrecorded(certificate(), registration_class=registration_class)
    assert refused is Refusal.CLASS_UNFIT


def test_who_was_registered_and_is_filed_now_is_asked_for_no_graded_line() -> None:
    world, made, incident = boats(certificate())
    world.send(STEWARD, world.entry(made, registration_class=RegistrationClass.FILED))
    assert gate(world, made, rescue(world, incident)) is Gate.REGISTRATION_CLASS


@pytest.mark.parametrize("standard", ["应急救援员国家职业技能标准", "YJ/T 1.3-2022", "中型"])
def test_a_person_s_grade_or_a_city_s_own_is_no_team_s(standard: str) -> None:
    """C6: the standard of the skill itself is asked for."""
    refused = unrecorded(replace(certificate(), standard=standard))
    assert refused is Refusal.STANDARD_UNFIT


@pytest.mark.parametrize(
    ("through", "since"),
    [
        ("2025-02-30", None),
        ("2025-13-01", None),
        ("0000-01-01", None),
        ("2025-12-31", "2025-02-30"),
        ("2025-12-31", "2026-01-01"),
    ],
)
def test_a_validity_has_days_of_the_calendar_in_their_order(
    through: str, since: str | None
) -> None:
    refused = unrecorded(certificate(through=through, since=since))
    assert refused is Refusal.VALIDITY_UNFIT


def test_only_graded_skills_have_certificates() -> None:
    general = replace(certificate(), skill="PUMP_DRAIN")
    assert unrecorded(general) is Refusal.SKILL_GRADE_UNFIT
    assert unrecorded(replace(certificate(), skill="FLYING")) is Refusal.SKILL_UNKNOWN


def test_a_certificate_wakes_the_line_that_waits_for_it() -> None:
    world, made, incident = boats()
    assert asked(rescue(world, incident)) == []
    world.at += 1_000
    record(world, made, certificate())
    assert only(asked(world.wait(minutes=0))).organization == made


# The latest word


def test_the_latest_word_on_a_number_counts_not_the_best() -> None:
    """Given grade 1, when the same number is recorded with grade 3, then it is a grade 3."""
    world, made, incident = boats(certificate(grade=1))
    record(world, made, certificate(grade=3))
    assert gate(world, made, rescue(world, incident)) is Gate.CERTIFICATE_GRADE
    [held] = world.area.registry.organizations[made].certificates
    assert held.certificate.grade == 3


def test_another_number_is_another_certificate_and_any_good_one_will_do() -> None:
    world, made, incident = boats(certificate(grade=1))
    record(world, made, certificate(grade=3, number="2"))
    record(world, made, certificate(grade=3, issuer="another issuer"))
    assert asked(rescue(world, incident, grade=1))
    assert len(world.area.registry.organizations[made].certificates) == 3


def test_what_was_withdrawn_and_is_recorded_again_is_good_again() -> None:
    world, made, incident = boats(certificate())
    world.send(STEWARD, c.WithdrawCertificate(organization=made, issuer=ISSUER, number="1"))
    assert gate(world, made, rescue(world, incident)) is Gate.CERTIFICATE_WITHDRAWN
    record(world, made, certificate())
    assert asked(world.wait(minutes=0))


# Withdrawing


def test_a_certificate_is_withdrawn_once_and_by_its_name() -> None:
    world, made, _ = boats(certificate())
    command = c.WithdrawCertificate(organization=made, issuer=ISSUER, number="1")
    other = c.WithdrawCertificate(organization=made, issuer=ISSUER, number="2")
    assert world.refused(STEWARD, other) is Refusal.CERTIFICATE_UNKNOWN
    assert kinds(world.send(STEWARD, command)) == ["CertificateWithdrawn"]
    assert world.send(STEWARD, command) == ()


def test_all_of_an_issuer_are_withdrawn_and_those_of_others_stay() -> None:
    """C2: an issuer turns out to be none; its teams leave the candidates, also those at work are
    flagged; who has another issuer's certificate as well goes on."""
    world, _, incident = boats(certificate(issuer="fraud"))
    fraud = certificate(issuer="fraud")
    both = world.organization("both", skill="WATER", units=3, certificate=fraud)
    record(world, both, certificate(number="9"))
    offers = asked(rescue(world, incident, target=2))
    crews = {world.name(o.organization): world.at_work(o, quantity=1) for o in offers}
    withdrawn = only(world.send(STEWARD, c.WithdrawIssuer(issuer="fraud")))
    assert withdrawn.organizations == 2
    flags = {name: unfit(world, crew) for name, crew in crews.items()}
    assert flags == {"boats": Gate.CERTIFICATE_WITHDRAWN, "both": None}
    again = asked(rescue(world, incident, target=2))
    assert [world.name(offer.organization) for offer in again] == ["both"]
    unknown = c.WithdrawIssuer(issuer="fraud")
    assert world.refused(STEWARD, unknown) is Refusal.CERTIFICATE_UNKNOWN


def test_a_withdrawn_issuer_is_trusted_again_only_by_who_may_withdraw_it() -> None:
    """Given all of an issuer's withdrawn, then a county's steward records none of them anew, nor
    another of the same issuer however it is written; a steward of the whole area may."""
    world, made, _ = boats(certificate(issuer="Fraud"))
    world.grant("keeper", Role.STEWARD, division=world.county)
    world.send(STEWARD, c.WithdrawIssuer(issuer="fraud"))
    for number in ("1", "2"):
        again = certificate(issuer="ＦＲＡＵＤ ", number=number)
        command = c.RecordCertificate(organization=made, certificate=again)
        assert world.refused("keeper", command) is Refusal.ISSUER_WITHDRAWN
    assert kinds(record(world, made, certificate(issuer="Fraud"))) == ["CertificateRecorded"]


def test_a_number_is_the_same_however_it_is_written() -> None:
    """Given a lowered certificate, then its better twin in another spelling is gone with it."""
    world, made, incident = boats(certificate(grade=1, number="ZJ-7"))
    record(world, made, certificate(grade=3, number="ｚｊ-7"))
    assert not asked(rescue(world, incident, grade=2))


def test_a_number_is_one_certificate_and_one_team_s_unless_a_steward_insists() -> None:
    """C8: two teams may not both be asked on one piece of paper, without anybody's word for it.

    The first one is named, however issuer and number are written; it may itself be told anew."""
    world, first, _ = boats(certificate(number="ZJ-7"))
    second = world.organization("others", skill="WATER")
    same = c.RecordCertificate(organization=second, certificate=certificate(number="ｚｊ-7"))
    assert world.refused(STEWARD, same) is Refusal.CERTIFICATE_EXISTS
    assert world.turns[-1].turn.subjects == (first,)
    record(world, first, certificate(number="ZJ-7", grade=3))
    for other in (certificate(number="ZJ-8"), certificate(number="ZJ-7", issuer="某市应急局")):
        assert kinds(record(world, second, other)) == ["CertificateRecorded"]
    assert kinds(world.send(STEWARD, replace(same, insist=True))) == ["CertificateRecorded"]
    for holder in (first, second):  # each of both goes on with it, without insisting again
        record(world, holder, certificate(number="ZJ-7", grade=1))


def test_a_certificate_of_the_wrong_team_is_withdrawn_there_and_recorded_for_the_right_one() -> (
    None
):
    world, wrong, _ = boats(certificate(number="7"))
    right = world.organization("right", skill="WATER")
    world.send(STEWARD, c.WithdrawCertificate(organization=wrong, issuer=ISSUER, number="7"))
    assert kinds(record(world, right, certificate(number="7"))) == ["CertificateRecorded"]
    back = c.RecordCertificate(organization=wrong, certificate=certificate(number="7"))
    assert world.refused(STEWARD, back) is Refusal.CERTIFICATE_EXISTS


def test_of_a_merged_team_the_one_that_stayed_holds_its_certificates() -> None:
    """It may record them as its own; another is refused with the one that stayed."""
    world, merged, _ = boats(certificate(number="7"))
    stayed = world.organization("stayed", skill="WATER")
    other = world.organization("other", skill="WATER")
    world.send(STEWARD, c.MergeOrganizations(organization=stayed, merged=merged))
    same = c.RecordCertificate(organization=other, certificate=certificate(number="7"))
    assert world.refused(STEWARD, same) is Refusal.CERTIFICATE_EXISTS
    assert world.turns[-1].turn.subjects == (stayed,)
    record(world, stayed, certificate(number="7"))


def test_who_is_at_work_on_a_withdrawn_certificate_is_flagged_and_not_called_back() -> None:
    world, _, incident = boats(certificate())
    crew = world.at_work(only(asked(rescue(world, incident))))
    assert unfit(world, crew) is None
    world.send(STEWARD, c.WithdrawIssuer(issuer=ISSUER))
    assert unfit(world, crew) is Gate.CERTIFICATE_WITHDRAWN
    assert world.operation.assignments[crew].live


def test_who_is_at_work_on_a_certificate_that_was_lowered_is_flagged_too() -> None:
    world, made, incident = boats(certificate(grade=1))
    crew = world.at_work(only(asked(rescue(world, incident, grade=2))))
    record(world, made, certificate(grade=3))
    assert unfit(world, crew) is Gate.CERTIFICATE_GRADE


def unfit(world: World, crew: AssignmentId) -> Gate | None:
    row = rows.assignment(world.area, world.operation, world.operation.assignments[crew]).row
    assert isinstance(row, AssignmentRow)
    return row.unfit


# Days


def test_a_certificate_is_good_to_the_end_of_its_last_day_in_china() -> None:
    """C1: valid through the 30th means until midnight in China, which is 16:00 in London."""
    world, made, incident = boats(certificate(through="2025-07-31"))
    world.at = end_of("2025-07-31") - 1
    assert asked(rescue(world, incident))
    world.at += 1
    assert world.at % DAY == 16 * 3_600_000
    assert gate(world, made, rescue(world, incident)) is Gate.CERTIFICATE_EXPIRED


def test_a_certificate_is_good_from_the_beginning_of_its_first_day() -> None:
    """Given one that begins on the next day, then the team is asked at that midnight by itself."""
    world, made, incident = boats(certificate(since="2025-08-01"))
    facts = rescue(world, incident)
    assert gate(world, made, facts) is Gate.CERTIFICATE_NOT_YET
    sent = only(asked(world.until(world.at + 2 * DAY, f.OfferSent)))
    assert (sent.organization, sent.at) == (made, start_of("2025-08-01"))


def test_a_certificate_that_lapses_between_request_and_yes_lets_nobody_go() -> None:
    world, _, incident = boats(certificate(through="2025-07-31"))
    world.at = end_of("2025-07-31") - 60_000
    offer = only(asked(rescue(world, incident)))
    world.at = end_of("2025-07-31")
    yes = c.AcceptOffer(offer=offer.offer, quantity=1)
    assert world.refused("boats", yes) is Refusal.CERTIFICATE_EXPIRED
