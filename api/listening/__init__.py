"""Listening: connections and their bounds, how many, from whom; https of one's own."""

from api.listening.keeper import Keeper
from api.listening.open_files import BACKLOG, CONNECTIONS_MAX, most_connections
from api.listening.own_https import NameNotCovered, Papers, der, never_covered, papers_for
from api.listening.root_page import CERTIFICATE, page_of_root
from api.listening.server import Manner, Server
from api.listening.whereabouts import note_served, trusting, untrusted, where_served

__all__ = [
    "BACKLOG",
    "CERTIFICATE",
    "CONNECTIONS_MAX",
    "Keeper",
    "Manner",
    "NameNotCovered",
    "Papers",
    "Server",
    "der",
    "most_connections",
    "never_covered",
    "note_served",
    "page_of_root",
    "papers_for",
    "trusting",
    "untrusted",
    "where_served",
]
