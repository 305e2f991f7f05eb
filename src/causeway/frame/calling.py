"""Calling addresses that people typed: never inside our own network, never longer or larger than agreed, never where a redirect leads.

The name is resolved when the connection is made, every address it has is judged, and the connection goes to the address that was judged:
a name that answers differently a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import certifi
import httpcore
from django.utils.translation import gettext as _

from causeway.frame import conf

SECONDS = 10.0
#: So much of an answer is read and thrown away; then the line is cut.
ANSWER_LIMIT = 64 * 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Inside, though Python's tables may say otherwise: a cloud's own services, protocol assignments, old relays, documentation (RFC 6890, 7526, 9637).
_INSIDE = [ipaddress.ip_network(one) for one in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20")]


class NotCalled(Exception):
    """The call could not be made or was not answered; says why without the address."""


def inside(address: str) -> bool:
    """Whether a network address is inside (this machine, private, link-local with cloud metadata, not routable) and not let through."""
    outer: Address = ipaddress.ip_address(address.partition("%")[0])
    allowed = [ipaddress.ip_network(one) for one in conf.value("WEBHOOK_NETWORKS")]
    return any(_is_inside(one) and not any(one in network for network in allowed) for one in (outer, *_embedded(outer)))


def _is_inside(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and _embedded(address):
        return False  # judged by what it carries
    if any(address in network for network in _INSIDE):
        return True
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified or getattr(address, "is_site_local", False)


def _embedded(address: Address) -> list[Address]:
    """The IPv4 addresses an IPv6 address stands for (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Any] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in found if one is not None]


def judged(host: str, port: int) -> str:
    """The network address of a host to connect to. Raises `NotCalled` when it has none, or any of them is inside."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as fault:
        raise NotCalled(_("There is no such host.")) from fault
    if any(inside(address) for address in found):
        raise NotCalled(_("This address is inside the network and is not called."))
    return found[0]


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline of the whole call."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _Backend) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._backend.left()), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to judged addresses only."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left of the call."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(httpcore.SyncBackend().connect_tcp(judged(host, port), port, self.left(), local_address, socket_options), self)


def post(url: str, headers: dict[str, str], body: bytes, seconds: float = SECONDS) -> int:
    """Send a body to an address and return the status it answers; what else it answers is thrown away, redirects are not followed.

    seconds: for the whole call. Raises `NotCalled` when there is no answer in time, or the address is not one to be called.
    """
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_ssl(), network_backend=_Backend(seconds)) as pool,
            pool.stream("POST", url, headers=headers, content=body) as response,
        ):
            _skim(response)
            return response.status
    except httpcore.TimeoutException as fault:
        raise NotCalled(_("No answer within %(seconds)s seconds.") % {"seconds": round(seconds)}) from fault
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, ssl.SSLError, OSError, ValueError) as fault:
        raise NotCalled(_reason(fault)) from fault


def _skim(response: httpcore.Response) -> None:
    """Read an answer up to the limit; an answer that stops halfway has still been given."""
    read = 0
    try:
        for piece in response.iter_stream():
            read += len(piece)
            if read > ANSWER_LIMIT:
                return
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return


def _reason(fault: Exception) -> str:
    root: BaseException = fault
    while root.__cause__ or root.__context__:
        root = root.__cause__ or root.__context__  # type: ignore[assignment]
    if isinstance(root, ssl.SSLCertVerificationError):
        return _("The certificate of the host is not valid.")
    if isinstance(root, ssl.SSLError):
        return _("No encrypted connection could be made.")
    return _("The host does not answer, or not in HTTP.")


def _ssl() -> ssl.SSLContext:
    """Trusts what the machine trusts (a university's own authority too) and the public authorities."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
