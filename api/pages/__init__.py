"""The pages that people see, served from memory."""

from api.pages.assets import site

__all__ = ["site"]
