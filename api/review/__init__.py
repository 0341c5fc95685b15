"""Questions to the record: the log is read in a process of its own, and never written."""

from api.review.process import Reviews
from api.review.reading import Query, head, reasons, timeline

__all__ = ["Query", "Reviews", "head", "reasons", "timeline"]
