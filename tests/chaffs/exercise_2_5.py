"""2.5, body_reader: wrong answers. course/chaffs.py says how this file is read."""


def length_beats_the_chunks(request):
    """Your function behaves like one that believes Content-Length where Transfer-Encoding came with
    it. A proxy in front of you believes the chunks, and what it takes for one request is two to
    you: the classic of smuggling (RFC 9112 section 6.3). Two framings are none; refuse them."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    if lengths:
        return LengthReader(body_size(lengths[0], base=10))
    if codings and request.version == "HTTP/1.0":
        raise HTTPError(400, "Transfer-Encoding came with HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    return LengthReader(0)


def chunks_beat_the_length(request):
    """Your function behaves like one that believes Transfer-Encoding where Content-Length came with
    it. RFC 9112 section 6.3 says that this should be treated as an error, and why: a proxy that
    went by the length has seen another request in these bytes. Refuse before you choose."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and request.version == "HTTP/1.0":
        raise HTTPError(400, "Transfer-Encoding came with HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def first_length_counts(request):
    """Your function behaves like one that reads a single Content-Length and does not see a second
    one. If they differ, somebody else may have gone by the other (RFC 9112 section 6.3, rule 5).
    Ask for all fields of that name, not for the first."""
    length = request.headers.get("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (length is not None or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if length is None:
        return LengthReader(0)
    if not re.fullmatch("[0-9]+", length):
        raise HTTPError(400, f"Expected a Content-Length in decimal digits, got {length!r}.")
    return LengthReader(body_size(length, base=10))


def int_judges_the_digits(request):
    """Your function behaves like one that takes for a length what int() takes for a number. int()
    is generous: +5, -5, 1_0 and blanks around are all fine with it. To RFC 9110 (section 8.6) a
    length is ASCII digits and nothing else; whoever is generous here differs from the others."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if not lengths:
        return LengthReader(0)
    if len(lengths) > 1:
        raise HTTPError(400, f"Expected one Content-Length, got {lengths}.")
    try:
        return LengthReader(body_size(lengths[0], base=10))
    except ValueError:
        raise HTTPError(400, f"Not a number: {lengths[0]!r}.") from None


def isdigit_judges_the_digits(request):
    """Your function behaves like one that asks str.isdigit(). That knows the digits of all scripts,
    a superscript two among them, which int() cannot read: the client's nonsense would become an
    error of yours. RFC 9110 section 8.6 means the ten of ASCII."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if len(lengths) > 1 or not all(length.isdigit() for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def chunked_anywhere(request):
    """Your function behaves like one that is content when chunked is among the codings. `gzip,
    chunked` is a body that you would have to unpack, and where chunked is not the last nobody can
    tell where the body ends (RFC 9112 section 6.3, rule 4). Only a list of that one word is known
    here."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if "chunked" in codings:
        return ChunkedReader()
    if codings:
        raise HTTPError(400, f"Only the coding chunked is known here, not {codings}.")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def looks_for_the_word_chunked(request):
    """Your function behaves like one that looks for the letters chunked somewhere in the field.
    They stand in xchunked and in "chunked;q=1" as well, which a proxy may not take for chunked:
    then it sees no chunks where you do (RFC 9112 section 6.3). Compare whole members of the
    list."""
    lengths = request.headers.get_all("Content-Length")
    coding = ", ".join(request.headers.get_all("Transfer-Encoding")).lower()
    if coding and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if "chunked" in coding:
        return ChunkedReader()
    if "Transfer-Encoding" in request.headers:
        raise HTTPError(400, f"Only the coding chunked is known here, not {coding!r}.")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def every_other_coding_is_400(request):
    """Your function behaves like one that calls `gzip, chunked` a malformed request. It is a sound
    one, whose end can be found, with a coding that is not understood here; for that there is
    another status (RFC 9112 section 6.1). 400 is for a list whose last coding is not chunked."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        raise HTTPError(400, f"Only the coding chunked is known here, not {codings}.")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def get_has_no_body(request):
    """Your function behaves like one that goes by the method. A body behind a GET has no meaning,
    but it is framed like any other (RFC 9110 section 9.3.1): if you do not read it, its bytes are
    the next request to you, and whoever wrote them has smuggled it in. Ask the fields alone."""
    if request.method in ("GET", "HEAD", "DELETE", "OPTIONS"):
        return LengthReader(0)
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def chunks_in_any_version(request):
    """Your function behaves like one that reads chunks from an HTTP/1.0 client. HTTP/1.0 knows no
    Transfer-Encoding: an old proxy on the way has passed the field on without reading it, and has
    framed the message in another way (RFC 9112 section 6.1). Refuse it there."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and lengths:
        raise HTTPError(400, "Transfer-Encoding came with Content-Length.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)


def any_length_is_fine(request):
    """Your function behaves like one that waits for a body of whatever length was announced. A
    client that announces 100 GB, and sends them, fills your memory; the time to say 413 is before
    the first byte (RFC 9110 section 15.5.14). A function of this module turns digits into a size
    within the limit."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(int(lengths[0]) if lengths else 0)


def post_needs_a_length(request):
    """Your function behaves like one that demands a length of every POST. A request without framing
    simply has no body, whatever its method (RFC 9112 section 6.3, rule 7), and there are buttons
    that send nothing. A server may answer 411; this one has no need to."""
    lengths = request.headers.get_all("Content-Length")
    codings = members(request.headers, "Transfer-Encoding")
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise HTTPError(400, "Transfer-Encoding came with Content-Length or HTTP/1.0.")
    if codings == ["chunked"]:
        return ChunkedReader()
    if codings:
        status = 501 if codings.count("chunked") == 1 and codings[-1] == "chunked" else 400
        raise HTTPError(status, f"Only the coding chunked is known here, not {codings}.")
    if not lengths and request.method in ("POST", "PUT", "PATCH"):
        raise HTTPError(411, "How long is the body?")
    if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise HTTPError(400, f"Expected one Content-Length in decimal digits, got {lengths}.")
    return LengthReader(body_size(lengths[0], base=10) if lengths else 0)
