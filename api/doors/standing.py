"""What a session may not do that began by a link which nobody has confirmed yet.

It does all the work of its role, so that nothing urgent waits; but whoever could be somebody else
lets nobody in, shuts nobody out, and gets nothing that outlasts the day.
"""

from __future__ import annotations

from api.context import Context
from api.people import Session
from api.problems import Problem


def check_stands(context: Context, session: Session) -> None:
    """Raises Problem `link_waits` as long as the link by which a session began waits."""
    if waits(context, session):
        raise Problem("link_waits")


def waits(context: Context, session: Session) -> bool:
    """Whether the link by which a session began has to be confirmed still."""
    link = context.people.link_behind(session)
    return link is not None and link.confirm_by is not None
