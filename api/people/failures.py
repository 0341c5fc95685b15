"""Failed sign-ins by address: who keeps failing only hears to wait."""

from __future__ import annotations

from typing import Final

FAILURES_MAX: Final = 10  # failed sign-ins from one address within FAILURES_MS
FAILURES_MS: Final = 60_000
ADDRESSES_MAX: Final = 10_000


class Failures:
    """Failed sign-ins by address, each address over one minute.

    Only failures are answered differently: a good link opens also behind an address from which
    somebody else keeps guessing. Nobody can guess 256 bits, and nobody can lock a desk out.
    """

    def __init__(self) -> None:
        self._counted: dict[str, tuple[int, int]] = {}

    def note(self, address: str, now: int) -> bool:
        """Count one more; whether that is too many."""
        if len(self._counted) >= ADDRESSES_MAX:
            self._counted.clear()
        since, count = self._of_late(address, now)
        self._counted[address] = since, count + 1
        return count + 1 > FAILURES_MAX

    def many(self, address: str, now: int) -> bool:
        """Whether one more would be too many."""
        return self._of_late(address, now)[1] >= FAILURES_MAX

    def _of_late(self, address: str, now: int) -> tuple[int, int]:
        """Since when they are counted, and how many there are."""
        since, count = self._counted.get(address, (now, 0))
        return (since, count) if now - since <= FAILURES_MS else (now, 0)
