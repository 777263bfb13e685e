"""Files as they are: style sheets, scripts, pictures.

Two questions are answered here. May this visitor have this file? (Whatever the path says, only
what lies in the folder.) And does the visitor's browser have it already? (RFC 9110 section 13.)
"""

import mimetypes
import os
import re
import time
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

from .messages import HTTPError, Request, Response
from .router import View

# Python's own table goes before the machine's: Windows machines are known to call a script
# text/plain, which a browser then refuses to run.
TYPES = mimetypes.MimeTypes()
TYPES.add_type("text/javascript", ".js")  # Python 3.11 has an older name for it
TYPES.add_type("image/webp", ".webp")  # ... and none for these
TYPES.add_type("font/woff2", ".woff2")

# One name on the way to a file. Not the hidden ones: .git, .env, and with them "." and "..". And
# without what Windows takes for a separator, a drive or a stream: \ and :.
SEGMENT = re.compile(r"[^./\\:\0][^/\\:\0]*")
# RFC 9110 section 8.8.3: "..." or W/"...". The group is what a weak comparison looks at.
ENTITY_TAG = re.compile(r'(?:W/)?("[!#-~\x80-\xff]*")')
# RFC 9110 section 14.1.2: 0-499; 500- for all from there; -500 for the last 500.
BYTE_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))", re.IGNORECASE)


def static_files(folder: str | Path, cache_control: str = "no-cache") -> View:
    """Return a view that answers with the files of a folder.

    app.get("/static/<path:path>", name="static")(static_files("static"))

    Args:
        folder: everything in it is public, but for hidden files.
        cache_control: "no-cache" lets browsers keep a file, and ask each time whether it is still
            the same. "max-age=3600" spares them the question, and shows them the old file for up
            to an hour (RFC 9111 section 5.2.2).

    Raises:
        NotADirectoryError: there is no such folder.
    """
    root = Path(folder).resolve()
    if not root.is_dir():
        raise NotADirectoryError(f"there is no folder {root} to take files from")

    def static(request: Request, path: str) -> Response:
        file = find_file(root, path)
        if file is None:
            # One answer for all: that a file is there and forbidden is nobody's business.
            raise HTTPError(404, f"There is no file {path!r} here.")
        return file_response(request, file, cache_control)

    return static


def find_file(root: Path, path: str) -> Path | None:
    """Return the file that a path means; None if there is none, or none that may be given away.

    Args:
        root: the folder, resolved.
        path: from the URL, percent-decoded: "css/site.css". Whatever stands in it, the file that
            comes back is a regular one and lies in the folder.
    """
    if not all(SEGMENT.fullmatch(segment) for segment in path.split("/")):
        return None
    try:
        file = (root / path).resolve(strict=True)  # symbolic links are followed here
        # Look at where we have come to, not at the way: a link may lead out of the folder.
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, RuntimeError, ValueError):  # missing; a loop of links; not a file name
        return None


def file_response(request: Request, file: Path, cache_control: str = "no-cache") -> Response:
    """Return a file, the part of it that was asked for, or "you have it already".

    Raises:
        HTTPError: 416 if the file has no such part.
    """
    status = file.stat()
    etag = make_etag(status)
    headers = {
        "ETag": etag,
        # RFC 9110 section 8.8.2.1: never later than the answer's own Date.
        "Last-Modified": formatdate(min(status.st_mtime, time.time()), usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",  # the type is what we say, not what it looks like
    }
    if is_unchanged(request, etag, status.st_mtime):
        return Response(status=304, content_type="", headers=headers)
    part = find_range(request, etag, status.st_size)
    start, stop = (part.start, part.stop) if part else (0, status.st_size)
    # Simplified: what is sent is held in memory. `final/` sends files in pieces.
    with file.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    if part is None:
        return Response(body, 200, type_of(file), headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
    return Response(body, 206, type_of(file), headers)


def type_of(file: Path) -> str:
    """Return the media type of a file by its name; text comes with its charset.

    >>> type_of(Path("site.css")), type_of(Path("backup.tar.gz"))
    ('text/css; charset=utf-8', 'application/octet-stream')
    """
    media_type, encoding = TYPES.guess_type(file.name)
    media_type = media_type or mimetypes.guess_type(file.name)[0]
    if media_type is None or encoding:  # x.tar.gz is no tar archive before it is unpacked
        media_type = "application/octet-stream"
    return media_type + ("; charset=utf-8" if media_type.startswith("text/") else "")


def make_etag(status: os.stat_result) -> str:
    """Return the entity tag of a file: a mark that changes when the content does.

    Time and size are known without reading the file; a hash of the content would cost as much as
    sending it. The price: two changes within one tick of the file system's clock (milliseconds)
    that leave the size as it is look like one.
    """
    return f'"{status.st_mtime_ns:x}-{status.st_size:x}"'


def is_unchanged(request: Request, etag: str, modified: float) -> bool:
    """Return whether the client has this very file already, and 304 will do.

    Simplified: If-Match and If-Unmodified-Since are passed over; they matter to who writes files.
    The rest of RFC 9110 section 13.2.2:
    1. If-None-Match decides if it is there: "*", or a list that has the tag. The comparison is
       weak: W/"x" means "x", because a proxy that compresses makes tags weak.
    2. Only without it If-Modified-Since is asked: a date knows seconds, a tag knows better.
    3. A date that is none is no condition (section 13.1.3).
    """
    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return condition.strip() == "*" or etag in ENTITY_TAG.findall(condition)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def find_range(request: Request, etag: str, size: int) -> range | None:
    """Return which bytes Range asks for; None if the whole file is the answer.

    RFC 9110 section 14.2:
    1. Only GET has ranges.
    2. If-Range means: this part, if it is still the file that I know, else all of it. The tags are
       compared strongly. (A date could stand here, too. It knows seconds only, so it gets all.)
    3. Another unit, or a range whose end lies before its start: as if it was not there.
    4. A part beyond the end is an error, and its answer tells how long the file is.

    Raises:
        HTTPError: 416 (section 15.5.17).
    """
    # Simplified: who asks for several parts at once gets the whole file, as section 14.2 allows.
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
    if not part:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return part
