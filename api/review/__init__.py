"""Questions to the record: the log is read in a process of its own, and never written."""

from api.review.process import Reviews
from api.review.reading import Opened, Query, head, openings, reasons, timeline

__all__ = ["Opened", "Query", "Reviews", "head", "openings", "reasons", "timeline"]
