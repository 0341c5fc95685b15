"""Commands about incidents."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.registry_commands import (
    Digest,
)
from schemas.values import (
    DivisionCode,
    IncidentId,
    Stored,
)

Label = Annotated[str, Meta(pattern="^[a-z0-9-]{0,40}$")]


class OpenIncident(Stored, tag="OpenIncident.1"):
    """Open the one incident of an event; a label links the areas that it touches."""

    hazard: str
    division: DivisionCode
    label: Label = ""


class JoinIncident(Stored, tag="JoinIncident.1"):
    """Let a township take part in an incident that the county opened."""

    incident: IncidentId
    division: DivisionCode


class CloseIncident(Stored, tag="CloseIncident.1"):
    """Close an incident; `live` is the digest of the assignments that this ends, if any are live.

    The digest is SHA-256 over their ids in order, each with a newline, in hexadecimal.
    """

    incident: IncidentId
    live: Digest | None = None


class ReopenIncident(Stored, tag="ReopenIncident.1"):
    """Take a closed incident up again, as long as its key is not destroyed."""

    incident: IncidentId


IncidentCommand = OpenIncident | JoinIncident | CloseIncident | ReopenIncident
