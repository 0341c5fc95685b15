"""The commands of the messenger: whom its channels have reached, and whom they could not."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import OfferId, OrganizationId, Reach, Stored

MOST = 200  # in one command


class Reached(Stored):
    """An offer, and the kind of channel that has handed it over first."""

    offer: OfferId
    by: Reach


class RecordReach(Stored, tag="RecordReach.1"):
    """Offers that a channel has handed over, and those that none can hand over.

    What has been answered or recorded meanwhile is passed over.
    """

    reached: Annotated[tuple[Reached, ...], Meta(max_length=MOST)] = ()
    unreachable: Annotated[tuple[OfferId, ...], Meta(max_length=MOST)] = ()


class RestoreReach(Stored, tag="RestoreReach.1"):
    """Organizations that could not be reached, and can be again."""

    organizations: Annotated[tuple[OrganizationId, ...], Meta(min_length=1, max_length=MOST)]
