"""Who really asks, where a proxy stands in front of us: address, scheme and host of the client.

Behind nginx every connection comes from nginx, which passes on what it saw in the X-Forwarded
fields. But anybody can send such a field, so they count only where the connection comes from a
proxy that we were told of. And counted or not, they go no further: nobody behind this page can take
them for the truth.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from .messages import Handler, Request, Response
from .protocol import is_host, members

FIELDS = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "forwarded")
REQUEST_ID = re.compile(r"[\w.+/=-]{1,64}", re.ASCII)
UNIX = "unix"


class BehindProxy:
    """A handler that tells the one inside who really asks.

    application = BehindProxy(app, trusted=("127.0.0.1", "10.0.0.0/8"))

    It sets the request's remote_address, scheme and Host; and its id, for the access log.

    Args:
        handler: what answers the requests.
        trusted: addresses and networks of our own proxies; "unix" for one that connects through a
            Unix socket, and so from no address. None by default: nobody is believed.

    Raises:
        ValueError: one of these is none.
    """

    def __init__(self, handler: Handler, trusted: Iterable[str] = ()) -> None:
        self.handler = handler
        self.trusted = set(trusted)
        self.networks = parse_networks(self.trusted)

    def __call__(self, request: Request) -> Response:
        if self.trusted and self.is_trusted(request.remote_address):
            self.believe(request)
        for key in FIELDS:
            request.headers.by_key.pop(key, None)
        return self.handler(request)

    def is_trusted(self, address: str) -> bool:
        parsed = parse_address(address)
        if parsed is None:
            return not address and UNIX in self.trusted
        return any(parsed in network for network in self.networks)

    def believe(self, request: Request) -> None:
        """Take over what the proxy says; of several values the last, which is the nearest's."""
        request.remote_address = self.find_client(request)
        headers = request.headers
        for scheme in members(headers, "X-Forwarded-Proto")[-1:]:
            if scheme in ("http", "https"):
                request.scheme = scheme
        for host in members(headers, "X-Forwarded-Host")[-1:]:
            if is_host(host):
                headers["Host"] = host
        for request_id in headers.get_all("X-Request-ID")[-1:]:
            if REQUEST_ID.fullmatch(request_id):
                request.context["request_id"] = request_id

    def find_client(self, request: Request) -> str:
        """Return the last address of X-Forwarded-For that is none of our proxies'.

        Each proxy appends whom it was asked by. So we go from right to left, as long as one of our
        own has written what stands there. What is left of that, the client has made up.
        """
        client = request.remote_address
        for address in reversed(members(request.headers, "X-Forwarded-For")):
            if not self.is_trusted(client) or parse_address(address) is None:
                break
            client = address
        return client


def parse_networks(texts: Iterable[str]) -> list[IPv4Network | IPv6Network]:
    """Return what these texts name; an address is a network of one.

    Raises:
        ValueError: a text is neither an address nor a network.
    """
    return [ip_network(text) for text in texts if text != UNIX]


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address; None if the text is none.

    >>> parse_address("::ffff:10.0.0.1"), parse_address("unknown")
    (IPv4Address('10.0.0.1'), None)
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address  # an IPv6 socket calls IPv4 ones so
