"""The tables of `notices.db`."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS notices (
    id TEXT PRIMARY KEY, offer TEXT NOT NULL, organization TEXT NOT NULL, person TEXT,
    address TEXT NOT NULL, rung TEXT NOT NULL, about TEXT NOT NULL, priority INTEGER NOT NULL,
    channel TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, due INTEGER NOT NULL,
    until INTEGER NOT NULL, why TEXT NOT NULL, reference TEXT NOT NULL, made_at INTEGER NOT NULL,
    sent_at INTEGER, handed_at INTEGER, delivered_at INTEGER, read_at INTEGER, ended_at INTEGER,
    revision INTEGER, item TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS notices_of ON notices (offer);
CREATE INDEX IF NOT EXISTS notices_waiting ON notices (due)
    WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX IF NOT EXISTS notices_to ON notices (address, sent_at);
CREATE INDEX IF NOT EXISTS notices_by ON notices (organization, handed_at);
CREATE INDEX IF NOT EXISTS notices_called ON notices (reference) WHERE reference <> '';
CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, about TEXT NOT NULL, content TEXT NOT NULL,
    made_at INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0, UNIQUE (kind, about)
) STRICT;
CREATE INDEX IF NOT EXISTS reports_open ON reports (number) WHERE NOT done;
CREATE INDEX IF NOT EXISTS reports_made ON reports (kind, made_at);
CREATE TABLE IF NOT EXISTS seen (
    number INTEGER PRIMARY KEY, offer TEXT NOT NULL, at INTEGER NOT NULL,
    what TEXT NOT NULL, by TEXT, UNIQUE (offer, what)
) STRICT;
CREATE TABLE IF NOT EXISTS replies (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, offer TEXT NOT NULL, organization TEXT NOT NULL,
    person TEXT, text BLOB NOT NULL, understood INTEGER NOT NULL, read_by TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pushed (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS replies_unread ON replies (at)
    WHERE read_by IS NULL AND length(text) > 0;
CREATE TABLE IF NOT EXISTS calls (
    id TEXT PRIMARY KEY, offer TEXT NOT NULL, person TEXT, at INTEGER NOT NULL, by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS calls_of ON calls (offer);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
"""
