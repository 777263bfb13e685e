"""Files as they are: style sheets, scripts, pictures.

Three questions are answered here. May this visitor have this file? (Whatever the path says, only
what lies in the folder.) Does the visitor's browser have it already? (RFC 9110 section 13.) Which
part of it is wanted? (Section 14.) A file that is long goes out in pieces, never whole in memory.
"""

import mimetypes
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from io import FileIO
from pathlib import Path
from urllib.parse import quote

from .messages import HTTPError, Request, Response
from .router import View

IN_MEMORY = 64 * 1024  # bytes; what is no longer goes out together with its head
PIECE = 256 * 1024  # bytes of a longer file that are held in memory at a time
MAX_RANGES = 32  # parts in one answer

Segment = bytes | range  # what is sent as it is, or a part of the file

# Python's own table goes before the machine's: Windows machines are known to call a script
# text/plain, which a browser then refuses to run.
TYPES = mimetypes.MimeTypes()
TYPES.add_type("text/javascript", ".js")  # Python 3.11 has an older name for it
TYPES.add_type("image/webp", ".webp")  # ... and none for these
TYPES.add_type("font/woff2", ".woff2")

# One name on the way to a file. Not the hidden ones: .git, .env, and with them "." and "..". And
# without what Windows takes for a separator, a drive or a stream: \ and :.
SEGMENT = re.compile(r"[^./\\:\0][^/\\:\0]*")
# RFC 9110 section 8.8.3: "..." or W/"..." as members of a list.
ENTITY_TAG = re.compile(r'(?<![^ \t,])(W/)?("[!#-~\x80-\xff]*")(?![^ \t,])')
# RFC 9110 section 5.6.7: the date of today and the two that are obsolete. The email package, which
# reads them, takes a lot more for a date.
HTTP_DATE = re.compile(
    r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"
    r"|[A-Z][a-z]{5,8}, [0-9]{2}-[A-Z][a-z]{2}-[0-9]{2} [0-9:]{8} GMT"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}"
)
# RFC 9110 section 14.1.2: 0-499; 500- for all from there; -500 for the last 500. A number has no
# upper bound there; but int() has one, for it needs more than linear time.
BYTE_RANGE = re.compile(r"([0-9]{0,99})-([0-9]{0,99})")
# What a file name in quotes cannot hold for all browsers (RFC 6266, appendix D).
UNQUOTABLE = re.compile(r'[^ -~]|["%\\]')


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
        if file is not None:
            with suppress(FileNotFoundError, PermissionError):  # just deleted, or not ours to read
                return file_response(request, file, cache_control)
        # One answer for all: that a file is there and forbidden is nobody's business.
        raise HTTPError(404, f"There is no file {path!r} here.")

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


def file_response(
    request: Request, file: Path, cache_control: str = "no-cache", download_name: str | None = None
) -> Response:
    """Return a file, the parts of it that were asked for, or "you have it already".

    Args:
        file: any file that the application may show to whoever has sent this request.
        cache_control: as for static_files().
        download_name: the browser saves the file, and proposes this name. None: it shows it.

    Raises:
        HTTPError: 412 if the file is not the one that the request is about; 416 if the file has
            none of the parts.
        OSError: the file cannot be opened.
    """
    with ExitStack() as stack:
        # Opened first, so that an error shows while it can still be answered. And all that the
        # answer says is said of this open file, even when another one gets its name meanwhile.
        opened = stack.enter_context(file.open("rb", buffering=0))
        status = os.fstat(opened.fileno())
        # RFC 9110 section 8.8.2.1: never later than the answer's own Date.
        modified = int(min(status.st_mtime, time.time()))
        etag = make_etag(status)
        headers = make_fields(etag, modified, cache_control)
        if is_unchanged(request, etag, modified):
            return Response(status=304, content_type="", headers=headers)
        headers["Content-Type"] = type_of(file)
        if download_name is not None:
            headers["Content-Disposition"] = attachment(download_name)
        ranges = find_ranges(request, etag, modified, status.st_size)
        segments, fields = make_segments(ranges, headers["Content-Type"], status.st_size)
        headers |= fields
        body, code = FileContent(opened, segments), 206 if ranges else 200
        length = sum(map(len, segments))
        if length <= IN_MEMORY:
            return Response(b"".join(body), code, headers=headers)
        headers["Content-Length"] = str(length)
        stack.pop_all()  # so the file stays open; the server closes it when the answer is out
        return Response(body, code, headers=headers)


def make_fields(etag: str, modified: int, cache_control: str) -> dict[str, str]:
    """Return what every answer says of a file, also one that does not send it."""
    return {
        "ETag": etag,
        "Last-Modified": formatdate(modified, usegmt=True),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",  # the type is what we say, not what it looks like
    }


def make_segments(
    ranges: list[range], media_type: str, size: int
) -> tuple[list[Segment], dict[str, str]]:
    """Return what the body is made of, and the fields that say which parts of the file it has."""
    if not ranges:
        return [range(size)], {}
    if len(ranges) == 1:
        return [*ranges], {"Content-Range": content_range(ranges[0], size)}
    # Section 14.6. Who could guess the boundary could write a file that ends a part too early.
    boundary = secrets.token_hex(16)
    segments: list[Segment] = []
    for part in ranges:
        head = f"Content-Type: {media_type}\r\nContent-Range: {content_range(part, size)}"
        segments += [f"\r\n--{boundary}\r\n{head}\r\n\r\n".encode("latin-1"), part]
    segments.append(f"\r\n--{boundary}--\r\n".encode("latin-1"))
    return segments, {"Content-Type": f"multipart/byteranges; boundary={boundary}"}


@dataclass(frozen=True)
class FileContent:
    """A file as the body of an answer, whole or in parts, piece by piece."""

    file: FileIO
    segments: list[Segment]

    def __iter__(self) -> Iterator[bytes]:
        for segment in self.segments:
            yield from [segment] if isinstance(segment, bytes) else self.read(segment)

    def read(self, part: range) -> Iterator[bytes]:
        self.file.seek(part.start)
        missing = len(part)
        while missing:
            piece = self.file.read(min(missing, PIECE))
            if not piece:  # the head has promised more: the server breaks the connection now
                raise OSError(f"{self.file.name} has become shorter while it was sent")
            missing -= len(piece)
            yield piece

    def close(self) -> None:
        self.file.close()


def content_range(part: range, size: int) -> str:
    """Return which part of a file this is (RFC 9110 section 14.4): its last byte is included.

    >>> content_range(range(0, 100), 1024)
    'bytes 0-99/1024'
    """
    return f"bytes {part.start}-{part.stop - 1}/{size}"


def attachment(name: str) -> str:
    """Return the Content-Disposition that makes a browser save a file (RFC 6266).

    A name that ASCII cannot hold comes twice: as RFC 8187 has it, and in a form for all others.

    >>> attachment("plan.txt")
    'attachment; filename="plan.txt"'
    >>> print(attachment("café.txt"))
    attachment; filename="caf_.txt"; filename*=UTF-8''caf%C3%A9.txt
    """
    # A name, not a path; and nothing that would end the field and begin another one.
    name = "".join(each if each.isprintable() and each not in "/\\" else "_" for each in name)
    plain = UNQUOTABLE.sub("_", name)
    if plain == name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


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


def is_unchanged(request: Request, etag: str, modified: int) -> bool:
    """Return whether the client has this very file already, and 304 will do.

    RFC 9110 section 13.2.2, steps 1 to 4. A tag goes before a date: a date knows seconds only.

    Args:
        modified: seconds since 1970, as Last-Modified says it.

    Raises:
        HTTPError: 412 (section 15.5.13): the client wants an answer about another file only.
    """
    reads = request.method in ("GET", "HEAD")
    # 1. If-Match: the comparison is strong, for what matches will be changed, byte for byte.
    # 2. Only without it, If-Unmodified-Since.
    if "If-Match" in request.headers:
        is_ours = has_tag(request, "If-Match", etag, strong=True)
    else:
        is_ours = modified <= date_of(request, "If-Unmodified-Since", otherwise=modified)
    # 3. If-None-Match: the comparison is weak; a proxy that compresses makes W/"x" out of "x".
    is_known = "If-None-Match" in request.headers and has_tag(request, "If-None-Match", etag)
    if not is_ours or (is_known and not reads):
        raise HTTPError(412, "The file has changed, or it is none that this request is meant for.")
    # 4. Only without it, If-Modified-Since; only those who read ask that.
    if "If-None-Match" in request.headers or not reads:
        return is_known
    return modified <= date_of(request, "If-Modified-Since", otherwise=modified - 1)


def has_tag(request: Request, field: str, etag: str, strong: bool = False) -> bool:
    """Return whether a field is "*" or a list with this tag (RFC 9110 section 8.8.3.2)."""
    condition = ", ".join(request.headers.get_all(field))
    tags = [prefix + tag if strong else tag for prefix, tag in ENTITY_TAG.findall(condition)]
    return condition.strip() == "*" or etag in tags


def date_of(request: Request, field: str, otherwise: int) -> int:
    """Return the date of a field in seconds since 1970.

    Args:
        otherwise: what to take for a field that is missing, or no date: it is no condition then
            (RFC 9110 sections 13.1.3 and 13.1.4).
    """
    value = ", ".join(request.headers.get_all(field))
    try:
        date = parsedate_to_datetime(value if HTTP_DATE.fullmatch(value) else "")
        return int(date.replace(tzinfo=UTC).timestamp())
    except ValueError:
        return otherwise


def find_ranges(request: Request, etag: str, modified: int, size: int) -> list[range]:
    """Return which parts of a file Range asks for; none if the whole file is the answer.

    RFC 9110 section 14.2:
    1. Only GET has ranges.
    2. If-Range means: these parts, if it is still the file that I know, else all of it.
    3. Another unit, or what is no list of ranges: as if it was not there.
    4. Parts beyond the end are left out. If that leaves none, it is an error, and its answer tells
       how long the file is.
    5. Attack: a hundred times the whole file in one request (section 17.15). Who asks for more
       bytes than the file has, or for too many parts, gets the file. That is always a right
       answer, and none costs us more.

    Raises:
        HTTPError: 416 (section 15.5.17).
    """
    unit, _, wanted = ", ".join(request.headers.get_all("Range")).partition("=")
    has_ranges = request.method == "GET" and unit.lower() == "bytes" and size > 0
    if not has_ranges or not is_same_file(request, etag, modified):
        return []
    specs = [spec.strip(" \t") for spec in wanted.split(",")]
    parts = [parse_range(spec, size) for spec in specs if spec]  # section 5.6.1.2: "a,,b" is "a,b"
    ranges = [part for part in parts if part]
    if not parts or None in parts:
        return []
    if not ranges:
        length = {"Content-Range": f"bytes */{size}"}
        raise HTTPError(416, f"The file has {size} bytes; there are none in that range.", length)
    return ranges if len(ranges) <= MAX_RANGES and sum(map(len, ranges)) <= size else []


def is_same_file(request: Request, etag: str, modified: int) -> bool:
    """Return whether If-Range lets a range pass (RFC 9110 section 13.1.5). It must be sure.

    So tags are compared strongly; and a date counts when that second is over, for within it the
    file may change again (section 8.8.2.2).
    """
    if "If-Range" not in request.headers or request.headers.get_all("If-Range") == [etag]:
        return True
    is_over = modified < int(time.time())
    return is_over and date_of(request, "If-Range", otherwise=modified + 1) == modified


def parse_range(spec: str, size: int) -> range | None:
    """Return the part of a file that is meant, empty if it lies beyond the end; None if none is.

    >>> parse_range("0-499", 1024), parse_range("-24", 1024), parse_range("5-4", 1024)
    (range(0, 500), range(1000, 1024), None)
    """
    match = BYTE_RANGE.fullmatch(spec)
    if match is None or spec == "-":
        return None
    first, last = match.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
