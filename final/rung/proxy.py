"""What a proxy in front of us knows of a client: its address, its scheme, the host that it asked for.

Behind nginx every connection comes from nginx. It passes on what it saw in the fields X-Forwarded-*.
But anybody can write such a field, so they count only where the connection comes from a proxy that
we were told of. Whether they count or not, they go no further: nobody behind this page can mistake
them for the truth.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from .messages import Handler, Request, Response
from .protocol import is_host

FIELDS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-ID", "Forwarded")
REQUEST_ID = re.compile(r"[\w.+/=-]{1,64}", re.ASCII)
UNIX = "unix"  # a proxy that comes through a Unix socket: from no address at all

Network = IPv4Network | IPv6Network


class BehindProxy:
    """A handler that tells the one inside who really asks.

    application = BehindProxy(app, trusted=("127.0.0.1", "10.0.0.0/8"))

    It sets the request's remote_address, its scheme and its Host, and, for the access log, its id.
    Each proxy appends the address that it saw to X-Forwarded-For. Read from the right, the first
    address that is none of our proxies is the client's; what stands to the left of it, the client
    has written itself. Of the other fields the last value counts, the nearest proxy's.

    Args:
        handler: what answers the requests.
        trusted: addresses and networks of our proxies; "unix" for one on a Unix socket. None, by
            default: nobody is believed.

    Raises:
        ValueError: one of these is neither.
    """

    def __init__(self, handler: Handler, trusted: Iterable[str] = ()) -> None:
        self.handler = handler
        trusted = set(trusted)
        self.trusts_unix = UNIX in trusted
        self.networks = parse_networks(trusted - {UNIX})

    def __call__(self, request: Request) -> Response:
        if self.is_trusted(request.remote_address):
            self.believe(request)
        for name in FIELDS:
            request.headers.pop(name, None)
        return self.handler(request)

    def is_trusted(self, address: str) -> bool:
        if not address:
            return self.trusts_unix
        return any(parse_address(address) in network for network in self.networks)

    def believe(self, request: Request) -> None:
        request.remote_address = self.find_client(request)
        for scheme in values(request, "X-Forwarded-Proto")[-1:]:
            if scheme in ("http", "https"):
                request.scheme = scheme
        for host in values(request, "X-Forwarded-Host")[-1:]:
            if is_host(host):
                request.headers["Host"] = host
        request_id = request.headers.get("X-Request-ID", "")
        if REQUEST_ID.fullmatch(request_id):
            request.context["request_id"] = request_id

    def find_client(self, request: Request) -> str:
        """Return the rightmost address that is not trusted; where all are, the leftmost."""
        client = request.remote_address
        for address in reversed(values(request, "X-Forwarded-For")):
            try:
                parse_address(address)
            except ValueError:
                break  # "unknown", say; what a proxy has said before that is all we have
            client = address
            if not self.is_trusted(client):
                break
        return client


def parse_networks(trusted: Iterable[str]) -> list[Network]:
    """Return the networks that these texts name; an address is a network of one.

    Raises:
        ValueError: a text is neither an address nor a network.
    """
    networks = []
    for text in trusted:
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            problem = "expected addresses, networks like 10.0.0.0/8, or unix"
            raise ValueError(f"{problem}, not {text!r}: {error}") from None
    return networks


def parse_address(text: str) -> IPv4Address | IPv6Address:
    """Return an address; of ::ffff:10.0.0.1, as a server on IPv6 sees it, the IPv4 address."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def values(request: Request, name: str) -> list[str]:
    """Return the values of a list, over all fields of this name."""
    return [each.strip() for line in request.headers.get_all(name) for each in line.split(",")]
