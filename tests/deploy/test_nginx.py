"""nginx as it is shipped, before a real server: TLS, whom it forwards for, streams, bounds."""

import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from api.listening import papers_for
from tests.api.browsing import ROOT, shouwang

NAME = "shouwang.lan"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CONFIGURATION = ROOT / "deploy" / "nginx" / "nginx.conf"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Fronted:
    """A server and the nginx before it."""

    plain: int
    secure: int
    behind: int
    trust: ssl.SSLContext
    link: str

    def open(self, method: str, path: str, body: str = "", **headers: str) -> HTTPResponse:
        """One request as a browser sends it, for the name and to this machine."""
        one = _Secure("127.0.0.1", self.secure, context=self.trust, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Host": NAME, "Connection": "close"}
        one.request(method, path, body or None, named)
        return one.getresponse()

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> HTTPResponse:
        """The same, read to its end."""
        answer = self.open(method, path, body, **headers)
        answer.read()
        return answer

    def sign_in(self) -> HTTPResponse:
        secret = self.link.rpartition("link=")[2]
        body = json.dumps({"link": secret, "role": "steward"})
        head = {
            "Content_Type": "application/json",
            "Idempotency_Key": "k",
            "X_Forwarded_For": "9.9",
        }
        return self.ask("POST", "/api/v1/sessions", body, **head)


class _Secure(HTTPSConnection):
    def connect(self) -> None:
        HTTPConnection.connect(self)
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]  # as it was given
        self.sock = context.wrap_socket(self.sock, server_hostname=NAME)


def configured(folder: Path, plain: int, secure: int, behind: int) -> Path:
    """The shipped file, with names, files and ports of this test and nothing else changed."""
    papers = papers_for(folder, [NAME])
    text = CONFIGURATION.read_text("utf-8")
    changes = {
        "listen 80 ": f"listen 127.0.0.1:{plain} ",
        "listen 443 ": f"listen 127.0.0.1:{secure} ",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "shouwang.example;": f"{NAME};",
        "/etc/nginx/shouwang.pem": str(papers.chain),
        "/etc/nginx/shouwang.key": str(papers.key),
        "/run/nginx.pid": str(folder / "nginx.pid"),
        "/var/log/nginx/error.log": str(folder / "error.log"),
    }
    for shipped, here in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    kept = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(text.replace("http {\n", f"http {{\n{kept}", 1), "utf-8")
    return path


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    if NGINX is None:
        pytest.skip("no nginx on this machine: deploy/install-nginx.sh")
    folder = tmp_path_factory.mktemp("nginx")
    data, behind = folder / "data", free_port()
    made = subprocess.run(
        shouwang("init", "--data", str(data), "--address", f"https://{NAME}"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    serve = shouwang("serve", "--data", str(data), "--port", str(behind), "--https", "proxy")
    serve = [*serve[:-1], "--address", f"https://{NAME}", "--json"]
    plain, secure = free_port(), free_port()
    front = [NGINX, "-c", str(configured(folder, plain, secure, behind)), "-g", "daemon off;"]
    trust = ssl.create_default_context(cafile=str(folder / "https" / "root.pem"))
    link = json.loads(made.stdout.splitlines()[-1])["link"]
    with subprocess.Popen(serve, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        next(line for line in server.stdout if line.startswith("{"))
        with subprocess.Popen(front) as proxy:
            try:
                wait_for(secure)
                yield Fronted(plain, secure, behind, trust, link)
            finally:
                proxy.terminate()
                server.terminate()


def wait_for(port: int) -> None:
    until = monotonic() + 10
    while monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")


def plainly(port: int, path: str, host: str) -> HTTPResponse:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as one:
        one.request("GET", path, headers={"Host": host})
        answer = one.getresponse()
        answer.read()
        return answer


def test_who_comes_without_tls_is_sent_on_to_it(fronted: Fronted) -> None:
    answer = plainly(fronted.plain, "/desk", "evil.example")
    assert (answer.status, answer.getheader("location")) == (301, f"https://{NAME}/desk")


def test_a_person_signs_in_through_it_and_is_told_of_changes_at_once(fronted: Fronted) -> None:
    signed_in = fronted.sign_in()
    assert signed_in.status == 200
    cookie = str(signed_in.getheader("set-cookie"))
    assert cookie.startswith("__Host-shouwang_steward=")
    assert "Secure" in cookie
    assert "max-age=31536000" in str(signed_in.getheader("strict-transport-security"))
    held = cookie.partition(";")[0]
    began = monotonic()
    with fronted.open("GET", "/api/v1/live", Cookie=held) as stream:
        assert stream.readline().startswith(b"id: ")
        assert monotonic() - began < 2, "it was kept back"
    body: Any = {"name": "甲", "role": "desk", "division": "330324001"}
    head = {"Content_Type": "application/json", "Idempotency_Key": "a", "Cookie": held}
    made = fronted.ask("POST", "/api/v1/accounts", json.dumps(body), **head)
    assert made.status == 201


def test_a_foreign_name_is_not_answered(fronted: Fronted) -> None:
    assert fronted.ask("GET", "/health/live").status == 200
    assert plainly(fronted.behind, "/health/live", "evil.example").status == 421


def test_a_body_that_is_too_large_ends_there(fronted: Fronted) -> None:
    head = {"Content_Type": "application/json", "Idempotency_Key": "b"}
    answer = fronted.ask("POST", "/api/v1/sessions", "x" * 2_000_000, **head)
    assert answer.status == 413
