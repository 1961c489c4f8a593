"""Where a webhook may go: https to a public address, never a private network; loopback only where we are there too.

A name is looked up once a push and the connection goes to that very address, so that a second look-up cannot lead
somewhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(Exception):
    """Nothing may be sent there; says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was looked up: connect to `ip`, speak to `host`."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str


def check_url(url: str, public_url: str) -> SplitResult:
    """What can be said without a look-up. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress("not a web address") from None
    if not parts.hostname or parts.username or parts.fragment or len(url) > 300 or not url.isascii():
        raise BadAddress("not a web address without user, password and fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_local(parts.hostname, public_url)):
        raise BadAddress("https only")
    if port == 0:
        raise BadAddress("no such port")
    literal = _literal(parts.hostname)
    if literal is not None:
        _require_public(literal, parts.hostname, public_url)
    return parts


def look_up(url: str, public_url: str) -> Target:
    """Raises BadAddress: also when any of the name's addresses is not public."""
    parts = check_url(url, public_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadAddress("the name is not known") from None
    addresses = [ipaddress.ip_address(each[4][0]) for each in found]
    for each in addresses:
        _require_public(each, host, public_url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, str(addresses[0]), path)


def _require_public(address: IPAddress, host: str, public_url: str) -> None:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    real = mapped or address
    if real.is_loopback and _is_local(host, public_url):
        return
    if not real.is_global or real.is_multicast:
        raise BadAddress("not a public address")


def _is_local(host: str, public_url: str) -> bool:
    """Whether it is this machine, and we ourselves are only there: something to try out."""
    ours = urlsplit(public_url).hostname or ""
    return _is_loopback(host) and _is_loopback(ours)


def _is_loopback(host: str) -> bool:
    address = _literal(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
