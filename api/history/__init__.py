"""History: every row as it last was, in a file of typed tables that can be built anew at will.

Rules never ask it. Pages read endings from it, reviews count in it, and anybody may open a copy
with the tools they know.
"""

from api.history.exercises import EXERCISES, Entry, Exercise, Exercises, Silent, Zone
from api.history.following import History
from api.history.mapping import OUTCOMES, Places, Point, as_geojson, demand_points, iso, places
from api.history.measuring import Measured, Measures, Span, measures
from api.history.openings import Opening, Openings, openings_seen
from api.history.organizations import Effort, Efforts, work
from api.history.reading import KINDS, HistoryPage, Place, Sight, Wanted, incidents, page
from api.history.rebuilding import Apart, rebuild
from api.history.reporting import Situation, situation
from api.history.scoring import Column, Noticed, Score, score
from api.history.standards import STANDARDS, Standard
from api.history.store import HISTORY, HistoryUnfit, Mark, Store, written
from api.history.tabling import as_csv, as_workbook, measured_rows, worked_rows

__all__ = [
    "EXERCISES",
    "HISTORY",
    "KINDS",
    "OUTCOMES",
    "STANDARDS",
    "Apart",
    "Column",
    "Effort",
    "Efforts",
    "Entry",
    "Exercise",
    "Exercises",
    "History",
    "HistoryPage",
    "HistoryUnfit",
    "Mark",
    "Measured",
    "Measures",
    "Noticed",
    "Opening",
    "Openings",
    "Place",
    "Places",
    "Point",
    "Score",
    "Sight",
    "Silent",
    "Situation",
    "Span",
    "Standard",
    "Store",
    "Wanted",
    "Zone",
    "as_csv",
    "as_geojson",
    "as_workbook",
    "demand_points",
    "incidents",
    "iso",
    "measured_rows",
    "measures",
    "openings_seen",
    "page",
    "places",
    "rebuild",
    "score",
    "situation",
    "work",
    "worked_rows",
    "written",
]
