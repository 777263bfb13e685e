"""2.7, serialize_response: wrong answers. course/chaffs.py says how this file is read."""


def length_in_characters(response, request, keep_alive):
    """Your function behaves like one that counts characters. Content-Length is a number of bytes
    (RFC 9110 section 8.6), and "é" is one character and two bytes: the client stops too early, and
    takes the rest for the next answer. The body is bytes already; count those."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(len(response.body.decode("utf-8", "replace")))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def head_gets_the_body(response, request, keep_alive):
    """Your function behaves like one that sends the body to whoever asks, by HEAD as well. A client
    that has sent HEAD knows that no body comes (RFC 9110 section 9.3.2), and takes its bytes for
    the next answer. Ask how the request was made."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    return head if bodyless else head + response.body


def head_has_no_length(response, request, keep_alive):
    """Your function behaves like one that announces a length of 0 to HEAD. The fields of the answer
    are those that GET would get (RFC 9110 section 9.3.2): who asks by HEAD mostly wants to know how
    long the page is. Only the body is left out."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        empty = status == 205 or (request is not None and request.method == "HEAD")
        headers["Content-Length"] = str(0 if empty else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def every_answer_has_a_length(response, request, keep_alive):
    """Your function behaves like one that gives each answer a Content-Length, 204 and 304 too. A
    204 must not have one (RFC 9110 section 8.6), and in a 304 it would speak of the page that is
    not sent: 0 would be a lie. These two end with their head."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    headers["Content-Length"] = str(0 if status in (204, 205, 304) else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def not_modified_has_a_body(response, request, keep_alive):
    """Your function behaves like one that sends a body behind a 304. The client has the page and is
    told that it is still good; what follows the head is the next answer to it (RFC 9110 section
    15.4.5). The statuses without a body are more than one: 204, 205, 304."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status != 204:
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def reset_content_like_no_content(response, request, keep_alive):
    """Your function behaves like one that treats 205 as it does 204. Neither has content, but in
    204 the client knows that from the status, and in 205 it has to be told by a length of zero (RFC
    9110 section 15.3.6); without it, it would wait for the end of the connection."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 205, 304):
        headers["Content-Length"] = str(len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def length_of_the_handler_stays(response, request, keep_alive):
    """Your function behaves like one that keeps the Content-Length which a handler has set. If it
    is wrong, the client waits for bytes that never come, or takes some of this body for the next
    answer (RFC 9110 section 8.6). You have the body; the framing is yours alone."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    headers.pop("Transfer-Encoding", None)
    if status not in (204, 304):
        headers.setdefault("Content-Length", str(0 if status == 205 else len(response.body)))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def coding_of_the_handler_stays(response, request, keep_alive):
    """Your function behaves like one that lets a Transfer-Encoding of the handler through. The body
    is not in chunks, and beside it stands a Content-Length: two framings in one message, of which
    the client believes the wrong one (RFC 9112 section 6.2). Take both fields out before you set
    yours."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    headers.pop("Content-Length", None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def changes_the_response(response, request, keep_alive):
    """Your function behaves like one that writes its fields into the response itself. A handler may
    make one Response and give it to many clients: what the first was told of its connection, the
    second is told, too. Write into a copy."""
    status, headers = response.status, response.headers
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def one_field_of_a_name(response, request, keep_alive):
    """Your function behaves like one that sends the first field of each name. Two Set-Cookie fields
    are two cookies, and cannot be joined by a comma either (RFC 6265 section 3). items() of a
    MultiDict shows one value a name; another of its methods gives all."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def always_says_keep_alive(response, request, keep_alive):
    """Your function behaves like one that says `Connection: keep-alive` wherever the connection
    stays open. In HTTP/1.1 that goes without saying (RFC 9112 section 9.3); only a client of
    HTTP/1.0 does not expect it unless it is told. Ask for the version of the request."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    else:
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def old_client_is_not_told(response, request, keep_alive):
    """Your function behaves like one that says nothing where the connection stays open. That is
    right for HTTP/1.1. A client of HTTP/1.0 takes silence for a close, and waits for it (RFC 9112
    appendix C.2.2): tell it that the connection stays."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def silent_about_the_close(response, request, keep_alive):
    """Your function behaves like one that does not say that the connection will be closed. In
    HTTP/1.1 it stays open unless one side says otherwise (RFC 9112 section 9.6), so the client may
    send its next request into nothing. The argument keep_alive tells you."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if keep_alive and request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def date_in_local_time(response, request, keep_alive):
    """Your function behaves like one that writes the Date without GMT. All clocks of HTTP are in
    GMT, and a date must say so in one fixed form (RFC 9110 section 5.6.7); others may not be
    understood by a cache. Look at the arguments of formatdate()."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(localtime=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("latin-1")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body


def head_in_utf_8(response, request, keep_alive):
    """Your function behaves like one that encodes the head as UTF-8. Fields are bytes, each shown
    as the Latin-1 character of its number, on the way in and on the way out: in UTF-8 those beyond
    ASCII become two, and a value does not go out as it came in (RFC 9110 section 5.5)."""
    status, headers = response.status, Headers(response.headers)
    bodyless = status in (204, 205, 304)
    for framing in ("Content-Length", "Transfer-Encoding"):
        headers.pop(framing, None)
    if status not in (204, 304):
        headers["Content-Length"] = str(0 if status == 205 else len(response.body))
    headers["Date"] = formatdate(usegmt=True)
    if not keep_alive:
        headers["Connection"] = "close"
    elif request is not None and request.version == "HTTP/1.0":
        headers["Connection"] = "keep-alive"
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.pairs())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}\r\n".encode("utf-8")
    bodyless = bodyless or (request is not None and request.method == "HEAD")
    return head if bodyless else head + response.body
