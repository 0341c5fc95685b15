"""A folder's persons and addresses for tests, without a server."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw

from api.people import Addresses, Persons, Whose
from api.safe import Vault
from schemas.values import OrganizationId

TEAM = OrganizationId("team")
OTHER = OrganizationId("other")
OF_TEAM = Whose(TEAM, None)
OF_OTHER = Whose(OTHER, None)
TYPED = "139 0577 0001"
NUMBER = "+8613905770001"
HOOK = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


class Book:
    """A folder's persons and addresses, at a time that is the test's to give."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "people.db"
        self.now = 1_790_000_000_000
        self.vault = Vault(folder / "keys.db")
        self.persons = Persons(self.path)
        self.addresses = self.opened()
        self.requests = 0

    def opened(self) -> Addresses:
        return Addresses(self.path, self.vault, lambda: self.now)

    def close(self) -> None:
        for store in (self.addresses, self.persons, self.vault):
            store.close()

    def person(self, telephone: str = TYPED, whose: Whose = OF_TEAM, order: int = 1) -> str:
        return self.persons.add("王五", telephone, **whose._asdict(), order=order)

    def sms(self, person: str, typed: str = TYPED, whose: Whose = OF_TEAM) -> str:
        return self.addresses.add("sms", typed, whose, person=person, by="a")

    def usable(self, typed: str = TYPED, whose: Whose = OF_TEAM, order: int = 1) -> str:
        """A person's verified number with consent to be asked."""
        id = self.sms(self.person(typed, whose, order), typed, whose)
        self.addresses.vouch(id, "called", by="a")
        self.addresses.consent(id, ["ask"], by="a")
        return id

    def code(self, id: str) -> str:
        """Ask for a code, take it as the worker does, and tell that it was sent."""
        self.requests += 1
        self.addresses.verify(id, by="a", request=f"r{self.requests}")
        (waiting,) = self.addresses.to_verify()
        self.addresses.verification_sent(waiting.id, "sent")
        return waiting.code

    def withdrawn(self, id: str) -> list[tuple[str | None, bool]]:
        """How each consent for an address has ended, and whether the time of it is kept."""
        with closing(apsw.Connection(str(self.path))) as store:
            asked = "SELECT withdrawn_how, withdrawn_at IS NOT NULL FROM consents WHERE address = ?"
            return [(how, bool(at)) for how, at in store.execute(asked, (id,))]

    def of_team(self) -> list[list[str]]:
        """Ids of what may be used for the team, by whom."""
        return [[a.id for a in one.addresses] for one in self.addresses.of_organization(TEAM)]
