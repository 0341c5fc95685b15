"""Who is let in, by which name, believed as whom: on real sockets, with https of one's own."""

import argparse
import asyncio
import json
import socket
import ssl
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from stat import S_IMODE
from urllib.request import urlopen

import pytest
from cryptography import x509

from api import serving
from api.cli import command as cli
from api.cli import network
from api.cli.trouble import Trouble
from api.listening import NameNotCovered, papers_for
from api.people import Failures
from api.safe.names import Names
from api.settings import Https, Settings, own_address, read
from api.watch import Door
from streams.engines.clock import Clock
from tests.api.house import opened
from tests.api.test_cli import started

Captured = pytest.CaptureFixture[str]


def answer(port: int, path: str, where: str = "127.0.0.1", **headers: str) -> HTTPResponse:
    with closing(HTTPConnection(where, port, timeout=5)) as one:
        one.request("GET", path, headers={name.replace("_", "-"): v for name, v in headers.items()})
        found = one.getresponse()
        found.read()
        return found


# Whether it starts


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "desk.lan"])
def test_others_are_not_served_in_the_clear_unless_somebody_insists(host: str) -> None:
    settings = Settings(host=host)
    with pytest.raises(Trouble, match="--https self"):
        network.check(settings)
    with pytest.raises(Trouble, match="--proxy"):
        network.check(replace(settings, https=Https.PROXY))  # by which one, it does not say
    for enough in ({"plain": True}, {"https": Https.SELF}, {"proxy": "10.0.0.1"}):
        network.check(replace(settings, **enough))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_alone_needs_no_https(host: str) -> None:
    network.check(Settings(host=host))


def test_the_refusal_says_what_to_do(tmp_path: Path, capsys: Captured) -> None:
    folder = str(tmp_path / "data")
    assert cli.main(["init", "--data", folder]) == 0
    assert cli.main(["serve", "--data", folder, "--host", "0.0.0.0", "--port", "0"]) == cli.TROUBLE
    words = capsys.readouterr().err
    for way in ("--https self", "--proxy", "--host 127.0.0.1", "--plain"):
        assert way in words


@pytest.mark.parametrize(("typed", "told"), [("self", Https.SELF), ("1", Https.PROXY), ("0", "")])
def test_who_speaks_https_may_stand_in_the_environment(typed: str, told: str) -> None:
    assert read(argparse.Namespace(), {"SHOUWANG_HTTPS": typed}).https == told


# By which name


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        (b"127.0.0.1:8000", True),
        (b"[::1]:8000", True),
        (b"localhost", True),
        (b"203.0.113.9", True),
        (b"Help.Example:443", True),
        (b"help.example.", True),
        (b"evil.example", False),
        (b"help.example.evil.example", False),
        (b"127.0.0.1.evil.example", False),
        (b"help.example@evil.example", False),
        (b"help.example:80:80", False),
        (b"", False),
        ("例".encode(), False),
    ],
)
def test_only_names_of_ours_are_answered(host: bytes, ours: bool) -> None:
    names = Names(["help.example"])
    assert names.ours(host) is ours
    assert names.ours(host) is ours  # also the second time


def test_this_machine_is_known_by_its_own_name() -> None:
    assert Names([]).ours(f"{socket.gethostname()}:8000".encode())


def test_a_page_of_a_name_pointed_here_gets_nothing(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    assert cli.main(["init", "--data", folder]) == 0
    flags = ("--data", folder, "--port", "0", "--names", "help.example, other.example")
    with started("serve", *flags) as (_, where):
        port = int(where["address"].rpartition(":")[2])
        assert answer(port, "/desk").status == 200
        assert answer(port, "/desk", Host="other.example").status == 200
        for path in ("/desk", "/health/live", "/api/v1/codes"):
            assert answer(port, path, Host="evil.example").status == 421


# Believed as whom


class Seen(Failures):
    """Keeps whom a failed sign-in was counted for."""

    address = ""

    def note(self, address: str, now: int) -> bool:
        self.address = address
        return super().note(address, now)


async def told_of(folder: Path, settings: Settings, where: str = "127.0.0.1") -> str:
    """Whom a server takes somebody for who says to be 203.0.113.5."""
    async with opened(folder, settings) as house:
        listener = serving.listening("0.0.0.0", 0)
        port = listener.getsockname()[1]
        stop, seen = asyncio.Event(), Seen()
        house.context.failures = seen
        running = asyncio.ensure_future(serving.serve(house.context, listener, stop.wait()))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(guess, port, where)
        stop.set()
        await running
    return seen.address


def guess(port: int, where: str) -> None:
    """A failed sign-in."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    headers |= {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "https"}
    with closing(HTTPConnection(where, port, timeout=5)) as one:
        try:
            one.request(
                "POST", "/api/v1/sessions", json.dumps({"link": "x" * 43, "role": "desk"}), headers
            )
            one.getresponse().read()
        except ConnectionError:
            pass  # not let in


async def test_nobody_is_believed_without_a_proxy(tmp_path: Path) -> None:
    assert await told_of(tmp_path, Settings(data=tmp_path)) == "127.0.0.1"


async def test_a_proxy_of_this_machine_is_believed(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, https=Https.PROXY)
    assert await told_of(tmp_path, settings) == "203.0.113.5"


async def test_behind_a_proxy_elsewhere_nobody_else_is_let_in_or_believed(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, host="0.0.0.0", proxy="198.51.100.1")
    assert await told_of(tmp_path, settings) == "127.0.0.1"
    if own_address() != "127.0.0.1":
        assert await told_of(tmp_path, settings, own_address()) == ""
        named = replace(settings, proxy=own_address())
        assert await told_of(tmp_path, named, own_address()) == "203.0.113.5"


# https of one's own


def test_a_phone_that_took_the_root_comes_by_https_and_no_other_way(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert cli.main(["init", "--data", str(folder)]) == 0
    flags = ("--data", str(folder), "--port", "0", "--https", "self")
    with started("serve", *flags) as (_, where):
        address = where["address"]
        assert address.startswith("https://")
        root = folder / "https" / "root.pem"
        trusting = ssl.create_default_context(cafile=str(root))
        with urlopen(f"{address}/health/ready", timeout=5, context=trusting) as told:
            assert told.status == 200
            assert "max-age" in told.headers["strict-transport-security"]
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urlopen(f"{address}/health/ready", timeout=5, context=ssl.create_default_context())
        with pytest.raises(OSError):  # noqa: PT011  # plain http, of whatever kind it fails
            answer(int(address.rpartition(":")[2]), "/")
        check_own_programs(folder, address)
        check_root_page(int(where["root"].strip("/").rpartition(":")[2]), root, f"{address}/")


def check_own_programs(folder: Path, address: str) -> None:
    """Whoever knows the folder finds its server and trusts its root, without a flag or a variable;
    whoever does not is told that it answers and is not trusted, not that it is silent."""
    calm = ("watch", "--data", str(folder), "--once", "--bound", "1", "--every", "0.1")
    assert cli.main(list(calm)) == 0
    teams = folder.parent / "teams.csv"
    cli.main(["import", "organizations", "--template", str(teams)])
    assert cli.main(["import", "organizations", str(teams), "--data", str(folder)]) == 0
    stranger = Door(folder.parent, lambda: address)
    assert [found.kind for found in stranger.look(Clock())] == ["server_untrusted"]
    assert cli.main(["doctor", "--data", str(folder)]) in (0, 1)


def check_root_page(port: int, root: Path, address: str) -> None:
    """The page beside it gives the root, in a form that phones take, and says its fingerprint."""
    with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
        words = page.read().decode()
    with urlopen(f"http://127.0.0.1:{port}/shouwang-root.crt", timeout=5) as file:
        assert file.headers["content-type"] == "application/x-x509-ca-cert"
        taken = x509.load_der_x509_certificate(file.read())
    assert taken == x509.load_pem_x509_certificate(root.read_bytes())
    assert papers_for(root.parent.parent, ["localhost"]).fingerprint in words
    assert address in words
    assert "证书信任设置" in words
    assert answer(port, "/root.key").status == 404


def test_the_root_stays_the_same_and_its_keys_are_the_owners_alone(tmp_path: Path) -> None:
    first, again = papers_for(tmp_path, ["desk.lan"]), papers_for(tmp_path, ["127.0.0.1"])
    assert first.fingerprint == again.fingerprint
    files = sorted(tmp_path.glob("https/*"))
    assert len(files) == 4
    assert {S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert S_IMODE((tmp_path / "https").stat().st_mode) == 0o700


def test_the_root_is_good_for_private_addresses_and_its_names_only(tmp_path: Path) -> None:
    papers_for(tmp_path, ["desk.lan", "help.example", "192.168.1.7", "fe80::1"])
    for name in ("8.8.8.8", "bank.example", "example"):
        with pytest.raises(NameNotCovered, match=name):
            papers_for(tmp_path, [name])


def test_a_root_near_its_end_is_replaced(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = papers_for(tmp_path, ["desk.lan"], now)
    later = papers_for(tmp_path, ["desk.lan"], now + timedelta(days=3_630))
    assert first.fingerprint != later.fingerprint
