"""A proposal lies in the folder until the server takes it; what is none is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.planner.carrying import BYTES_MOST, PLAN, put, take, waits
from schemas.values import LineId, OrganizationId
from tests.streams.plans import pair, plan_of

SOME = plan_of(pair(LineId("line"), OrganizationId("organization")))


def test_what_is_put_is_taken_once(tmp_path: Path) -> None:
    put(tmp_path, SOME)
    assert waits(tmp_path)
    assert take(tmp_path) == SOME
    assert take(tmp_path) is None
    assert not waits(tmp_path)


def test_the_newest_counts(tmp_path: Path) -> None:
    put(tmp_path, plan_of(pair(LineId("x"), OrganizationId("y"))))
    put(tmp_path, SOME)
    assert take(tmp_path) == SOME


@pytest.mark.parametrize("told", [b"", b"{}", b"\xff", b"[1]", b"x" * (BYTES_MOST + 1)])
def test_what_is_no_proposal_is_passed_over_and_gone(
    tmp_path: Path, told: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / PLAN).write_bytes(told)
    assert take(tmp_path) is None
    assert not waits(tmp_path)
    assert "no proposal" in caplog.text


def test_ten_thousand_pairs_are_no_proposal(tmp_path: Path) -> None:
    put(tmp_path, plan_of(*(pair(LineId("x"), OrganizationId("y")) for _ in range(10_000))))
    assert take(tmp_path) is None
