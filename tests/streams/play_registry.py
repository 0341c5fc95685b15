"""What stewards and leaders do in the registry, rightly and wrongly: a part of `play`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas import commands as c
from schemas.access import LinkId, LinkReason
from schemas.turns import OWNER
from schemas.values import (
    AccountId,
    Capability,
    Certificate,
    DivisionCode,
    Leave,
    OrganizationId,
    Purpose,
    RegistrationClass,
    Role,
    Shift,
    TimeSource,
)
from streams.entities import Organization
from streams.parameters import DAY, HOUR
from streams.versions import present
from tests.streams.world import COUNTY, STEWARD, VILLAGE, certificate, divisions

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play

SKILLS = ("PUMP_DRAIN", "CATERING", "WATER")
ISSUERS = ("浙江省应急管理厅", "温州市应急管理局")
CREDIT_CODE = "51330300MJ8765432X"
VISITOR = AccountId("visitor")


def begin(play: Play) -> None:
    """An organization that is there from the start, with an account of its own."""
    skill = play.random.choice(SKILLS)
    name = f"organization {len(play.names)}"
    village = VILLAGE if skill != "WATER" and play.chance(0.3) else None
    home = play.random.choice((0, 1)) if village else play.random.randrange(20)
    made = play.world.organization(
        name,
        skill=skill,
        units=play.random.randint(1, 4),
        township=home,
        village=village,
        certificate=_good(play) if skill == "WATER" and play.chance(0.85) else None,
    )
    play.names[made] = name
    if play.chance(0.8):
        play.send(STEWARD, _safeguards_of(play, made, 0.9))


def _certificate(play: Play) -> Certificate:
    """Of any grade; over, over at midnight, or for long; now and then not valid yet."""
    through = play.random.choice(("2025-07-30", "2025-07-31", "2025-08-01", "2026-12-31"))
    begins = (through, "2025-08-01", "2025-08-02")
    return certificate(
        grade=play.random.randint(1, 3),
        number=play.random.choice("12"),
        issuer=play.random.choice(ISSUERS),
        through=through,
        since=play.random.choice(begins) if play.chance(0.3) else None,
    )


def _good(play: Play) -> Certificate:
    """One that a registry takes."""
    made = _certificate(play)
    fits = made.valid_from is None or made.valid_from <= made.valid_through
    return made if fits else replace(made, valid_from=made.valid_through)


def registry(play: Play) -> Attempt:
    organization = play.random.choice(list(play.names))
    known = play.world.area.registry.organizations[organization]
    [act] = play.random.choices([act for _, act in ACTS], [weight for weight, _ in ACTS])
    return act(play, known)


def _duty(play: Play, known: Organization) -> Attempt:
    on_duty = not known.on_duty if play.chance(0.7) else play.chance(0.7)
    return play.names[known.id], c.SetDuty(organization=known.id, on_duty=on_duty)


def _capacity(play: Play, known: Organization) -> Attempt:
    """Mostly of the same skill; now and then of another one as well, or of none."""
    same = [item.skill for item in known.capabilities if play.chance(0.9)]
    skills = dict.fromkeys([*same, *([play.random.choice(SKILLS)] if play.chance(0.3) else [])])
    units = tuple(Capability(skill=skill, units=play.random.randint(0, 4)) for skill in skills)
    actor = STEWARD if play.chance(0.5) else play.names[known.id]
    most = play.random.choice((None, None, 0, 2, 4))
    return actor, c.SetCapacity(organization=known.id, capabilities=units, crews_most=most)


SPANS = ((480, 1080), (1320, 360), (0, 1440), (360, 1320))


def _hours(play: Play, known: Organization) -> Attempt:
    """By day or by night, on most days; a leave that begins soon, now and then one that is over."""
    begins, ends = play.random.choice(SPANS)
    days = [day for day in range(1, 8) if play.chance(0.8)]
    hours = tuple(Shift(day=day, begins=begins, ends=ends) for day in days)
    since = play.world.at + play.random.choice((-HOUR, 0, 2 * HOUR))
    until = since + play.random.choice((2 * HOUR, 10 * HOUR, 3 * DAY, -HOUR))
    leaves = (Leave(begins=since, ends=until),) if play.chance(0.5) else ()
    chosen = hours if play.chance(0.6) else ()
    command = c.SetHours(organization=known.id, hours=chosen, leaves=leaves)
    return play.names[known.id], command


def _safeguards(play: Play, known: Organization) -> Attempt:
    return play.random.choice((STEWARD, COUNTY)), _safeguards_of(play, known.id, 0.7)


def _safeguards_of(play: Play, key: OrganizationId, known: float) -> c.RecordSafeguards:
    """Mostly all that is asked; else not known, not so, or over soon."""
    days = ("2025-07-30", "2025-07-31", "2025-08-01", "2025-13-01", None)
    return c.RecordSafeguards(
        organization=key,
        adults_only=True if play.chance(known) else play.random.choice((None, False)),
        insured_through="2026-12-31" if play.chance(known) else play.random.choice(days),
    )


def _enrollment(play: Play, known: Organization) -> Attempt:
    command = c.SetEnrollment(organization=known.id, enrolled=play.chance(0.7))
    return play.names[known.id], command


def _register(play: Play, known: Organization) -> Attempt:
    """Again under its name and home; if insisted, it is another one that nobody speaks for."""
    command = c.RegisterOrganization(
        name=known.name,
        registration_class=known.registration_class,
        home=known.home,
        place=known.place,
        capabilities=(),
        people=3,
        credit_code=CREDIT_CODE if play.chance(0.3) else None,
        insist=play.chance(0.3),
    )
    return STEWARD, command


def _correct(play: Play, known: Organization) -> Attempt:
    home = known.home
    if play.chance(0.3):
        home = DivisionCode(play.townships[play.random.randrange(20)])
    classes = (known.registration_class, RegistrationClass.REGISTERED, RegistrationClass.FILED)
    command = c.CorrectOrganization(
        organization=known.id,
        name=play.random.choice((known.name, f"{known.name}队")),
        registration_class=play.random.choices(classes, (6, 1, 1))[0],
        home=home,
        place=divisions().seat(home),
        people=known.people,
        credit_code=known.credit_code,
        village=known.village if play.chance(0.8) else play.random.choice((None, "上塘村")),
    )
    return STEWARD, command


def _retire(play: Play, known: Organization) -> Attempt:
    retired = play.pick(row for row in _rows(play) if row.retired)
    if retired is not None and play.chance(0.9):
        return STEWARD, c.ReinstateOrganization(organization=retired.id)
    return STEWARD, c.RetireOrganization(organization=known.id)


def _merge(play: Play, known: Organization) -> Attempt:
    merged = play.pick(row for row in _rows(play) if row.merged_into)
    if merged is not None and play.chance(0.9):
        return STEWARD, c.SeparateOrganizations(merged=merged.id)
    other = play.random.choice(list(play.names))
    merge = c.MergeOrganizations(organization=known.id, merged=other)
    if play.chance(0.5):
        return STEWARD, merge
    play.send(STEWARD, merge)  # and sees at once that they are two
    return STEWARD, c.SeparateOrganizations(merged=other)


def _rows(play: Play) -> list[Organization]:
    return list(play.world.area.registry.organizations.rows.values())


def _certify(play: Play, known: Organization) -> Attempt:
    skilled = [row for row in _rows(play) if any(i.skill == "WATER" for i in row.capabilities)]
    holder = (play.pick(skilled) or known).id
    held, insists = _certificate(play), play.chance(0.7)
    return STEWARD, c.RecordCertificate(organization=holder, certificate=held, insist=insists)


def _withdraw(play: Play, known: Organization) -> Attempt:
    """Mostly one that is there."""
    issuer, number = play.random.choice(ISSUERS), play.random.choice("12")
    holder = play.pick(row for row in _rows(play) if row.certificates) or known
    if holder.certificates and play.chance(0.7):
        word = play.random.choice(holder.certificates).certificate
        issuer, number = word.issuer, word.number
    if play.chance(0.3):
        return STEWARD, c.WithdrawIssuer(issuer=issuer)
    return STEWARD, c.WithdrawCertificate(organization=holder.id, issuer=issuer, number=number)


def _account(play: Play, known: Organization) -> Attempt:
    """Of a visitor, who comes and goes; or of an organization, which gets it back at once."""
    if play.chance(0.5):
        until = play.world.at + play.random.choice((3_600_000, 0))
        grant = c.GrantRole(
            account=VISITOR, role=Role.DESK, division=play.world.township, until=until
        )
        return STEWARD, grant
    if play.chance(0.3):
        return _let_in(play, AccountId(play.names[known.id]))
    if play.chance(0.5):
        return STEWARD, c.EndGrant(account=VISITOR, role=Role.DESK)
    account = AccountId(play.names[known.id])
    play.send(STEWARD, c.EndGrant(account=account, role=Role.ORGANIZATION))
    return STEWARD, c.GrantRole(account=account, role=Role.ORGANIZATION, organization=known.id)


def rarely(play: Play) -> None:
    """What chance alone hardly ever does: a link in use, its second person, its use and its end."""
    account, role = AccountId(next(iter(play.names.values()))), Role.ORGANIZATION
    link = LinkId("the last link")
    reason = next(iter(LinkReason))
    made = c.MakeLink(account=account, role=role, link=link, reason=reason, in_use=True)
    play.send(STEWARD, made)
    play.send(COUNTY, c.ConfirmAccess(account=account, role=role, link=link))
    play.send(OWNER, c.UseLink(account=account, role=role, link=link))
    play.send(STEWARD, c.EndSessions(account=account, role=role))


def _let_in(play: Play, account: AccountId) -> Attempt:
    """A link, and its use; what one has made alone is confirmed; or everybody is signed out."""
    link, role = LinkId(f"link {play.world.at}"), Role.ORGANIZATION
    known = play.world.area.registry.let_in.get(account) or ()
    waits = [each.link for each in known if each.confirm_by is not None]
    if waits and play.chance(0.7):
        return COUNTY, c.ConfirmAccess(account=account, role=role, link=waits[-1])
    if play.chance(0.4):
        return STEWARD, c.EndSessions(account=account, role=role)
    if play.chance(0.4):
        return OWNER, c.UseLink(account=account, role=role, link=link)
    reason, in_use = play.random.choice(list(LinkReason)), play.chance(0.5)
    return STEWARD, c.MakeLink(account=account, role=role, link=link, reason=reason, in_use=in_use)


def _log(play: Play, known: Organization) -> Attempt:
    """The log is open already."""
    command = c.OpenLog(
        purpose=Purpose.EXERCISE,
        time_source=TimeSource.GIVEN,
        area=play.world.area.id,
        divisions=divisions().sha256,
        steward=AccountId(STEWARD),
        rules=present().number,
    )
    return OWNER, command


ACTS: tuple[tuple[int, Callable[[Play, Organization], Attempt]], ...] = (
    (10, _duty),
    (6, _hours),
    (6, _safeguards),
    (1, _enrollment),
    (7, _capacity),
    (1, _register),
    (3, _correct),
    (5, _retire),
    (4, _merge),
    (5, _certify),
    (4, _withdraw),
    (9, _account),
    (1, _log),
)
