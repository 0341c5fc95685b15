"""Where a screen starts, of one moment: which rows it has is settled at once, their bytes are made
where nobody waits for it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from api.live.attention import worst_first
from api.live.moves import Entry
from schemas.values import Instant

LARGE: Final = 500  # rows; fewer take the event loop no time worth sparing
PORTION: Final = 200  # rows made at once, so that others are served in between
GZIP: Final = 16 + zlib.MAX_WBITS
LEVEL: Final = 1  # what packs more takes three times as long for a fifth less


class Start(NamedTuple):
    """{"event", "at", "rows"}, a row a line. Its bytes may be made in any thread, while the board
    goes on."""

    event: str
    at: Instant
    entries: list[Entry]

    @property
    def is_large(self) -> bool:
        """Whether making its bytes would hold up an event loop."""
        return len(self.entries) >= LARGE

    def plain(self) -> bytes:
        """As JSON, whole."""
        return b"".join(self._pieces(self.entries))

    def pieces(self) -> Iterator[bytes]:
        """As JSON, the worst first: whoever reads it as it comes sees what matters at once."""
        return self._pieces(worst_first(self.entries))

    def packed(self) -> Iterator[bytes]:
        """The same as gzip, of which each piece can be read by itself."""
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        for piece in self.pieces():
            yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
        yield packer.flush()

    def _pieces(self, entries: list[Entry]) -> Iterator[bytes]:
        head = b'{"event":"%s","at":%d,"rows":[\n' % (self.event.encode(), self.at)
        left, between = iter(entries), b""
        while portion := list(islice(left, PORTION)):
            yield head + between + b",\n".join([entry.encoded for entry in portion])
            head, between = b"", b",\n"
        yield head + b"\n]}\n"
