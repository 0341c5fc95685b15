"""Matching: who is asked for a line, in which order, how many at once, and why (not)."""
