"""Reach: how people whose page is closed are told, and how they answer from outside."""

from api.reach.answers import ANSWERABLE_MS, Addressee, Answering, Answers, open_answers
from api.reach.attending import attend
from api.reach.by_hand import any_way, only_by_hand
from api.reach.channels import (
    KINDS,
    About,
    Broken,
    Channel,
    Dead,
    Handed,
    Kind,
    Message,
    Outbound,
    Outcome,
    Retry,
    Rung,
    Setting,
    Unknown,
    make,
    words,
)
from api.reach.ladder import PACES
from api.reach.notices import (
    ALIVE,
    NOTICES,
    PUSHED,
    Heard,
    Notice,
    Notices,
    Rang,
    open_notices,
    push_secret,
)
from api.reach.overview import Overview, Unreached
from api.reach.poster import ANSWER, SIGN_IN, Sheet, sheet
from api.reach.qr_codes import drawn, in_terminal
from api.reach.receiving import sealed_as
from api.reach.replies import Understood, Word, binding, understood
from api.reach.setups import SETUPS, UNREADABLE, Setup, Setups, open_setups
from api.reach.standing import Standing, shown_by_page, standings
from api.reach.states import State
from api.reach.telling import Telling, place_of

__all__ = [
    "ALIVE",
    "ANSWER",
    "ANSWERABLE_MS",
    "KINDS",
    "NOTICES",
    "PACES",
    "PUSHED",
    "SETUPS",
    "SIGN_IN",
    "UNREADABLE",
    "About",
    "Addressee",
    "Answering",
    "Answers",
    "Broken",
    "Channel",
    "Dead",
    "Handed",
    "Heard",
    "Kind",
    "Message",
    "Notice",
    "Notices",
    "Outbound",
    "Outcome",
    "Overview",
    "Rang",
    "Retry",
    "Rung",
    "Setting",
    "Setup",
    "Setups",
    "Sheet",
    "Standing",
    "State",
    "Telling",
    "Understood",
    "Unknown",
    "Unreached",
    "Word",
    "any_way",
    "attend",
    "binding",
    "drawn",
    "in_terminal",
    "make",
    "only_by_hand",
    "open_answers",
    "open_notices",
    "open_setups",
    "place_of",
    "push_secret",
    "sealed_as",
    "sheet",
    "shown_by_page",
    "standings",
    "understood",
    "words",
]
