"""6.7, file_response: wrong answers. course/chaffs.py says how this file is read."""


def bare_304(request, file, cache_control="no-cache"):
    """Your function behaves like one that sends 304 without its fields. The browser keeps its copy
    by them, and learns from them how long it may. RFC 9110 section 15.4.5: a 304 carries what the
    200 would have said of the file: ETag, Last-Modified, Cache-Control."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="")
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def body_with_304(request, file, cache_control="no-cache"):
    """Your function behaves like one that sends the file along with 304. The sense of it is to save
    just those bytes, and after a 304 no client expects any: they would be read as the beginning of
    the next answer (RFC 9110 section 15.4.5)."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(file.read_bytes(), 304, type_of(file), headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def range_before_condition(request, file, cache_control="no-cache"):
    """Your function behaves like one that looks at Range before it looks at the conditions. Who has
    the file already needs no part of it, and no 416 either. RFC 9110 section 13.2.2 gives the
    order: conditions first, Range last."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    part = find_range(request, etag, status.st_size)
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def content_range_ends_at_the_stop(request, file, cache_control="no-cache"):
    """Your function behaves like one that writes Python's stop into Content-Range. The last
    position there is included (RFC 9110 section 14.4): a hundred bytes from the start are 0-99. A
    client that puts parts together would find a gap of one byte."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def read_up_to_is_read_so_many(request, file, cache_control="no-cache"):
    """Your function behaves like one that gives read() the position where the part ends. read()
    takes a number of bytes, counted from where the stream stands: behind the seek, that is more
    than was asked for."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def part_with_200(request, file, cache_control="no-cache"):
    """Your function behaves like one that sends a part with the status 200. That says "this is all
    of it": the browser would keep the part as the file. RFC 9110 section 15.3.7: what is a part has
    the status 206."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 200, type_of(file), headers)


def modified_in_the_future(request, file, cache_control="no-cache"):
    """Your function behaves like one that sends the file's time as it is. A clock that was wrong,
    or an archive that was unpacked, leaves files from the future. RFC 9110 section 8.8.2.1:
    Last-Modified is never later than the answer's own Date."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(status.st_mtime, usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def date_as_in_a_mail(request, file, cache_control="no-cache"):
    """Your function behaves like one that writes its dates as e-mail does, with an offset at the
    end. HTTP's dates end in GMT, always (RFC 9110 section 5.6.7). formatdate() can write both."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time())),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def tag_of_whole_seconds(request, file, cache_control="no-cache"):
    """Your function behaves like one that makes its tag of less than the file's state. Who saves
    twice within a second, with as many bytes, gets one tag for two files, and the browser keeps the
    old one. make_etag() takes the time as exactly as the file system knows it."""
    status = file.stat()
    etag = f'"{int(status.st_mtime):x}-{status.st_size:x}"'
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def always_no_cache(request, file, cache_control="no-cache"):
    """Your function behaves like one that says no-cache whatever it was told. The caller decides
    how long browsers may keep a file without asking: hand on cache_control."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": "no-cache",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def everything_is_html(request, file, cache_control="no-cache"):
    """Your function behaves like one that leaves the type to Response, whose default is HTML. A
    style sheet that calls itself HTML is not applied, and a text file that somebody uploaded runs
    as a page. type_of() knows the type by the name."""
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, headers=headers)
