"""QR codes of addresses: for a terminal, and as SVG for screens and paper."""

from __future__ import annotations

import io

import segno

QUIET_MODULES = 4  # around the code; readers expect it


def drawn(address: str) -> str:
    """The code as an SVG element of its own, scaled by whatever holds it; no style, no script."""
    out = io.BytesIO()
    _made(address).save(
        out, kind="svg", border=QUIET_MODULES, xmldecl=False, svgclass="qr", lineclass=None,
        omitsize=True, light="#fff", nl=False,
    )  # fmt: skip
    return out.getvalue().decode()


def in_terminal(address: str) -> str:
    """The code in half-height characters, ending with a line break."""
    out = io.StringIO()
    _made(address).terminal(out, compact=True)
    return out.getvalue()


def _made(address: str) -> segno.QRCode:
    """Never a micro code, which many phones cannot read; a quarter of it may be dirty."""
    return segno.make(address, error="q", micro=False)
