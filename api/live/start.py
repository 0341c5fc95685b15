"""Where a screen starts, of one moment: which rows it has is settled at once, their bytes are made
where nobody waits for it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from api.live.moves import Entry
from schemas.values import Instant

LARGE: Final = 500  # rows; fewer take the event loop no time worth sparing
PORTION: Final = 200  # rows made at once, so that others are served in between
GZIP: Final = 16 + zlib.MAX_WBITS
LEVEL: Final = 1  # what packs more takes three times as long for a fifth less


class Start(NamedTuple):
    """{"event", "at", "rows"}. Its bytes may be made in any thread, while the board goes on."""

    event: str
    at: Instant
    entries: list[Entry]

    @property
    def is_large(self) -> bool:
        """Whether making its bytes would hold up an event loop."""
        return len(self.entries) >= LARGE

    def plain(self) -> bytes:
        return b"".join(self._pieces())

    def packed(self) -> bytes:
        """As gzip."""
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        found = [packer.compress(piece) for piece in self._pieces()]
        return b"".join((*found, packer.flush()))

    def _pieces(self) -> Iterator[bytes]:
        yield b'{"event":"%s","at":%d,"rows":[' % (self.event.encode(), self.at)
        entries, between = iter(self.entries), b""
        while portion := list(islice(entries, PORTION)):
            yield between + b",".join([entry.encoded for entry in portion])
            between = b","
        yield b"]}"
