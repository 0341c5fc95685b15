"""Whether a server may be reached by others as it is set up, and what they and we are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from api.cli.trouble import Trouble
from api.language import say
from api.listening import (
    CONNECTIONS_MAX,
    Manner,
    NameNotCovered,
    Papers,
    Server,
    der,
    most_connections,
    never_covered,
    page_of_root,
    papers_for,
)
from api.reach import in_terminal
from api.serving import listening
from api.settings import EVERY_ADDRESS, THIS_MACHINE, Https, Settings

ROOT_PAGE_CONNECTIONS = 256


def check(settings: Settings) -> None:
    """Trouble, where others would be served without https and nobody has insisted on it."""
    if _here_only(settings.host) or settings.proxy or settings.plain:
        return
    if settings.https is Https.SELF:
        return
    raise Trouble(
        f"未启动：在 {settings.host} 上监听而没有 https，同一网络中的人可以读到登录链接和联系方式。"
        "请任选其一：\n"
        "  --https self            由本机提供 https，手机安装一次根证书\n"
        "  --proxy 代理地址        只接受该 https 代理的连接（配置见 deploy/nginx/）\n"
        "  --host 127.0.0.1        只供本机（或本机上的代理）访问\n"
        "  --plain                 网络确实可信，仍以明文提供",
        f"Not started: on {settings.host} without https, whoever is on this network could read "
        "sign-in links and contacts. One of these:\n"
        "  --https self            https by this server itself; phones take its root once\n"
        "  --proxy ADDRESS         only that https proxy is let in (deploy/nginx/)\n"
        "  --host 127.0.0.1        for this machine, or a proxy on it, alone\n"
        "  --plain                 the network is trusted; serve it in the clear",
    )


def _here_only(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def papers_of(settings: Settings) -> Papers | None:
    """What is shown by https of our own; None where that is somebody else's. Raises Trouble."""
    if settings.https is not Https.SELF:
        return None
    names = {*settings.host_names, "localhost", *THIS_MACHINE}
    try:
        return papers_for(settings.data, names.difference(EVERY_ADDRESS))
    except NameNotCovered as error:
        raise _not_covered(settings, str(error)) from None


def check_own(settings: Settings) -> None:
    """Trouble, where https of our own could never be good for the address that people are given."""
    name = urlsplit(settings.url).hostname or ""
    if settings.https is Https.SELF and never_covered(name):
        raise _not_covered(settings, name)


def _not_covered(settings: Settings, names: str) -> Trouble:
    return Trouble(
        f"本机根证书只对内网地址和建立时的域名有效，不含 {names}。公网地址请用代理和正式证书；"
        f"若要更换域名，请移走 {settings.data}/https，手机须重新安装根证书。",
        f"This folder's root is good for private addresses and the names it was made with, not "
        f"for {names}. Public addresses want a proxy and a certificate of their own; for other "
        f"names move {settings.data}/https away, and phones have to take the new root.",
    )


@asynccontextmanager
async def shown(settings: Settings, papers: Papers | None) -> AsyncIterator[str]:
    """The page with the root, beside the server, without https; gives its address, if any."""
    if papers is None:
        yield ""
        return
    listener = listening(settings.host, settings.port + 1)
    host = urlsplit(settings.url).hostname or settings.host
    page = page_of_root(der(papers.root), papers.fingerprint, f"{settings.url}/")
    server = Server(page, Manner(ROOT_PAGE_CONNECTIONS))
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        named = f"[{host}]" if ":" in host else host
        yield f"http://{named}:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        await serving


def say_where(settings: Settings, papers: Papers | None, page: str) -> None:
    """Where the server is, what phones need before it, and what is not as it should be."""
    print(say("守望已启动：", "Shouwang is at"), f"{settings.url}/", flush=True)
    if papers is not None:
        zh = f"手机先扫码安装一次根证书：{page}\n指纹 SHA-256 {papers.fingerprint}"
        en = f"Phones take its root first, once: {page}\nSHA-256 {papers.fingerprint}"
        print(say(zh, en), in_terminal(page), sep="\n", flush=True)
    elif not settings.secure and not _here_only(settings.host):
        zh = "注意：未经 https，同一网络中的人可以读到传输内容。"
        print(say(zh, "Mind: without https, whoever is on this network can read along."))
    most = most_connections()
    if most < CONNECTIONS_MAX:
        zh = f"注意：系统对打开文件数的限制只允许 {most} 个连接；可用 ulimit -n 9344 提高。"
        print(say(zh, f"Mind: the limit of open files leaves {most} connections; ulimit -n 9344."))
