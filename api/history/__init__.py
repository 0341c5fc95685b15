"""History: every row as it last was, in a file of typed tables that can be built anew at will.

Rules never ask it. Pages read endings from it, reviews count in it, and anybody may open a copy
with the tools they know.
"""

from api.history.following import History
from api.history.measuring import Measured, Measures, Span, as_csv, measures
from api.history.reading import KINDS, HistoryPage, Place, Sight, Wanted, incidents, page
from api.history.rebuilding import Apart, rebuild
from api.history.reporting import Situation, situation
from api.history.store import HISTORY, HistoryUnfit, Mark, Store, written

__all__ = [
    "HISTORY",
    "KINDS",
    "Apart",
    "History",
    "HistoryPage",
    "HistoryUnfit",
    "Mark",
    "Measured",
    "Measures",
    "Place",
    "Sight",
    "Situation",
    "Span",
    "Store",
    "Wanted",
    "as_csv",
    "incidents",
    "measures",
    "page",
    "rebuild",
    "situation",
    "written",
]
