"""6.6, find_range: wrong answers. course/chaffs.py says how this file is read."""


def last_is_left_out(request, etag, size):
    """Your function behaves like one that reads the last position as Python reads a stop. In HTTP
    it is included: bytes=0-99 are a hundred bytes (RFC 9110 section 14.1.2)."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last), size) if last else size)
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def suffix_is_counted_from_the_start(request, etag, size):
    """Your function behaves like one that takes bytes=-100 for "from the start up to 100". A number
    that stands alone behind the hyphen is a length: the last hundred bytes (RFC 9110 section
    14.1.2)."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    first, last = int(first or 0), int(last or suffix or size - 1)
    if last < first < size:
        return None
    part = range(first, min(last + 1, size))
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def reaches_beyond_the_end(request, etag, size):
    """Your function behaves like one that promises bytes behind the end of the file. A client need
    not know how long the file is: bytes=1000-999999 means "up to there, if there is so much". The
    part ends where the file does, and Content-Range must say so."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), int(last) + 1 if last else size)
    if not part or part.start >= size:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def long_suffix_is_refused(request, etag, size):
    """Your function behaves like one that refuses the last 5000 bytes of a shorter file. RFC 9110
    section 14.1.2: where the file is shorter than the suffix, all of it is the part. That is no
    error, and the part does not begin before the start."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(size - int(suffix), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    if not part or part.start < 0:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def backwards_is_refused(request, etag, size):
    """Your function behaves like one that answers 416 where the end lies before the start. Such a
    range is malformed, not unsatisfiable, and what is malformed is passed over: the client gets the
    whole file (RFC 9110 sections 14.1.1 and 14.2)."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def beyond_the_end_gets_all(request, etag, size):
    """Your function behaves like one that sends the whole file where the part lies behind its end.
    A client that goes on with a download would put the file behind the file. RFC 9110 section
    15.5.17: 416, and a Content-Range that says how long the file is."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    return part or None


def every_method_has_ranges(request, etag, size):
    """Your function behaves like one that answers HEAD with a part. RFC 9110 section 14.2 defines
    Range for GET alone: with every other method the field is passed over."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or size == 0:
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def if_range_is_passed_over(request, etag, size):
    """Your function behaves like one that does not know If-Range. A client that has the first half
    of the old file would be sent the second half of the new one. The part is for those who know
    this very file; all others get the whole (RFC 9110 section 13.1.5)."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def if_range_is_compared_weakly(request, etag, size):
    """Your function behaves like one that takes W/"x" for "x" in If-Range. A weak tag says that two
    files mean the same, not that they are the same bytes, and halves fit together only if the bytes
    are. Here the comparison is strong (RFC 9110 section 13.1.5)."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or size == 0:
        return None
    if request.headers.get("If-Range", etag).removeprefix("W/") != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part


def empty_file_is_refused(request, etag, size):
    """Your function behaves like one that answers 416 for every part of an empty file. It has no
    bytes, so every part would be beyond its end, and a player that asks for bytes=0- gets an error
    for a file that is there. Send the whole of it: nothing, with 200."""
    match = BYTE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET":
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        part = range(max(size - int(suffix), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part
