"""What a user would search with instead, each as well set up as we know: PostGIS and Redis.

Both on this machine alone, over a socket in a folder of their own, without what makes a
write durable. PostGIS: one table and one GiST index (geography, so exact) for each skill, over
whoever is available; statements prepared, answers in one trip. Redis: one geo set for each
skill over whoever is available, searched by a script in one trip, in rings that double.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.bench.matching_land import SKILLS, WANTED, Land, Need, One

FARTHEST = 3_000_000  # meters: nobody is farther
WAIT_S = 60.0


class Missing(Exception):
    """A peer that this machine does not have; says what to install."""


# --- PostGIS -----------------------------------------------------------------------------------

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "on",
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "random_page_cost": "1.0",
    "plan_cache_mode": "force_generic_plan",
    "max_parallel_workers_per_gather": "0",
}


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        raise Missing("no PostGIS (Debian, as root: deploy/install-postgis.sh)")
    return found[-1].parent


def _as_postgres() -> dict[str, Any]:
    """It refuses to run as root."""
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def _postgres() -> Iterator[Path]:
    programs, account = _programs(), _as_postgres()
    folder = Path(mkdtemp(prefix="shouwang-pg-"))
    if account:
        os.chown(folder, account["user"], account["group"])
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "bench", "-A", "trust", "-N"],
        check=True, capture_output=True, cwd=folder, **account,
    )  # fmt: skip
    flags = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [programs / "postgres", "-D", folder / "data", "-k", folder, *flags],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **account,
    )  # fmt: skip
    try:
        yield folder
    finally:
        server.terminate()
        server.wait(WAIT_S)
        shutil.rmtree(folder, ignore_errors=True)


class Connection:
    """Straight through PostgreSQL's own C library: no client between it and the figures."""

    def __init__(self, folder: Path) -> None:
        name = "libpq.so.5"
        try:
            self._pq = ctypes.PyDLL(name)
        except OSError:
            raise Missing(f"no {name} (Debian: libpq5)") from None
        for function in ("connectdb", "exec", "prepare", "execPrepared", "getResult"):
            getattr(self._pq, f"PQ{function}").restype = ctypes.c_void_p
        for function in ("PQgetvalue", "PQerrorMessage"):
            getattr(self._pq, function).restype = ctypes.c_char_p
        self._link = ctypes.c_void_p()
        until = time.monotonic() + WAIT_S
        while True:
            self._link = ctypes.c_void_p(
                self._pq.PQconnectdb(f"host={folder} user=bench dbname=postgres".encode())
            )
            if not self._pq.PQstatus(self._link):
                break
            self._pq.PQfinish(self._link)
            assert time.monotonic() < until, "PostgreSQL does not answer"
            time.sleep(0.1)

    def run(self, statement: str) -> None:
        self._taken(self._pq.PQexec(self._link, statement.encode()))

    def prepare(self, name: str, statement: str) -> None:
        self._taken(self._pq.PQprepare(self._link, name.encode(), statement.encode(), 0, None))

    def call(self, name: bytes, *values: bytes) -> list[bytes]:
        """The first column of what a prepared statement answers."""
        given = (ctypes.c_char_p * len(values))(*values)
        result = self._pq.PQexecPrepared(self._link, name, len(values), given, None, None, 0)
        return self._taken(result)

    def copy(self, table: str, rows: str) -> None:
        self._pq.PQclear(
            ctypes.c_void_p(self._pq.PQexec(self._link, f"COPY {table} FROM STDIN".encode()))
        )
        data = rows.encode()
        assert self._pq.PQputCopyData(self._link, data, len(data)) == 1
        assert self._pq.PQputCopyEnd(self._link, None) == 1
        while result := self._pq.PQgetResult(self._link):
            self._taken(result)

    def close(self) -> None:
        self._pq.PQfinish(self._link)

    def _taken(self, result: int) -> list[bytes]:
        held = ctypes.c_void_p(result)
        if self._pq.PQresultStatus(held) not in (1, 2):
            raise RuntimeError(self._pq.PQerrorMessage(self._link).decode())
        rows = range(self._pq.PQntuples(held))
        found = [self._pq.PQgetvalue(held, row, 0) for row in rows]
        self._pq.PQclear(held)
        return found


class PostGIS:
    """One table for each skill."""

    def __init__(self, land: Land, connection: Connection) -> None:
        self._link = connection
        self._pins: dict[int, set[int]] = {}
        connection.run("SET client_min_messages = warning")
        connection.run("CREATE EXTENSION IF NOT EXISTS postgis")
        rows: list[list[str]] = [[] for _ in range(SKILLS)]
        for number, one in enumerate(land.ones):
            point = f"SRID=4326;POINT({one.spot.lon:.7f} {one.spot.lat:.7f})"
            for skill in one.skills:
                rows[skill].append(f"{number}\t{_signed(one.mask)}\t{_said(one)}\t{point}\n")
        for skill, of in enumerate(rows):
            self._table(skill, "".join(of))
        connection.run("CHECKPOINT")

    def _table(self, skill: int, rows: str) -> None:
        name = f"skill_{skill}"
        self._link.run(f"DROP TABLE IF EXISTS {name}")
        self._link.run(
            f"CREATE UNLOGGED TABLE {name} (id int, mask bigint, here bool,"
            " place geography(Point, 4326)) WITH (fillfactor = 80)"
        )
        self._link.copy(name, rows)
        self._link.run(f"CREATE UNIQUE INDEX ON {name} (id)")
        self._link.run(f"CREATE INDEX ON {name} USING gist (place) WHERE here")
        self._link.run(f"VACUUM ANALYZE {name}")
        if not skill:  # whatever was prepared for the last land
            self._link.run("DEALLOCATE ALL")
        point = "ST_SetSRID(ST_MakePoint($1::float8, $2::float8), 4326)::geography"
        self._link.prepare(
            f"find_{skill}",
            f"SELECT id FROM {name} WHERE here AND mask & $3::bigint = $3::bigint"
            f" ORDER BY place <-> {point} LIMIT {WANTED}",
        )
        self._link.prepare(
            f"move_{skill}",
            f"UPDATE {name} SET place = {point}, here = $3::bool WHERE id = $4::int",
        )

    def find(self, need: Need) -> list[bytes]:
        lon, lat = f"{need.spot.lon:.7f}".encode(), f"{need.spot.lat:.7f}".encode()
        return self._link.call(b"find_%d" % need.rarest, lon, lat, b"%d" % _signed(need.mask))

    def put(self, number: int, one: One) -> None:
        lon, lat = f"{one.spot.lon:.7f}".encode(), f"{one.spot.lat:.7f}".encode()
        for skill in one.skills:
            self._link.call(b"move_%d" % skill, lon, lat, _said(one).encode(), b"%d" % number)

    def settle(self) -> None:
        """Nothing to do: what it was told has been done."""


def _said(one: One) -> str:
    return "t" if one.available else "f"


def _signed(mask: int) -> int:
    return mask - (1 << 64) if mask >> 63 else mask


@contextmanager
def postgis() -> Iterator[Connection]:
    """A server with a connection to it. Missing where there is none."""
    with _postgres() as folder:
        connection = Connection(folder)
        try:
            yield connection
        finally:
            connection.close()


# --- Redis -------------------------------------------------------------------------------------

# From the rarest skill's set outward; the sets of the others say who else has them.
FIND = """
local radius, k = tonumber(ARGV[3]), tonumber(ARGV[4])
local last = tonumber(ARGV[5])
while true do
  local near = redis.call('GEOSEARCH', KEYS[1], 'FROMLONLAT', ARGV[1], ARGV[2],
                          'BYRADIUS', radius, 'm', 'ASC')
  local found = near
  for other = 2, #KEYS do
    if #found == 0 then break end
    local kept = {}
    for first = 1, #found, 4000 do
      local upto = math.min(first + 3999, #found)
      local scores = redis.call('ZMSCORE', KEYS[other], unpack(found, first, upto))
      for place = 1, #scores do
        if scores[place] then kept[#kept + 1] = found[first + place - 1] end
      end
    end
    found = kept
  end
  if #found >= k or radius >= last then
    return table.concat(found, ' ', 1, math.min(k, #found))
  end
  radius = radius * 2
end
"""


@contextmanager
def redis() -> Iterator[socket.socket]:
    """A server with a connection to it. Missing where there is none."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise Missing("no redis-server (Debian, as root: deploy/install-redis.sh)")
    folder = Path(mkdtemp(prefix="shouwang-redis-"))
    path = folder / "socket"
    server = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    link = socket.socket(socket.AF_UNIX)
    try:
        until = time.monotonic() + WAIT_S
        while not path.exists():
            assert time.monotonic() < until, "Redis does not answer"
            time.sleep(0.05)
        link.connect(str(path))
        yield link
    finally:
        link.close()
        server.terminate()
        server.wait(WAIT_S)
        shutil.rmtree(folder, ignore_errors=True)


class Redis:
    """One geo set for each skill; nothing between the socket and the figures."""

    def __init__(self, land: Land, link: socket.socket) -> None:
        self._link, self._read = link, link.makefile("rb")
        self._call([b"FLUSHALL"])
        self._script = self._call([b"SCRIPT", b"LOAD", FIND.encode()])
        self._radius = [_first_ring(land.holders[skill]) for skill in range(SKILLS)]
        self._pipe = b""
        self._waiting = 0
        for number, one in enumerate(land.ones):
            self._tell(number, one)
            if self._waiting > 2_000:
                self._told()
        self._told()

    def find(self, need: Need) -> list[bytes]:
        others = [skill for skill in range(SKILLS) if need.mask >> skill & 1]
        others.remove(need.rarest)
        keys = [b"s%d" % skill for skill in (need.rarest, *others)]
        found = self._call(
            [
                b"EVALSHA", self._script, b"%d" % len(keys), *keys,
                b"%.7f" % need.spot.lon, b"%.7f" % need.spot.lat,
                self._radius[need.rarest], b"%d" % WANTED, b"%d" % FARTHEST,
            ]
        )  # fmt: skip
        return found.split()

    def put(self, number: int, one: One) -> None:
        self._tell(number, one)
        self._told()

    def _tell(self, number: int, one: One) -> None:
        for skill in one.skills:
            key, name = b"s%d" % skill, b"%d" % number
            if one.available:
                lon, lat = b"%.7f" % one.spot.lon, b"%.7f" % one.spot.lat
                self._pipe += _request([b"GEOADD", key, lon, lat, name])
            else:
                self._pipe += _request([b"ZREM", key, name])
            self._waiting += 1

    def _told(self) -> None:
        self._link.sendall(self._pipe)
        for _ in range(self._waiting):
            self._answer()
        self._pipe, self._waiting = b"", 0

    def _call(self, words: list[bytes]) -> bytes:
        self._link.sendall(_request(words))
        return self._answer()

    def _answer(self) -> bytes:
        line = self._read.readline()
        if line[:1] == b"-":
            raise RuntimeError(line.decode())
        if line[:1] == b"$":
            return self._read.read(int(line[1:]) + 2)[:-2]
        return line[1:-2]


def _request(words: list[bytes]) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def _first_ring(holders: int) -> bytes:
    """Half of how far so many reach where they are spread evenly: in towns they are denser."""
    area = 105_000e6  # square meters of the province
    meters = (area * WANTED / max(1, holders) / 3.14) ** 0.5
    return b"%d" % max(200, min(FARTHEST, meters / 2))
