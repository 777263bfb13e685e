"""2.8, wants_keep_alive: wrong answers. course/chaffs.py says how this file is read."""


def whole_field_is_the_word(request):
    """Your function behaves like one that compares the whole field with a word. Connection is a
    list (RFC 9110 section 7.6.1), and close may stand beside others: `Upgrade, close`. Take the
    list apart first."""
    option = request.headers.get("Connection", "").lower()
    return option != "close" and (request.version == "HTTP/1.1" or option == "keep-alive")


def word_is_somewhere(request):
    """Your function behaves like one that looks for the letters close somewhere in the field. They
    stand in closed and in disclose as well, and those mean nothing here. Connection is a list:
    compare whole members (RFC 9110 section 7.6.1)."""
    options = ", ".join(request.headers.get_all("Connection")).lower()
    return "close" not in options and (request.version == "HTTP/1.1" or "keep-alive" in options)


def options_have_a_case(request):
    """Your function behaves like one that knows close and not Close. The options of a connection
    have no case (RFC 9110 section 7.6.1), and clients write them in every way. Bring them into
    one."""
    fields = request.headers.get_all("Connection")
    options = [part.strip(" \t") for line in fields for part in line.split(",")]
    return "close" not in options and (request.version == "HTTP/1.1" or "keep-alive" in options)


def every_version_stays(request):
    """Your function behaves like one that does not ask for the version. HTTP/1.1 stays open unless
    somebody says close; HTTP/1.0 was made before that was thought of, and its clients wait for the
    end of the connection unless they have asked to stay (RFC 9112 section 9.3)."""
    return "close" not in members(request.headers, "Connection")


def old_version_always_closes(request):
    """Your function behaves like one that closes every connection of HTTP/1.0. Such a client may
    ask to stay, and many an old tool and proxy does (RFC 9112 section 9.3 and appendix C.2.2). What
    is the word for that?"""
    options = members(request.headers, "Connection")
    return request.version == "HTTP/1.1" and "close" not in options


def waits_to_be_asked(request):
    """Your function behaves like one that keeps a connection only if the client asks for it. That
    is the rule of HTTP/1.0; in HTTP/1.1 a connection stays open unless somebody says close, and no
    browser asks any more (RFC 9112 section 9.3)."""
    options = members(request.headers, "Connection")
    return "keep-alive" in options and "close" not in options


def keep_alive_beats_close(request):
    """Your function behaves like one that stays open where both words have come. RFC 9112 section
    9.3 asks for close first: to close costs a new connection, while staying open for somebody who
    does not come again costs a worker. Mind the order of your questions."""
    options = members(request.headers, "Connection")
    return "keep-alive" in options or (request.version == "HTTP/1.1" and "close" not in options)


def first_field_counts(request):
    """Your function behaves like one that looks at the first Connection field. Two fields of one
    name are one list (RFC 9110 section 5.3), and the close may stand in the second. members() reads
    all of them."""
    line = request.headers.get("Connection", "")
    options = [part.strip(" \t").lower() for part in line.split(",")]
    return "close" not in options and (request.version == "HTTP/1.1" or "keep-alive" in options)


def any_blank_is_taken_off(request):
    """Your function behaves like one that calls strip() without saying what. To Python 0xA0 is a
    blank; to HTTP only two characters are (RFC 9110 section 5.6.3), and 0xA0 is part of some other
    word. members() knows that already."""
    fields = request.headers.get_all("Connection")
    options = [part.strip().lower() for line in fields for part in line.split(",")]
    return "close" not in options and (request.version == "HTTP/1.1" or "keep-alive" in options)
