"""The states of a notice: how far one message to one address has come. The rank only rises.

```
queued → sending → handed → delivered → read → answered
            └→ unknown → (the provider is asked) → handed | queued | failed
failed · expired · canceled
```
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # durable before the request goes out
    UNKNOWN = "unknown"  # it may have gone out
    FAILED = "failed"
    EXPIRED = "expired"  # its time was over before it could go out
    CANCELED = "canceled"  # needed no longer
    HANDED = "handed"
    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"


WAITING: Final = (State.QUEUED, State.SENDING, State.UNKNOWN)
ARRIVED: Final = (State.HANDED, State.DELIVERED, State.READ, State.ANSWERED)

_RANK: Final = {state: rank for rank, state in enumerate(ARRIVED)}


def told(before: State, receipt: State) -> State:
    """The state after a receipt: repeated, overtaking and contradicting ones change nothing.

    A late "delivered" lifts a failure; a failure after "delivered" is passed over, and so is one
    that says no more than we know.
    """
    if receipt in _RANK:
        return receipt if _RANK[receipt] > _RANK.get(before, -1) else before
    if receipt is State.FAILED and before in (*WAITING, State.HANDED):
        return State.FAILED
    return before
