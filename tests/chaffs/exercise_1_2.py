"""1.2, build_response: wrong answers. course/chaffs.py says how this file is read."""


def length_in_characters(body, content_type, status):
    """Your function behaves like one that counts characters. Content-Length is a number of bytes
    (RFC 9110 section 8.6), and "é" is one character and two bytes: the client stops too early and
    takes the rest for something else. Count what you really send."""
    text = body.decode("utf-8", "replace")
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(text)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body


def body_as_text(body, content_type, status):
    """Your function behaves like one that makes text of the body and bytes of it again. A picture
    is no text: what is not UTF-8 gets lost on the way. The body is bytes already, so only the head
    needs to be encoded."""
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    text = "\r\n".join(head) + "\r\n\r\n" + body.decode("utf-8", "replace")
    return text.encode("utf-8")


def bytes_in_an_fstring(body, content_type, status):
    """Your function behaves like one that turns the body into text by str() or in an f-string. What
    that makes of the bytes hi is b'hi', with the b and the quotes, and the client is shown them.
    Join bytes to bytes: encode the head, and add the body behind it."""
    text = f"{body}"
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(text)}",
        "Connection: close",
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + text).encode()


def lines_end_in_lf(body, content_type, status):
    """Your function behaves like one that ends its lines in \\n alone. Many clients forgive that,
    and some do not: a line of the head ends in two bytes, CR and LF, and so does the empty line
    (RFC 9112 section 2.1)."""
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\n".join(head).encode("ascii") + b"\n\n" + body


def no_empty_line(body, content_type, status):
    """Your function behaves like one that starts the body right behind the last field line. Then
    the client takes the body for one more field. The head ends at an empty line, and joining lines
    puts a line end between them, not behind the last one (RFC 9112 section 2.1)."""
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n" + body


def line_end_behind_the_body(body, content_type, status):
    """Your function behaves like one that puts a line end behind the body. Lines are a matter of
    the head; the body ends after Content-Length bytes, and whatever follows would be the start of
    another answer (RFC 9112 section 6.3). Let nothing follow."""
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body + b"\r\n"


def always_200(body, content_type, status):
    """Your function behaves like one that answers 200 OK, whatever status says. Browsers, caches
    and search engines believe the status line and not the page: an error page with 200 is stored
    and shown as a good one. Write the status that you were given."""
    head = [
        "HTTP/1.1 200 OK",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body


def always_html(body, content_type, status):
    """Your function behaves like one that calls every body HTML. A client goes by Content-Type, not
    by what the bytes look like: plain text would be read as markup, and a picture shown as letters.
    Write the type that you were given."""
    head = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body


def as_http_1_0(body, content_type, status):
    """Your function behaves like one that answers as HTTP/1.0, perhaps because the connection is
    closed afterwards. The version says which rules the server knows, not what becomes of this
    connection (RFC 9112 section 2.3); for that there is a field of its own."""
    head = [
        f"HTTP/1.0 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body


def silent_about_the_close(body, content_type, status):
    """Your function behaves like one that does not say that the connection will be closed. In
    HTTP/1.1 a connection stays open unless somebody says otherwise (RFC 9112 section 9.3), so a
    client may send its next request into one that is gone. Which field tells it?"""
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body
