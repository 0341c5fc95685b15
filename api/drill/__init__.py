"""Players of an exercise: clients of the real doors, each with its own session and stream."""

from api.drill.company import LINK, Hopeless
from api.drill.script import REASONS, Script, ScriptUnfit, read_script
from api.drill.script_tables import INJECTS
from api.drill.scripted import Plot, beside

__all__ = [
    "INJECTS",
    "LINK",
    "REASONS",
    "Hopeless",
    "Plot",
    "Script",
    "ScriptUnfit",
    "beside",
    "read_script",
]
