"""The `shouwang` command line, one file for what belongs together."""

from api.cli.command import main, parser

__all__ = ["main", "parser"]
