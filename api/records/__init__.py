"""Records of other origins: read by a profile, every row accounted for, played at their times."""

from api.records.checking import Fault, ProfileUnfit, line_of, loaded, unused
from api.records.divisions import Divisions, DivisionsProfile, divisions, load_divisions_profile
from api.records.fields import Record
from api.records.ledger import Ledger, Refusal
from api.records.life import life
from api.records.placing import OF_PLACES, Ground
from api.records.plan import Met, Plan
from api.records.playing import IMPORT, Player, Stage, Told
from api.records.profile import Profile, load
from api.records.reading import Reader, Reading, Refused, county_of, filed_at
from api.records.reasons import REASONS
from api.records.report import report
from api.records.source import Raw, Source, read

__all__ = [
    "IMPORT",
    "OF_PLACES",
    "REASONS",
    "Divisions",
    "DivisionsProfile",
    "Fault",
    "Ground",
    "Ledger",
    "Met",
    "Plan",
    "Player",
    "Profile",
    "ProfileUnfit",
    "Raw",
    "Reader",
    "Reading",
    "Record",
    "Refusal",
    "Refused",
    "Source",
    "Stage",
    "Told",
    "county_of",
    "divisions",
    "filed_at",
    "life",
    "line_of",
    "load",
    "load_divisions_profile",
    "loaded",
    "read",
    "report",
    "unused",
]
