"""https without anybody else: a root of this folder's own, and what the server shows under it.

Phones take the root once. It is good for private networks and the names it was made with, and
for nothing else: whoever steals its key cannot pass for a bank.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = "https"  # in the data folder
ROOT = "root.pem"
ROOT_DAYS = 3_650
SERVER_DAYS = 397  # more is not taken by every phone
RENEW_DAYS = 30
PRIVATE = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
    *("127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"),
)
LOCAL_NAMES = ("localhost", "local", "lan", "internal", "home.arpa")


class NameNotCovered(ValueError):
    """A name or address that this folder's root is not good for."""


class Papers(NamedTuple):
    """What the server shows, where its key is, and the root to be taken by phones."""

    chain: Path
    key: Path
    root: Path
    fingerprint: str


def papers_for(data: Path, names: Iterable[str], now: datetime | None = None) -> Papers:
    """The folder's root, made at the first call, and a certificate for these names under it.

    The certificate is made anew at every start. Raises NameNotCovered, OSError.
    """
    now = now or datetime.now(UTC)
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    names = sorted({name.lower() for name in names})
    root, key = _root(folder, names, now)
    missing = [name for name in names if not _covers(root, name)]
    if missing:
        raise NameNotCovered(", ".join(missing))
    own = ec.generate_private_key(ec.SECP256R1())
    shown = _server(root, key, own.public_key(), names, now)
    _keep(folder / "server.pem", _pem(shown) + _pem(root))
    _keep(folder / "server.key", _key_pem(own))
    print_of = root.fingerprint(hashes.SHA256()).hex(":").upper()
    return Papers(folder / "server.pem", folder / "server.key", folder / ROOT, print_of)


def never_covered(name: str) -> bool:
    """Whether no folder's root is ever good for it: a public address."""
    nets = [ip_network(each) for each in PRIVATE]
    return _is_address(name) and not any(ip_address(name) in net for net in nets)


def der(root: Path) -> bytes:
    """A root as phones take it."""
    return x509.load_pem_x509_certificate(root.read_bytes()).public_bytes(
        serialization.Encoding.DER
    )


def _root(
    folder: Path, names: list[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The root that is there and still good for a while, else a new one."""
    kept, kept_key = folder / ROOT, folder / "root.key"
    if kept.is_file() and kept_key.is_file():
        root = x509.load_pem_x509_certificate(kept.read_bytes())
        key = serialization.load_pem_private_key(kept_key.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey) and (
            root.not_valid_after_utc > now + timedelta(days=RENEW_DAYS)
        ):
            return root, key
    key = ec.generate_private_key(ec.SECP256R1())
    root = _made_root(key, names, now)
    _keep(kept_key, _key_pem(key))
    _keep(kept, _pem(root))
    return root, key


def _made_root(
    key: ec.EllipticCurvePrivateKey, names: list[str], now: datetime
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Shouwang {token_hex(4)}")])
    allowed = [*LOCAL_NAMES, *(name for name in names if not _is_address(name))]
    within: list[x509.GeneralName] = [x509.DNSName(each) for each in dict.fromkeys(allowed)]
    within += [x509.IPAddress(ip_network(each)) for each in PRIVATE]
    public = key.public_key()
    return (
        _begun(name, name, public, now, ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_others=True), critical=True)
        .add_extension(x509.NameConstraints(within, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    root: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    public: ec.EllipticCurvePublicKey,
    names: list[str],
    now: datetime,
) -> x509.Certificate:
    listed = [_general(name) for name in names]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Shouwang")])
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return (
        _begun(name, root.subject, public, now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_others=False), critical=True)
        .add_extension(purpose, critical=False)
        .add_extension(x509.SubjectAlternativeName(listed), critical=False)
        .add_extension(by, critical=False)
        .sign(key, hashes.SHA256())
    )


def _begun(
    name: x509.Name,
    by: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    """Valid from a day ago: phones without a network have clocks that are late."""
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days - 1))
    )


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _covers(root: x509.Certificate, name: str) -> bool:
    """Whether the root is good for a name or an address."""
    within = root.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = within.permitted_subtrees or []
    if _is_address(name):
        asked = ip_address(name)
        nets = [each.value for each in permitted if isinstance(each, x509.IPAddress)]
        return any(asked in net for net in nets if isinstance(net, IPv4Network | IPv6Network))
    tails = [each.value for each in permitted if isinstance(each, x509.DNSName)]
    return any(name == tail or name.endswith(f".{tail}") for tail in tails)


def _general(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if _is_address(name) else x509.DNSName(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _keep(path: Path, content: bytes) -> None:
    """Written beside and put in its place, readable by its owner alone."""
    beside = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
