"""The registry in the table of states: its worlds, and its commands as a steward sends them."""

from __future__ import annotations

from schemas import commands as c
from schemas.access import LinkId, LinkReason
from schemas.turns import DELIVERY, OWNER
from schemas.values import AccountId, Capability, Instant, Role, Shift
from streams.days import start_of
from streams.parameters import SECOND
from tests.streams.state_commands import Row, Sent
from tests.streams.state_worlds import NEAR, Scene, opened, posted
from tests.streams.world import COUNTY, DESK, SEALED, START, STEWARD, World, certificate

PUMPS = (Capability(skill="PUMP_DRAIN", units=3),)
NEWCOMER = AccountId("newcomer")

# Organizations: `resting` is nowhere asked or at work


def waiting() -> Scene:
    """A line is short for which the organization could be asked, were it on duty."""
    scene = opened()
    for organization in (scene.organization, scene.other):
        scene.world.send(STEWARD, c.SetDuty(organization=organization, on_duty=False))
    return posted(scene)


def on_duty() -> Scene:
    """It is being asked."""
    scene = waiting()
    scene.world.send(STEWARD, c.SetDuty(organization=scene.resting, on_duty=True))
    scene.world.wait(minutes=0)
    return scene


def unreachable() -> Scene:
    """It was asked, and the messenger could not hand it over."""
    scene = on_duty()
    [sent] = scene.world.operation.offers_to.of(scene.resting)
    scene.world.send(DELIVERY, c.RecordReach(unreachable=(sent.id,)))
    return scene


def retired() -> Scene:
    scene = waiting()
    scene.world.send(STEWARD, c.RetireOrganization(organization=scene.resting))
    return scene


def merged() -> Scene:
    scene = waiting()
    together = c.MergeOrganizations(organization=scene.other, merged=scene.resting)
    scene.world.send(STEWARD, together)
    return scene


# Certificates: `organization` is the holder


def certified(through: str = "2026-12-31", at: Instant = START) -> Scene:
    """A rescue team, and a line that asks for its grade."""
    world = World()
    world.at = at
    team = world.organization(NEAR, skill="WATER", certificate=certificate(through=through))
    scene = Scene(world, team, team, team, world.incident())
    return posted(scene, skill="WATER", grade=2)


def expired() -> Scene:
    """It ran out at midnight, while its holder had been asked."""
    midnight = start_of("2025-08-01")
    scene = certified("2025-07-31", at=midnight - 30 * SECOND)
    scene.world.until(midnight)
    return scene


def withdrawn() -> Scene:
    scene = certified()
    known = certificate()
    scene.world.send(
        STEWARD,
        c.WithdrawCertificate(
            organization=scene.organization, issuer=known.issuer, number=known.number
        ),
    )
    return scene


# What is sent about them


def again(scene: Scene, *, insist: bool = False) -> Sent:
    """The same name at the same home once more."""
    known = scene.world.area.registry.organizations[scene.resting]
    return STEWARD, c.RegisterOrganization(
        name=known.name,
        registration_class=known.registration_class,
        home=known.home,
        place=known.place,
        capabilities=known.capabilities,
        people=known.people,
        insist=insist,
    )


ALL_WEEK = tuple(Shift(day=day, begins=0, ends=1440) for day in range(1, 8))

ORGANIZATION = (
    Row(c.RegisterOrganization, "the same again", again),
    Row(c.RegisterOrganization, "the same again, insisting", lambda s: again(s, insist=True)),
    Row(
        c.CorrectOrganization,
        "its name",
        lambda s: (STEWARD, s.world.entry(s.resting, name="rested")),
    ),
    Row(
        c.SetDuty,
        "on, by itself",
        lambda s: (s.world.name(s.resting), c.SetDuty(organization=s.resting, on_duty=True)),
    ),
    Row(
        c.SetDuty,
        "off, by itself",
        lambda s: (s.world.name(s.resting), c.SetDuty(organization=s.resting, on_duty=False)),
    ),
    Row(
        c.SetCapacity,
        "by itself",
        lambda s: (
            s.world.name(s.resting),
            c.SetCapacity(organization=s.resting, capabilities=PUMPS),
        ),
    ),
    Row(
        c.SetHours,
        "all week, by itself",
        lambda s: (
            s.world.name(s.resting),
            c.SetHours(organization=s.resting, hours=ALL_WEEK, leaves=()),
        ),
    ),
    Row(
        c.RecordSafeguards,
        "by the desk",
        lambda s: (
            DESK,
            c.RecordSafeguards(
                organization=s.resting, adults_only=True, insured_through="2026-12-31"
            ),
        ),
    ),
    Row(
        c.SetEnrollment,
        "by itself",
        lambda s: (
            s.world.name(s.resting),
            c.SetEnrollment(organization=s.resting, enrolled=True),
        ),
    ),
    Row(
        c.RestoreReach,
        "by the messenger",
        lambda s: (DELIVERY, c.RestoreReach(organizations=(s.resting,))),
    ),
    Row(
        c.RetireOrganization,
        "",
        lambda s: (STEWARD, c.RetireOrganization(organization=s.resting)),
    ),
    Row(
        c.ReinstateOrganization,
        "",
        lambda s: (STEWARD, c.ReinstateOrganization(organization=s.resting)),
    ),
    Row(
        c.MergeOrganizations,
        "into another",
        lambda s: (STEWARD, c.MergeOrganizations(organization=s.organization, merged=s.resting)),
    ),
    Row(
        c.MergeOrganizations,
        "another into it",
        lambda s: (STEWARD, c.MergeOrganizations(organization=s.resting, merged=s.organization)),
    ),
    Row(
        c.SeparateOrganizations,
        "",
        lambda s: (STEWARD, c.SeparateOrganizations(merged=s.resting)),
    ),
    Row(
        c.AskByHand,
        "it",
        lambda s: (DESK, c.AskByHand(line=s.line, organization=s.resting, reason=SEALED)),
    ),
    Row(
        c.GrantRole,
        "to speak for it",
        lambda s: (
            STEWARD,
            c.GrantRole(account=NEWCOMER, role=Role.ORGANIZATION, organization=s.resting),
        ),
    ),
)

CERTIFICATE = (
    Row(
        c.RecordCertificate,
        "the same number, good",
        lambda s: (
            STEWARD,
            c.RecordCertificate(organization=s.organization, certificate=certificate()),
        ),
    ),
    Row(
        c.RecordCertificate,
        "the same number, lower",
        lambda s: (
            STEWARD,
            c.RecordCertificate(organization=s.organization, certificate=certificate(grade=3)),
        ),
    ),
    Row(
        c.WithdrawCertificate,
        "",
        lambda s: (
            STEWARD,
            c.WithdrawCertificate(
                organization=s.organization,
                issuer=certificate().issuer,
                number=certificate().number,
            ),
        ),
    ),
    Row(
        c.WithdrawIssuer,
        "",
        lambda _: (STEWARD, c.WithdrawIssuer(issuer=certificate().issuer)),
    ),
    Row(
        c.AskByHand,
        "its holder",
        lambda s: (DESK, c.AskByHand(line=s.line, organization=s.organization, reason=SEALED)),
    ),
    Row(
        c.AcceptOffer,
        "by its holder",
        lambda s: (NEAR, c.AcceptOffer(offer=s.offer, quantity=1)),
    ),
)


def granted() -> Scene:
    scene = opened()
    scene.world.grant(NEWCOMER, Role.DESK, division=scene.world.township)
    return scene


def let_in() -> Scene:
    """A link for somebody who is signed in waits to be confirmed."""
    scene = granted()
    command = c.MakeLink(
        account=NEWCOMER,
        role=Role.DESK,
        link=LinkId("in use"),
        reason=LinkReason.NEW_DEVICE,
        in_use=True,
    )
    scene.world.send(STEWARD, command)
    return scene


GRANT = (
    Row(
        c.GrantRole,
        "",
        lambda s: (
            STEWARD,
            c.GrantRole(account=NEWCOMER, role=Role.DESK, division=s.world.township),
        ),
    ),
    Row(c.EndGrant, "", lambda _: (STEWARD, c.EndGrant(account=NEWCOMER, role=Role.DESK))),
    Row(
        c.MakeLink,
        "",
        lambda _: (
            STEWARD,
            c.MakeLink(
                account=NEWCOMER,
                role=Role.DESK,
                link=LinkId("link"),
                reason=LinkReason.DEVICE_LOST,
            ),
        ),
    ),
    Row(
        c.UseLink,
        "",
        lambda _: (
            OWNER,
            c.UseLink(account=NEWCOMER, role=Role.DESK, link=LinkId("link")),
        ),
    ),
    Row(
        c.ConfirmAccess,
        "",
        lambda _: (
            COUNTY,
            c.ConfirmAccess(account=NEWCOMER, role=Role.DESK, link=LinkId("in use")),
        ),
    ),
    Row(c.EndSessions, "", lambda _: (STEWARD, c.EndSessions(account=NEWCOMER, role=Role.DESK))),
    Row(
        c.OpenIncident,
        "with it",
        lambda s: (NEWCOMER, c.OpenIncident(hazard="rainstorm_flood", division=s.world.township)),
    ),
)
