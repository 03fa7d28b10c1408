"""Where a message may go: to addresses of the public network, unless the operator says else.

A name is resolved once and the connection goes to what was found and looked at, so that a name
that changes in between leads nowhere else (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_PORTS: Final = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddressError(Exception):
    """The receiver is where no message may go."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Name of the receiver, for the Host header and its certificate.
        address: The address that was looked at.
        port: The port.
        path: Path and query.
    """

    scheme: str
    host: str
    address: str
    port: int
    path: str


def target_of(url: str, *, allow_private: bool) -> Target:
    """Resolves a URL.

    Args:
        url: Of the receiver.
        allow_private: Whether it may be on this machine or in a private network, and be spoken
            to without TLS.

    Raises:
        ForbiddenAddressError: It may not.
        OSError: The name cannot be resolved.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not host or parts.username or parts.password:
        raise ForbiddenAddressError("not a plain http or https address")
    if parts.scheme != "https" and not allow_private:
        raise ForbiddenAddressError("not https")
    port = parts.port or _PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(is_public(address) for address in addresses):
        raise ForbiddenAddressError("not a public address")
    path = parts.path or "/"
    return Target(
        parts.scheme, host, addresses[0], port, f"{path}?{parts.query}" if parts.query else path
    )


def is_public(address: str) -> bool:
    """Whether an address belongs to the public network, also the IPv4 one that it may wrap."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast
