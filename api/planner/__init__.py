"""The planner beside the server: all short lines together, proposed to the rules, which dispose."""

from api.planner.carrying import carry, put, waits
from api.planner.following import Following

__all__ = ["Following", "carry", "put", "waits"]
