"""A sheet of paper with an address to scan or to type, in both languages."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from api.reach.qr_codes import drawn
from schemas.codes import Words


class Sheet(NamedTuple):
    """What a sheet says: its heading, and what to do with the address."""

    title: Words
    hint: Words


ANSWER = Sheet(
    Words("收到协助请求编号？", "Have you been sent a code?"),
    Words(
        "扫码，或在浏览器输入上面的网址，再输入短信中的八位编号，即可答复。无需登录。",
        "Scan this, or type the address into a browser, then enter the eight characters of the "
        "message to answer. No sign-in is needed.",
    ),
)
SIGN_IN = Sheet(
    Words("登录守望", "Sign in to Shouwang"),
    Words(
        "扫码登录。此码只能用一次，请勿转交他人；用后请销毁。",
        "Scan this to sign in. It works once; give it to nobody else, and destroy it after use.",
    ),
)

STYLE = Path(str(files("api"))) / "pages" / "static" / "poster.css"
LONG = 60  # characters of an address that nobody will type


def sheet(told: Sheet, address: str, style: str = "") -> str:
    """One A4 page as HTML, with the address as text and as QR.

    `style`: where a server has its style sheet; without it the file needs nothing else.
    """
    long = " long" if len(address) > LONG else ""
    lines = (
        f"<h1>{escape(told.title.zh)}</h1>",
        f'<h2 lang="en">{escape(told.title.en)}</h2>',
        drawn(address),
        f'<p class="address{long}">{escape(address)}</p>',
        f"<p>{escape(told.hint.zh)}</p>",
        f'<p lang="en">{escape(told.hint.en)}</p>',
    )
    linked = f'<link rel="stylesheet" href="{escape(style)}">'
    inline = f"<style>\n{STYLE.read_text('utf-8')}</style>"
    return _DOCUMENT.format(
        title=escape(told.title.zh), style=linked if style else inline, body="\n".join(lines)
    )


_DOCUMENT = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>守望 Shouwang · {title}</title>
{style}
</head>
<body>
{body}
</body>
</html>
"""
