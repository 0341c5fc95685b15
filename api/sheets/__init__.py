"""Sheets: the registry as a spreadsheet, read with every doubt named, and written again.

A client of the doors like any other: what a steward may not do by hand, no sheet does.
"""

from api.sheets.columns import Problem, titles
from api.sheets.homes import Homes
from api.sheets.plan import Outcome, Step, judged_alike, plan, taken_back
from api.sheets.reading import Damaged, Table, encoding_of, read, table_of
from api.sheets.reasons import REASONS
from api.sheets.sending import carry_out, compare_persons, persons
from api.sheets.unreadable import Unreadable
from api.sheets.writing import cells, heads, refused, sample, told, write

__all__ = [
    "REASONS",
    "Damaged",
    "Homes",
    "Outcome",
    "Problem",
    "Step",
    "Table",
    "Unreadable",
    "carry_out",
    "cells",
    "compare_persons",
    "encoding_of",
    "heads",
    "judged_alike",
    "persons",
    "plan",
    "read",
    "refused",
    "sample",
    "table_of",
    "taken_back",
    "titles",
    "told",
    "write",
]
