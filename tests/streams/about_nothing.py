"""Commands about what does not exist."""

from __future__ import annotations

from typing import Any

from schemas import commands as c
from schemas.values import CloseReason, Reception, Role
from tests.streams.world import SEALED


def about_nothing() -> tuple[c.Command, ...]:
    """One of each kind that names something, by an id that nobody has."""
    return (
        c.CloseDemand(demand=unknown(), reason=CloseReason.MET, revision=1),
        c.TakeBackDemand(demand=unknown(), revision=1),
        c.RefileDemand(demand=unknown(), revision=1, incident=unknown()),
        c.DropLine(line=unknown()),
        c.AskByHand(line=unknown(), organization=unknown(), reason=SEALED),
        c.ReceiveCrew(line=unknown(), organization=unknown(), word=Reception.PARKED, quantity=1),
        c.AcceptOffer(offer=unknown(), quantity=1),
        c.SetOff(assignment=unknown()),
        c.VerifyTask(task=unknown()),
        c.CloseIncident(incident=unknown()),
        c.ReopenIncident(incident=unknown()),
        c.SetDuty(organization=unknown(), on_duty=True),
        c.SetHours(organization=unknown(), hours=(), leaves=()),
        c.RecordSafeguards(organization=unknown(), adults_only=True, insured_through=None),
        c.SetEnrollment(organization=unknown(), enrolled=True),
        c.SeparateOrganizations(merged=unknown()),
        c.EndGrant(account=unknown(), role=Role.DESK),
    )


def unknown() -> Any:
    return "nobody-has-this-id"
