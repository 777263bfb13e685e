"""2.3, parse_request_line: wrong answers. course/chaffs.py says how this file is read."""


def splits_at_any_blank(line):
    """Your function behaves like one that calls split() on the line. That passes over two blanks in
    a row, tabs, and blanks at either end; another server in front of you may read such a line in
    another way, and smuggling begins there (RFC 9112 section 3). One single blank, twice."""
    parts = line.split()
    if len(parts) != 3:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    match = REQUEST_LINE.fullmatch(" ".join(parts))
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if major != "1":
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    if method not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here.")
    return method, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def method_in_any_case(line):
    """Your function behaves like one that makes capitals of the method. Methods have a case (RFC
    9110 section 9.1): get is not GET but a method that nobody knows, and a proxy that guards GET
    lets it pass. Compare the method as it came."""
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if major != "1":
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    if method.upper() not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here.")
    return method.upper(), target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def method_before_the_version(line):
    """Your function behaves like one that judges the method before the version. A line of HTTP/2
    may hold methods of HTTP/2, and what they mean is not ours to say: the client must hear that it
    is the version that we do not speak. Ask that question first."""
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if method not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here.")
    if major != "1":
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    return method, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def unknown_method_is_not_allowed(line):
    """Your function behaves like one that answers 405 to a method that it does not know. 405 says
    that this page does not take a method which the server understands, and has to list those that
    it does take (RFC 9110 section 15.5.6). For a method that is unknown there is a 5xx status."""
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if major != "1":
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    if method not in METHODS:
        raise HTTPError(405, f"The method {method!r} is not allowed here.")
    return method, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def matches_the_beginning(line):
    """Your function behaves like one that looks only at the beginning of the line. match() is
    content when the expression fits there, and says nothing about what follows: a blank, a CR, one
    more digit. The whole line must be a request line (RFC 9112 section 3)."""
    match = REQUEST_LINE.match(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if major != "1":
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    if method not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here.")
    return method, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def version_as_it_came(line):
    """Your function behaves like one that hands on a version that it does not know. A higher minor
    version is read as the highest one that we do know (RFC 9110 section 2.5); everything behind you
    asks only for two of them."""
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if major != "1":
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    if method not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here.")
    return method, target, f"HTTP/{major}.{minor}"


def only_http_1_1(line):
    """Your function behaves like one that speaks HTTP/1.1 and nothing else. 505 is for another
    major version; within one, all minor versions understand each other (RFC 9110 section 2.5), and
    there are clients and proxies that still speak 1.0. Look at both digits one by one."""
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if (major, minor) != ("1", "1"):
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    if method not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here.")
    return method, target, "HTTP/1.1"


def decodes_the_target(line):
    """Your function behaves like one that decodes the target. It is decoded later, once, when it
    has been taken apart: a %3F is no question mark that starts a query, and a text that is decoded
    twice means something else (RFC 3986 section 2.4). Return the target as it came."""
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HTTPError(400, f"Expected a request line like 'GET / HTTP/1.1', got {line!r}.")
    method, target, major, minor = match.groups()
    if major != "1":
        raise HTTPError(505, f"This server does not speak HTTP/{major}.{minor}.")
    if method not in METHODS:
        raise HTTPError(501, f"The method {method!r} is not known here.")
    target = unquote_to_bytes(target).decode("utf-8", "replace")
    return method, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"
