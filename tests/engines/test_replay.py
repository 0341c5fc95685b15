"""A log decided again is the same to the byte; one that was altered is found out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from schemas.facts import OfferSent
from schemas.wire import decode_turn, digest, encode
from streams.engines.folder import LOG, FolderUnfit
from tests.engines.forging import rewrite
from tests.engines.given import EmbeddedBench, verdict

Alter = Callable[[OfferSent, list[bytes]], OfferSent]

ROOT = Path(__file__).parent.parent.parent
ELSEWHERE = [
    pytest.param({"PYTHONHASHSEED": "77", "TZ": "America/New_York", "LC_ALL": "C"}, id="new-york"),
    pytest.param(
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}, id="shanghai"
    ),
    pytest.param({"PYTHONHASHSEED": "random", "TZ": "UTC", "PYTHONOPTIMIZE": "1"}, id="optimized"),
]


@pytest.mark.parametrize("environment", ELSEWHERE)
async def test_another_process_elsewhere_writes_the_same_bytes(
    folder: EmbeddedBench, log: list[bytes], environment: dict[str, str]
) -> None:
    again = subprocess.run(  # noqa: ASYNC221  # nothing else is to happen meanwhile
        [sys.executable, "-m", "tests.engines.again", str(folder.path), "3303"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    assert again.stdout.splitlines() == log


def elsewhere(offer: OfferSent, _log: list[bytes]) -> OfferSent:
    return msgspec.structs.replace(offer, meters=offer.meters + 1)


def to_somebody_else(offer: OfferSent, log: list[bytes]) -> OfferSent:
    asked = [fact.organization for fact in offers(log)]
    other = next(organization for organization in asked if organization != offer.organization)
    return msgspec.structs.replace(offer, organization=other)


@pytest.mark.parametrize("alter", [elsewhere, to_somebody_else])
async def test_an_altered_decision_is_found_although_the_chain_was_made_anew(
    log: list[bytes], alter: Alter
) -> None:
    place = first_offer(log)
    forged = rechained(log, place, altered(log, place, alter))
    assert len(forged) == len(log)
    assert forged[-1] != log[-1]
    found = verdict(forged)
    assert (found.chain, found.bad) == ("ok", place + 1)
    assert found.replay == "decided again, facts differs"
    assert not found.sound


async def test_a_turn_altered_alone_breaks_the_chain(log: list[bytes]) -> None:
    place = first_offer(log)
    forged = list(log)
    forged[place] = altered(log, place, elsewhere)
    found = verdict(forged)
    assert not found.sound
    assert found.bad == place + 1


@pytest.mark.parametrize("remove", ["first", "middle"])
async def test_a_missing_turn_breaks_the_chain(log: list[bytes], remove: str) -> None:
    place = 0 if remove == "first" else len(log) // 2
    found = verdict(log[:place] + log[place + 1 :])
    assert (found.bad, found.chain) == (
        place + 1,
        f"sequence {place + 2} where {place + 1} belongs",
    )


async def test_a_log_with_a_broken_chain_is_not_opened(
    folder: EmbeddedBench, log: list[bytes]
) -> None:
    place = first_offer(log)
    forged = altered(log, place, elsewhere)
    rewrite(folder.path / LOG, place + 1, lambda _: forged)
    with pytest.raises(FolderUnfit, match=f"broken at turn {place + 2}"):
        folder.open()


def offers(log: list[bytes]) -> list[OfferSent]:
    facts = (fact for record in log for fact in decode_turn(record).facts)
    return [fact for fact in facts if isinstance(fact, OfferSent)]


def first_offer(log: list[bytes]) -> int:
    """Where in the log the first offer was decided."""
    return next(n for n, record in enumerate(log) if b"OfferSent" in record)


def altered(log: list[bytes], place: int, alter: Alter) -> bytes:
    """A turn of the log with its first offer altered."""
    turn = decode_turn(log[place])
    first = next(fact for fact in turn.facts if isinstance(fact, OfferSent))
    facts = tuple(alter(first, log) if fact is first else fact for fact in turn.facts)
    return encode(msgspec.structs.replace(turn, facts=facts))


def rechained(log: list[bytes], place: int, forgery: bytes) -> list[bytes]:
    """The log with one turn replaced, and every later one linked to what is now before it."""
    forged = [*log[:place], forgery]
    for record in log[place + 1 :]:
        linked = msgspec.structs.replace(decode_turn(record), previous=digest(forged[-1]))
        forged.append(encode(linked))
    return forged
