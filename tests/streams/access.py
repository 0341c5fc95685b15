"""Commands of who lets whom in, for the table of who may do what."""

from collections.abc import Iterator

from schemas import commands as c
from schemas.access import LinkId, LinkReason
from schemas.values import AccountId, DivisionCode, Role

TABLE = {
    "GrantRole": ".RR---R-",
    "EndGrant": ".RR---R-",
    "MakeLink": ".RR---R-",
    "EndSessions": ".RR---R-",
    "ConfirmAccess": "...---.-",  # who of them is a second person: test_second_person
    "UseLink": "RRRRRRRR",  # the server's, who has seen it
}


def commands(account: AccountId, division: DivisionCode) -> Iterator[c.Command]:
    """Each of them, about a desk."""
    link, role = LinkId("link"), Role.DESK
    yield c.GrantRole(account=AccountId("new"), role=role, division=division)
    yield c.EndGrant(account=account, role=role)
    yield c.MakeLink(account=account, role=role, link=link, reason=LinkReason.NEW_DEVICE)
    yield c.EndSessions(account=account, role=role)
    yield c.ConfirmAccess(account=account, role=role)
    yield c.UseLink(account=account, role=role, link=link)
