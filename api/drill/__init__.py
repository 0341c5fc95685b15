"""Players of an exercise: clients of the real doors, each with its own session and stream."""

from api.drill.company import LINK

__all__ = ["LINK"]
