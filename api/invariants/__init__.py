"""A second opinion on a log: invariants, looked for in its JSON by code that knows no rules.

`shouwang verify` decides a log again with the rules that wrote it: a wrong rule is wrong twice.
This room imports nothing of `streams`, `schemas` or `geo`, and import-linter holds it to that.
"""

from api.invariants.checker import Checker, Finding, check
from api.invariants.law import Invariant

__all__ = ["Checker", "Finding", "Invariant", "check"]
