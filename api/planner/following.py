"""Following: the state of an area as its log goes on, and what a planner proposes of it."""

from __future__ import annotations

from pathlib import Path

from api.planner.proposing import proposal
from schemas.commands import ProposePlan
from schemas.values import AreaId, OperationId
from schemas.wire import decode_turn
from streams.area import Area
from streams.engines.folder import Divisions, opening
from streams.engines.log_file import Reader
from streams.turning import fold


class Following:
    """One area's state, folded from its log; of each look only what is new."""

    def __init__(self, folder: Path, reader: Reader, area: AreaId) -> None:
        """Raises as `Reader` does; LookupError where the log has no such area."""
        first = decode_turn(reader.stored(area, 1))
        self._reader = reader
        self._area = Area(area, Divisions(folder).tree(opening(first).divisions))

    def read_on(self) -> bool:
        """Fold what the log has meanwhile; whether it was anything. Raises as `Reader` does."""
        before = self._area.sequence
        for stored in self._reader.read(self._area.id, before):
            fold(self._area, stored)
        return self._area.sequence > before

    def proposal(self, operation: OperationId) -> ProposePlan | None:
        """The best plan as of now; None where what is asked is as good, or nobody asks anything."""
        found = self._area.operation(operation)
        return None if found is None or self._area.moved else proposal(self._area, found)
