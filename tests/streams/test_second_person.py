"""Nobody grants themselves a role; what one person has given ends unless another agrees."""

import pytest

from schemas import commands as c
from schemas.access import GrantReason, LinkId, LinkReason
from schemas.refusals import Refusal
from schemas.registry_facts import AccessConfirmed, LinkMade, RoleGranted
from schemas.turns import OWNER
from schemas.values import AccountId, DivisionCode, Mode, Role
from streams.policy import permit
from streams.present import Present
from tests.streams.world import COUNTY, DESK, STEWARD, World, only

OTHER, NEW, AREA_DESK = AccountId("other"), AccountId("new"), AccountId("area desk")
DAY = 24 * 60


@pytest.fixture
def world() -> World:
    """A live log with a second steward, which the first one has made while there was none."""
    world = World(mode=Mode.ACTUAL)
    world.grant(OTHER, Role.STEWARD, division=world.area.id, reason=GrantReason.NEW_PERSON)
    return world


def grant(
    world: World, by: str = STEWARD, account: str = NEW, role: Role = Role.DESK
) -> RoleGranted:
    command = c.GrantRole(
        account=AccountId(account),
        role=role,
        division=world.township if role is Role.DESK else world.county,
        reason=GrantReason.STANDING_IN,
    )
    made: RoleGranted = only(world.send(by, command), RoleGranted)
    return made


def confirm(account: str = NEW, role: Role = Role.DESK, link: str | None = None) -> c.ConfirmAccess:
    named = None if link is None else LinkId(link)
    return c.ConfirmAccess(account=AccountId(account), role=role, link=named)


def link(
    world: World, account: str, by: str = STEWARD, *, in_use: bool = False, used: bool = True
) -> LinkMade:
    role = Role.STEWARD if account in (STEWARD, OTHER) else Role.DESK
    command = c.MakeLink(
        account=AccountId(account),
        role=role,
        link=LinkId(f"link to {account} of {world.at}"),
        reason=LinkReason.NEW_DEVICE,
        in_use=in_use,
        used=used,
    )
    made: LinkMade = only(world.send(by, command), LinkMade)
    return made


def may(world: World, account: str) -> bool:
    """Whether an account may open an incident in the township just now."""
    command = c.OpenIncident(hazard="typhoon", division=world.township)
    known = Present(world.area, None)
    return permit(known, AccountId(account), command, world.at) is None


def pass_a_day(world: World) -> None:
    world.wait(minutes=DAY)


def test_nobody_grants_a_role_to_themselves_nor_a_wider_scope(world: World) -> None:
    for role in (Role.DESK, Role.STEWARD, Role.REVIEWER):
        command = c.GrantRole(
            account=STEWARD, role=role, division=world.county, reason=GrantReason.CHANGED
        )
        assert world.refused(STEWARD, command) is Refusal.SELF_GRANT
    assert world.area.registry.grants[STEWARD] == world.area.registry.grants[STEWARD][:1]


def test_what_a_first_steward_gives_stands_while_there_is_no_second_person() -> None:
    world = World(mode=Mode.ACTUAL)
    alone = World(mode=Mode.ACTUAL)
    assert [g.confirm_by for g in alone.area.registry.grants[COUNTY]] == [None]
    assert [g.confirm_by for g in world.area.registry.grants[DESK]] == [None]


def test_a_desk_s_grant_works_at_once_takes_a_reason_and_ends_after_a_day(world: World) -> None:
    bare = c.GrantRole(account=NEW, role=Role.DESK, division=world.township)
    assert world.refused(STEWARD, bare) is Refusal.GRANT_REASON_MISSING
    fact = grant(world)
    assert (fact.by, fact.confirm_by) == (STEWARD, world.at + DAY * 60_000)
    assert may(world, NEW)
    pass_a_day(world)
    assert not may(world, NEW)
    assert world.refused(OTHER, confirm()) is Refusal.NOTHING_WAITS


@pytest.mark.parametrize("second", [OTHER, COUNTY])
def test_a_second_steward_or_the_desk_above_lets_it_stand(world: World, second: str) -> None:
    grant(world)
    only(world.send(second, confirm()), AccessConfirmed)
    pass_a_day(world)
    assert may(world, NEW)
    assert world.refused(second, confirm()) is Refusal.NOTHING_WAITS


def test_what_was_to_end_earlier_still_does(world: World) -> None:
    until = world.at + 60_000
    command = c.GrantRole(
        account=NEW,
        role=Role.DESK,
        division=world.township,
        until=until,
        reason=GrantReason.STANDING_IN,
    )
    world.send(STEWARD, command)
    world.send(OTHER, confirm())
    [held] = world.area.registry.grants[NEW]
    assert (held.until, held.confirm_by) == (until, None)


def test_neither_who_gave_it_nor_whom_it_is_for_nor_a_desk_of_the_township_confirms_it(
    world: World,
) -> None:
    grant(world)
    for actor in (STEWARD, NEW, DESK):
        assert world.refused(actor, confirm()) is Refusal.SECOND_PERSON
    assert world.refused("stranger", confirm()) is Refusal.NOT_FOUND


def test_a_second_account_of_ones_own_is_no_second_person(world: World) -> None:
    """Two accounts that a steward makes for himself cannot stand by each other."""
    grant(world, account="mine", role=Role.STEWARD)
    grant(world, account="mine too", role=Role.STEWARD)
    for actor, about in (("mine", "mine too"), ("mine too", "mine"), (STEWARD, "mine")):
        command = confirm(about, Role.STEWARD)
        assert world.refused(actor, command) is Refusal.SECOND_PERSON
    grant(world, "mine")
    world.send(STEWARD, c.EndGrant(account=AccountId("mine"), role=Role.STEWARD))
    for actor in ("mine too", STEWARD):
        assert world.refused(actor, confirm()) is Refusal.SECOND_PERSON
    grant(world, "mine too", account="third")
    link(world, COUNTY, "mine too")
    assert world.refused(COUNTY, confirm("third")) is Refusal.SECOND_PERSON
    only(world.send(OTHER, confirm("third")), AccessConfirmed)


def test_whom_a_steward_has_just_let_in_is_no_second_person_to_him(world: World) -> None:
    """He could be sitting there himself."""
    grant(world)
    link(world, OTHER)
    assert world.refused(OTHER, confirm()) is Refusal.SECOND_PERSON
    world.send(COUNTY, confirm())
    world.wait(minutes=7 * DAY)
    grant(world)
    only(world.send(OTHER, confirm()), AccessConfirmed)


def test_whom_somebody_at_the_machine_has_let_in_is_no_second_person(world: World) -> None:
    grant(world)
    use = c.UseLink(account=OTHER, role=Role.STEWARD, link=LinkId("made at the machine"))
    world.send(OWNER, use)
    assert world.refused(OTHER, confirm()) is Refusal.SECOND_PERSON
    only(world.send(COUNTY, confirm()), AccessConfirmed)


def test_ending_the_other_stewards_leaves_nobody_alone_with_his_word(world: World) -> None:
    world.send(STEWARD, c.EndGrant(account=OTHER, role=Role.STEWARD))
    world.send(STEWARD, c.EndGrant(account=COUNTY, role=Role.DESK))
    assert grant(world).confirm_by is not None


def test_a_steward_whom_nobody_has_confirmed_replaces_no_last_one(world: World) -> None:
    world.send(OTHER, c.EndGrant(account=STEWARD, role=Role.STEWARD))
    command = c.GrantRole(
        account=NEW,
        role=Role.STEWARD,
        division=world.area.id,  # type: ignore[arg-type]  # an area is a division
        reason=GrantReason.NEW_PERSON,
    )
    world.send(OTHER, command)
    end = c.EndGrant(account=OTHER, role=Role.STEWARD)
    assert world.refused(OTHER, end) is Refusal.LAST_STEWARD


def test_a_link_for_who_is_signed_in_is_confirmed_by_its_owner_or_a_second_person(
    world: World,
) -> None:
    made = link(world, DESK, in_use=True)
    assert made.confirm_by == world.at + DAY * 60_000
    command = confirm(DESK, Role.DESK, made.link)
    assert world.refused(STEWARD, command) is Refusal.SECOND_PERSON
    only(world.send(OTHER, command), AccessConfirmed)
    world.wait(minutes=7 * DAY)
    made = link(world, DESK, in_use=True)
    only(world.send(DESK, confirm(DESK, Role.DESK, made.link)), AccessConfirmed)
    mine = link(world, STEWARD, in_use=True)
    own = confirm(STEWARD, Role.STEWARD, mine.link)
    assert world.refused(STEWARD, own) is Refusal.SECOND_PERSON


def test_what_whom_he_has_let_in_gives_is_no_business_of_whoever_let_them_in(world: World) -> None:
    """Given a steward who sits in another one's place; when that one makes a third, and the first
    one stands by it; then it is refused, in use or not, pending or not, and through further hands.
    """
    link(world, OTHER)
    grant(world, by=OTHER, role=Role.STEWARD)
    assert world.refused(STEWARD, confirm(role=Role.STEWARD)) is Refusal.SECOND_PERSON
    link(world, COUNTY, by=OTHER)
    grant(world, account="third")
    assert world.refused(COUNTY, confirm("third")) is Refusal.SECOND_PERSON


def test_a_link_that_rescues_somebody_does_not_hide_who_had_let_them_in_before(
    world: World,
) -> None:
    world.grant("fourth", Role.STEWARD, division=world.area.id, reason=GrantReason.NEW_PERSON)
    world.send(OTHER, confirm("fourth", Role.STEWARD))
    pass_a_day(world)
    link(world, COUNTY)
    world.wait(minutes=1)
    link(world, COUNTY, by=OTHER)
    grant(world)
    assert world.refused(COUNTY, confirm()) is Refusal.SECOND_PERSON


def test_whom_a_steward_has_made_confirms_nothing_of_his_for_a_week(world: World) -> None:
    """He may have kept the first link, also where somebody has agreed to the role since."""
    grant(world, account="mine", role=Role.STEWARD)
    world.send(OTHER, confirm("mine", Role.STEWARD))
    grant(world)
    assert world.refused("mine", confirm()) is Refusal.SECOND_PERSON
    world.wait(minutes=7 * DAY)
    grant(world, account="next")
    only(world.send("mine", confirm("next")), AccessConfirmed)


def test_a_link_waits_whoever_is_signed_in_just_now(world: World) -> None:
    """Given an account that was in use; when somebody signs it out first, and makes a link; then
    that waits all the same."""
    made = link(world, COUNTY)
    assert made.confirm_by == world.at + DAY * 60_000
    command = confirm(COUNTY, Role.DESK, made.link)
    assert world.refused(STEWARD, command) is Refusal.SECOND_PERSON
    only(world.send(OTHER, command), AccessConfirmed)


def test_where_there_never_was_anybody_else_a_lone_steward_s_link_stands() -> None:
    """Whose phone is at the bottom of the river is let in for good, and can go on for a week."""
    world = World(mode=Mode.ACTUAL)
    far = DivisionCode("330381001")  # in a county without a desk
    world.grant("far", Role.DESK, division=far)
    assert link(world, "far").confirm_by is None
    assert link(world, "far", in_use=True).confirm_by is not None, "its owner may say so"
    assert link(world, DESK).confirm_by is not None, "there is a county's desk"


def test_a_first_link_waits_for_nobody(world: World) -> None:
    made = link(world, DESK, used=False)
    assert made.confirm_by is None
    assert world.refused(OTHER, confirm(DESK, Role.DESK, made.link)) is Refusal.NOTHING_WAITS
    assert world.refused(OTHER, confirm(DESK, Role.DESK, "another")) is Refusal.NOTHING_WAITS


def test_an_exercise_asks_for_no_second_person() -> None:
    world = World()
    world.grant(OTHER, Role.STEWARD, division=world.area.id)
    assert grant(world).confirm_by is None
