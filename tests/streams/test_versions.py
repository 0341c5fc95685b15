"""Versions of the rules: any folds, two decide, and what is gone says where it is to be had."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.registry_facts import RulesChanged
from schemas.turns import OWNER
from schemas.values import IncidentId
from schemas.wire import NotReadable, decode_turn
from streams.area import Area
from streams.checkpoint import state_hash
from streams.turning import fold
from streams.verify import Verdict, verify
from streams.versions import LAST_RELEASE, VERSIONS, RulesMissing
from tests.streams.versions import FEWER, second_version
from tests.streams.world import DESK, WENZHOU, World, divisions


def posted(world: World, incident: IncidentId) -> int:
    """How many a demand asks at once."""
    facts = world.send(DESK, world.demand_command(incident))
    return sum(type(fact).__name__ == "OfferSent" for fact in facts)


def upgraded(monkeypatch: pytest.MonkeyPatch) -> tuple[World, int]:
    """A log of which rules 1 decided the first turns and rules 2 the rest; from which turn on."""
    world = World()
    for number in range(12):
        world.organization(f"team-{number}")
    incident = world.incident()
    assert posted(world, incident) > FEWER
    second_version(monkeypatch)
    assert posted(world, incident) > FEWER, "the log goes on by its own rules"
    assert world.send(OWNER, c.ChangeRules(rules=2)) == (
        RulesChanged(rules=2, before=1, at=world.area.at),
    )
    since = world.area.sequence
    assert posted(world, incident) == FEWER
    return world, since


def judged(world: World) -> Verdict:
    return verify(Area(WENZHOU, divisions()), world.log)


def test_a_log_is_decided_by_its_own_version_until_that_is_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, since = upgraded(monkeypatch)
    by = [decode_turn(record).rules for record in world.log]
    assert by == [1] * (since - 1) + [2] * (len(by) - since + 1)
    found = judged(world)
    assert (found.sound, found.replay, found.rules) == (True, "equal", 2)


def test_what_decided_before_is_never_decided_by_the_new_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a program in which version 1 means what 2 does, then verification sees it."""
    world, _ = upgraded(monkeypatch)
    monkeypatch.setitem(VERSIONS, 1, VERSIONS[2]._replace(number=1))
    found = judged(world)
    assert (found.sound, found.replay) == (False, "decided again, facts differs")


def test_rules_change_only_to_a_newer_version_that_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    assert world.refused(OWNER, c.ChangeRules(rules=1)) is Refusal.RULES_UNFIT
    with pytest.raises(RulesMissing, match="replace it first"):
        world.send(OWNER, c.ChangeRules(rules=2))
    second_version(monkeypatch)
    world.send(OWNER, c.ChangeRules(rules=2))
    for rules in (1, 2):
        assert world.refused(OWNER, c.ChangeRules(rules=rules)) is Refusal.RULES_UNFIT
    assert judged(world).sound


def test_a_program_without_the_new_version_stops_at_the_turn_that_changes_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, since = upgraded(monkeypatch)
    monkeypatch.delitem(VERSIONS, 2)
    area = Area(WENZHOU, divisions())
    for record in world.log[: since - 1]:
        fold(area, record)
    with pytest.raises(NotReadable, match="rules 2") as refused:
        fold(area, world.log[since - 1])
    assert refused.value.newer
    found = judged(world)
    assert (found.bad, found.turns) == (since, since - 1)


def test_a_version_that_is_gone_still_folds_and_says_who_can_decide_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, since = upgraded(monkeypatch)
    monkeypatch.delitem(VERSIONS, 1)
    monkeypatch.setitem(LAST_RELEASE, 1, "0.2")
    area = Area(WENZHOU, divisions())
    for record in world.log:
        fold(area, record)
    assert state_hash(area) == state_hash(world.area)
    found = judged(world)
    assert (found.sound, found.state_hash) == (True, state_hash(world.area))
    assert f"turns 1 to {since - 1} by rules 1 are folded" in found.replay
    assert found.replay.endswith("takes release 0.2")


def test_a_log_whose_rules_are_gone_takes_nothing_but_the_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    second_version(monkeypatch)
    monkeypatch.delitem(VERSIONS, 1)
    before = state_hash(world.area)
    with pytest.raises(RulesMissing, match="shouwang rules --change"):
        world.incident()
    assert state_hash(world.area) == before
    world.send(OWNER, c.ChangeRules(rules=2))
    assert world.incident()


def test_two_versions_at_most_are_kept() -> None:
    assert len(VERSIONS) <= 2
    assert all(number == rules.number for number, rules in VERSIONS.items())
    assert not VERSIONS.keys() & LAST_RELEASE.keys()
