"""Commands from the scene: that a crew is well, and how many of it are in danger."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import AssignmentId, People, Stored

Heads = Annotated[int, Meta(ge=0, le=10_000)]


class CheckIn(Stored, tag="CheckIn.1"):
    """All well on the scene, with so many people where that has changed; being there is implied."""

    assignment: AssignmentId
    people: People | None = None


class CountHeads(Stored, tag="CountHeads.1"):
    """So many of the crew are inside the danger zone now; being on the scene is implied."""

    assignment: AssignmentId
    inside: Heads


SceneCommand = CheckIn | CountHeads
