"""The page, without https, on which phones find the root, and are told how to take it."""

from __future__ import annotations

from html import escape

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

CERTIFICATE = "/shouwang-root.crt"

_STEPS = (
    (
        "安卓、鸿蒙手机",
        "点上面的按钮下载；打开“设置”，搜索“CA 证书”（多在“安全”→“加密与凭据”→“安装证书”），"
        "选“CA 证书”，再选刚下载的文件。",
        "Android",
        "Tap the button to load it; in Settings search for “CA certificate” (Security, Encryption "
        "and credentials, Install a certificate), and choose the file.",
    ),
    (
        "苹果手机",
        "用 Safari 打开本页并下载；在“设置”→“已下载描述文件”中安装；再到“通用”→“关于本机”→"
        "“证书信任设置”，打开它的开关。两步都要做。",
        "iPhone",
        "Load it with Safari; install it in Settings, Profile Downloaded; then switch it on in "
        "General, About, Certificate Trust Settings. It takes both.",
    ),
    (
        "电脑",
        "Windows：双击文件，安装到“受信任的根证书颁发机构”。macOS：在“钥匙串访问”中设为始终信任。",
        "Computers",
        "Windows: open the file, install it under Trusted Root Certification Authorities. "
        "macOS: set it to Always Trust in Keychain Access.",
    ),
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE = (
    "body{font:1.1rem/1.6 sans-serif;max-width:40rem;margin:1rem auto;padding:0 1rem}"
    "code{word-break:break-all}a{display:inline-block;padding:.6rem 1rem;border:2px solid}"
)


def page_of_root(certificate: bytes, fingerprint: str, address: str) -> ASGIApp:
    """Pure ASGI: the page at `/`, the root beside it, and nothing else."""
    page = _page(fingerprint, address).encode()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD"):
            response = Response(status_code=405, headers=_HEADERS)
        elif scope["path"] == "/":
            response = Response(page, 200, _HEADERS, "text/html; charset=utf-8")
        elif scope["path"] == CERTIFICATE:
            response = Response(certificate, 200, _HEADERS, "application/x-x509-ca-cert")
        else:
            response = Response(status_code=404, headers=_HEADERS)
        await response(scope, receive, send)

    return app


def _page(fingerprint: str, address: str) -> str:
    steps = "".join(
        f'<h2>{zh} <span lang="en">{en}</span></h2><p>{how_zh}</p><p lang="en">{how_en}</p>'
        for zh, how_zh, en, how_en in _STEPS
    )
    shown, here = escape(fingerprint), escape(address)
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>守望 Shouwang · 证书 Certificate</title><style>{_STYLE}</style></head><body>
<h1>安装本机根证书 <span lang="en">Take this server's root</span></h1>
<p>安装一次，之后打开守望即为加密连接。它只对内网地址有效，不能用于其他网站。</p>
<p lang="en">Once, and Shouwang opens encrypted from then on. It is good for addresses of private
networks and for no other site.</p>
<p><a href="{CERTIFICATE}">下载证书 Load the certificate</a></p>
<p>安装前，请与电脑屏幕上显示的指纹核对；不一致就不要安装。<br>
<span lang="en">Before you install it, compare this with the screen of the server's computer. Where
they differ, do not.</span><br>SHA-256 <code>{shown}</code></p>
{steps}
<p>完成后打开 <span lang="en">Then open</span> <a href="{here}">{here}</a></p>
</body></html>
"""
