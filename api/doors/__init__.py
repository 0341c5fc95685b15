"""The doors: HTTP to a command and back, one file a noun.

`hanging.py` hangs a door, `call.py` carries one request to a durable turn, `body.py` reads what
was sent. The application is handed routers and an entrance, and knows no door by name.
"""

from api.doors import (
    accounts,
    addresses,
    alarms,
    assignments,
    by_hand,
    calling,
    certificates,
    conducting,
    demands,
    desk_numbers,
    drafts,
    ending,
    grouping,
    handing_up,
    head,
    health,
    helpers,
    history,
    holding,
    incidents,
    instructions,
    lines,
    live,
    needs,
    notes,
    offers,
    organizations,
    outside,
    pushing,
    reaching,
    reference,
    refiling,
    replies,
    review,
    scene,
    sealed,
    sessions,
    several,
    situation,
    standby,
    tasks,
    terms,
    told,
)
from api.doors.body import problem_of
from api.doors.description import describe
from api.doors.hanging import Entrance
from api.doors.recording import note_denied

__all__ = ["HEALTH", "OUTSIDE", "ROUTERS", "Entrance", "describe", "note_denied", "problem_of"]

HEALTH = health.router
OUTSIDE = outside.router
ROUTERS = (
    demands.router,
    offers.router,
    told.router,
    needs.router,
    assignments.router,
    scene.router,
    instructions.router,
    sealed.router,
    notes.router,
    helpers.router,
    desk_numbers.router,
    lines.router,
    several.router,
    grouping.router,
    refiling.router,
    standby.router,
    handing_up.router,
    holding.router,
    drafts.router,
    reaching.router,
    pushing.router,
    replies.router,
    live.router,
    conducting.router,
    tasks.router,
    incidents.router,
    organizations.router,
    certificates.router,
    terms.router,
    ending.router,
    accounts.router,
    by_hand.router,
    calling.router,
    addresses.router,
    sessions.router,
    reference.router,
    alarms.router,
    review.router,
    situation.router,
    head.router,
    history.router,
)
"""Below the prefix. The frequent ones first: routes are tried in this order."""
