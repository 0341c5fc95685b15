"""Appeals: what everybody may read of a demand, once its desk has said so.

Off until then. The public reads of it what is short of which skill in which township, since when
and how urgent, and the few words that its desk has written for it; never who, where exactly, or
who goes there.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.demand_commands import PublicText, Revision
from schemas.values import AccountId, DemandId, Instant, Stored

AppealText = Annotated[str, Meta(min_length=1, max_length=200)]


class Appeal(Stored):
    """The words for the public, if any, and since when it may read of the demand."""

    text: str | None
    since: Instant


class AppealView(Stored):
    """An appeal as its desk sees it. `shown`: the public reads it now, for units are missing."""

    text: str | None
    since: Instant
    shown: bool


class MakeAppeal(Stored, tag="MakeAppeal.1"):
    """Let everybody read what a demand lacks, with a few words written for the public.

    `public_numbers`: why numbers of persons in these words are to be read by everybody.
    """

    demand: DemandId
    revision: Revision
    text: AppealText | None = None
    public_numbers: PublicText | None = None


class EndAppeal(Stored, tag="EndAppeal.1"):
    """Nobody but those who are asked reads of the demand any longer."""

    demand: DemandId


class AppealMade(Stored, tag="AppealMade.1"):
    """Everybody may read what a demand lacks, until its desk ends that, or the demand ends.

    While nothing is missing, or nobody is asked for it, nothing of it is to be read.
    """

    demand: DemandId
    account: AccountId
    text: AppealText | None
    public_numbers: PublicText | None
    at: Instant


class AppealEnded(Stored, tag="AppealEnded.1"):
    demand: DemandId
    account: AccountId
    at: Instant


AppealCommand = MakeAppeal | EndAppeal
AppealFact = AppealMade | AppealEnded
