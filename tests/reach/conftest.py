"""Fixtures of the tests of reach: the doors' houses, on real SQLite."""

from tests.api.conftest import house, stage

__all__ = ["house", "stage"]
