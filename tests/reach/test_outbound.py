"""Requests to the outside: where they never go, and what an answer that never came means."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.reach.outbound import ANSWER_BYTES_MAX, NOT_ALLOWED, Guarded, callable_address

Door = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Served:
    """One server on loopback that counts what reaches it."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.count = 0


@asynccontextmanager
async def serving(door: Door, tls: ssl.SSLContext | None = None) -> AsyncIterator[Served]:
    served = Served("")

    async def handle(request: web.Request) -> web.StreamResponse:
        served.count += 1
        return await door(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    served.host = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield served
    finally:
        await runner.cleanup()


async def fine(request: web.Request) -> web.StreamResponse:
    return web.Response(body=await request.read())


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://localhost/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "http://8.8.8.8/",
        "https://me:secret@8.8.8.8/",
        "https://me@8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/hosts",
        "https:///nothing",
        "https://",
        "",
        "//8.8.8.8/",
        "https://8.8.8.8:99999/",
        "https://[::1/",
        "https://" + "a" * 70 + ".example/",
        "https://8.8.8.8/" + "a" * 9_000,
    ],
)
async def test_where_a_request_never_goes(url: str) -> None:
    async with Guarded() as outbound:
        raw = await outbound.get(url)
    assert (raw.status, raw.body, raw.why) == (0, NOT_ALLOWED, "refused")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_may_be_called(address: str) -> None:
    assert callable_address(address)


@pytest.mark.parametrize("address", ["", "nobody", "fec0::1", "::127.0.0.1", "2001:db8::1"])
def test_what_is_no_public_address_may_not(address: str) -> None:
    assert not callable_address(address)


async def test_loopback_is_called_only_where_it_is_listed() -> None:
    async with serving(fine) as served:
        async with Guarded() as strict:
            refused = await strict.post(f"http://{served.host}/", data=b"x")
        assert (refused.status, refused.why, served.count) == (0, "refused", 0)
        async with Guarded(allowed=frozenset({served.host})) as outbound:
            raw = await outbound.post(f"http://{served.host}/", json={"a": "演练"})
    assert (raw.status, raw.body, served.count) == (200, '{"a":"演练"}'.encode(), 1)


async def test_another_port_of_a_listed_host_is_not_listed() -> None:
    async with serving(fine) as served, Guarded(allowed=frozenset({"127.0.0.1:1"})) as outbound:
        raw = await outbound.get(f"http://{served.host}/")
    assert (raw.status, served.count) == (0, 0)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with serving(away) as served, Guarded(allowed=frozenset({served.host})) as outbound:
        raw = await outbound.get(f"http://{served.host}/")
    assert (raw.status, served.count) == (302, 1)


async def test_an_answer_is_cut_at_its_bound() -> None:
    async def much(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"a" * (ANSWER_BYTES_MAX * 3))

    async with serving(much) as served, Guarded(allowed=frozenset({served.host})) as outbound:
        raw = await outbound.get(f"http://{served.host}/")
    assert (raw.status, len(raw.body)) == (200, ANSWER_BYTES_MAX)


async def test_an_answer_that_does_not_come_in_time_is_lost() -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(2)
        return web.Response()

    async with (
        serving(slow) as served,
        Guarded(allowed=frozenset({served.host}), seconds=0.3) as outbound,
    ):
        raw = await outbound.post(f"http://{served.host}/", data=b"x")
    assert (raw.status, raw.why, served.count) == (0, "lost", 1)


async def test_a_body_that_trickles_is_lost_at_the_same_bound() -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(30):
            await response.write(b"a")
            await asyncio.sleep(0.1)
        return response

    async with (
        serving(trickle) as served,
        Guarded(allowed=frozenset({served.host}), seconds=0.4) as outbound,
    ):
        raw = await asyncio.wait_for(outbound.get(f"http://{served.host}/"), 2)
    assert (raw.status, raw.why) == (0, "lost")


async def test_a_connection_that_breaks_after_the_request_is_lost() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serving(broken) as served, Guarded(allowed=frozenset({served.host})) as outbound:
        raw = await outbound.post(f"http://{served.host}/", data=b"x")
    assert (raw.status, raw.why, served.count) == (0, "lost", 1)


async def test_nobody_listening_is_refused() -> None:
    async with serving(fine) as served:
        gone = served.host
    async with Guarded(allowed=frozenset({gone})) as outbound:
        raw = await outbound.post(f"http://{gone}/", data=b"x")
    assert (raw.status, raw.body, raw.why) == (0, b"", "refused")


async def test_a_name_that_nobody_knows_is_refused() -> None:
    async with Guarded(seconds=5) as outbound:
        raw = await outbound.get("https://nobody.invalid/")
    assert (raw.status, raw.body, raw.why) == (0, b"", "refused")


async def test_a_header_that_would_smuggle_a_line_is_refused() -> None:
    async with serving(fine) as served, Guarded(allowed=frozenset({served.host})) as outbound:
        raw = await outbound.get(f"http://{served.host}/", headers={"A": "b\r\nC: d"})
    assert (raw.status, raw.why, served.count) == (0, "refused", 0)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path, secret = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    formats = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    secret.write_bytes(key.private_bytes(*formats, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return context, path


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    context, path = certificate(tmp_path)
    async with serving(fine, context) as served:
        host = f"localhost:{served.host.rpartition(':')[2]}"
        async with Guarded(allowed=frozenset({host})) as outbound:
            raw = await outbound.post(f"https://{host}/", data=b"secret")
        assert (raw.status, raw.why, served.count) == (0, "refused", 0)
        trusting = ssl.create_default_context(cafile=str(path))
        async with Guarded(allowed=frozenset({host}), tls=trusting) as outbound:
            raw = await outbound.post(f"https://{host}/", data=b"secret")
    assert (raw.status, raw.body) == (200, b"secret")


async def test_the_clock_is_the_one_that_was_given() -> None:
    async with Guarded(clock=lambda: 7.0) as outbound:
        assert outbound.now() == 7.0
