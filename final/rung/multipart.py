"""multipart/form-data: the bytes of a form with files in, its fields and files out.

RFC 7578 says what a part means, RFC 2046 section 5.1 how the parts are set apart. Nothing here
knows where the bytes came from, or where a file will go. And nothing holds them all in memory: we
note where each file starts and stops in the body, and leave it there.

    --AaB03x                                                    a delimiter line
    Content-Disposition: form-data; name="picture"; filename="me.png"
    Content-Type: image/png
                                                                an empty line, then the content
    (any bytes)
    --AaB03x--                                                  the last delimiter
"""

import io
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, unquote_to_bytes

from .messages import MAX_FORM_FIELDS, MAX_TEXT, TOKEN, Fields, HTTPError, MissingField

MAX_PART_HEAD = 8 * 1024  # bytes of the header of one part
MAX_BLANKS = 100  # behind a delimiter; nobody knows what for (RFC 2046: "transport padding")
WINDOW = 256 * 1024  # bytes of a body that are searched at a time

# RFC 2046 section 5.1.1: up to 70 characters, of which a space is never the last.
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
# ; name="value" or ; name=value. A quote inside comes as \" from some clients. A backslash before
# anything else is a backslash, as browsers mean it; so the last one before the end may be, too.
# The plus behind a quantifier forbids to try again with less. Without it, 60,000 blanks in a field
# of a request would take half a minute, for each of them would be a place to begin again from.
PARAMETER = re.compile(
    rf'\s*+;\s*+({TOKEN.pattern})\s*+=\s*+(?:"((?:\\"|[^"])*)"|([^\s;"]*+))(?=\s*+(?:;|$))'
)
# What browsers percent-encode in a name or file name, and nothing else: "100%.txt" comes as it is.
ENCODED = re.compile("%(22|0D|0A)", re.IGNORECASE)
CONTROL = re.compile(r"[\0-\x08\n-\x1f\x7f]")
# The charsets that a text may have. Python knows more; one of them (punycode) takes time that grows
# with the square of the length.
CHARSET = re.compile(
    r"utf-8|us-ascii|iso-8859-[0-9]{1,2}|windows-125[0-8]|koi8-[ru]|shift_jis|euc-(?:jp|kr)"
    r"|gb(?:k|2312|18030)|big5",
    re.IGNORECASE,
)
# Encodings of a part that change nothing (RFC 2045 section 6.2); the others are of the age of mail.
IDENTITIES = ("7bit", "8bit", "binary")


@dataclass(frozen=True)
class UploadedFile:
    """A file that came with a form: a window on the body of its request, and as lasting as that.

    Attributes:
        filename: what the sender calls it. A label to show, never a path to write to.
        content_type: what the sender takes it for, in lower case. It may be a lie.
    """

    filename: str
    content_type: str
    body: BinaryIO = field(repr=False)
    start: int
    stop: int

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.stop - self.start

    @property
    def content(self) -> bytes:
        """Its bytes, all in memory. Look at `size` first."""
        return read_between(self.body, self.start, self.stop)

    @cached_property
    def stream(self) -> BinaryIO:
        """Its bytes as a file, for what is too large for the memory."""
        return io.BufferedReader(Window(self.body, self.start, self.stop))

    def save(self, path: str | Path) -> None:
        """Write it to a path, replacing what is there. It appears there whole or not at all.

        Raises:
            OSError: there is no such folder, no place on the disk, ... Nothing is left behind.
        """
        path = Path(path)
        unfinished = path.with_name(f".{secrets.token_hex(16)}")
        try:
            with unfinished.open("xb") as target:
                shutil.copyfileobj(Window(self.body, self.start, self.stop), target)
            unfinished.replace(path)
        except OSError as error:
            problem = f"the upload {self.filename!r} was not saved: {error.strerror}"
            raise OSError(error.errno, problem, str(path)) from error
        finally:
            unfinished.unlink(missing_ok=True)  # it is not there when all went well


class Window(io.RawIOBase):
    """A part of a file, as a file of its own. Closing it leaves the other one open."""

    def __init__(self, body: BinaryIO, start: int, stop: int) -> None:
        self._body = body
        self._start = self._position = start
        self._stop = stop

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: self._start, os.SEEK_CUR: self._position, os.SEEK_END: self._stop}
        self._position = max(self._start, base[whence] + offset)
        return self._position - self._start

    def readinto(self, buffer: Any) -> int:
        stop = min(self._position + len(buffer), self._stop)
        # The position of the body is not ours alone, so each time we begin by going there.
        data = read_between(self._body, self._position, stop)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class Files(Mapping[str, UploadedFile]):
    """The files of a form by the names of their fields: the first by [], all by get_all()."""

    def __init__(self) -> None:
        self._files: dict[str, list[UploadedFile]] = {}

    def add(self, name: str, file: UploadedFile) -> None:
        self._files.setdefault(name, []).append(file)

    def get_all(self, name: str) -> list[UploadedFile]:
        return list(self._files.get(name, ()))

    def __getitem__(self, name: str) -> UploadedFile:
        if name not in self._files:
            raise MissingField(name)
        return self._files[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def parse_multipart(body: BinaryIO, content_type: str) -> tuple[Fields, Files]:
    """Return the fields and the files of a form.

    >>> body = b'--x\\r\\nContent-Disposition: form-data; name="a"\\r\\n\\r\\nb\\r\\n--x--\\r\\n'
    >>> parse_multipart(io.BytesIO(body), "multipart/form-data; boundary=x")[0].pairs()
    [('a', 'b')]

    Args:
        body: the uploaded files will be windows on it.
        content_type: the Content-Type field of the request, with its boundary.

    Raises:
        HTTPError: 400 if the body is malformed, 413 if it has too many parts, or too much to hold.
    """
    texts: list[tuple[str, bytes, str]] = []
    files = Files()
    in_memory = 0
    for number, (start, stop) in enumerate(find_parts(body, parse_boundary(content_type)), 1):
        if number > MAX_FORM_FIELDS:
            raise HTTPError(413, f"A form has at most {MAX_FORM_FIELDS} parts here.")
        headers, content = read_part_head(body, start, stop)
        kind = headers.get("content-type", "text/plain")  # RFC 7578 section 4.4
        name, filename = parse_disposition(headers.get("content-disposition", ""))
        in_memory += (stop if filename is None else content) - start
        if in_memory > MAX_TEXT:
            raise HTTPError(413, f"A form has at most {MAX_TEXT} bytes here, but for its files.")
        if filename is None:
            texts.append((name, read_between(body, content, stop), kind))
        elif filename or content < stop:  # a file input that was left empty sends neither
            kind = kind.partition(";")[0].strip().lower()
            files.add(name, UploadedFile(label(filename), kind, body, content, stop))
    return decode_fields(texts), files


def parse_boundary(content_type: str) -> bytes:
    """Return what separates the parts.

    >>> parse_boundary('multipart/form-data; boundary="a b"')
    b'a b'
    """
    boundary = parse_parameters(content_type)[1].get("boundary", "")
    if not BOUNDARY.fullmatch(boundary):
        raise HTTPError(400, f"Expected a boundary of 1 to 70 characters in {content_type!r}.")
    return boundary.encode("ascii")


def find_parts(body: BinaryIO, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each part starts, at the line end of the delimiter before it, and where it stops.

    What stands before the first delimiter and behind the last is no part of the form (RFC 2046
    section 5.1.1: preamble and epilogue).
    """
    for (_, start), (stop, _) in pairwise(find_delimiters(body, boundary)):
        yield start, stop


def find_delimiters(body: BinaryIO, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each delimiter starts and where it stops, up to the one that ends the form.

    Raises:
        HTTPError: 400: there is none that ends it.
    """
    # The CR LF before a delimiter belongs to it, not to the content. Blanks may follow it, but
    # nothing else: "--x1" is no delimiter for "x".
    blanks = b"[ \\t]{0,%d}+" % MAX_BLANKS
    delimiter = re.compile(rb"\r\n--" + re.escape(boundary) + rb"(--)?" + blanks + rb"(?=\r\n|\Z)")
    longest = len(b"\r\n--" + boundary + b"--") + MAX_BLANKS + len(b"\r\n")
    position, window = -2, b"\r\n"  # so that the first delimiter looks like the others
    while window:
        end = position + len(window)
        piece = read_between(body, end, end + WINDOW)
        window += piece
        # Whether what begins behind this point is a delimiter, the next piece shows.
        settled = max(0, len(window) - longest) if piece else len(window)
        for match in delimiter.finditer(window):
            if match.start() < settled:
                yield position + match.start(), position + match.end()
                if match[1]:
                    return
        position, window = position + settled, window[settled:]
    # A body that was cut off must not pass for a shorter one.
    raise HTTPError(400, f"The form does not end in its last delimiter, '--{boundary.decode()}--'.")


def read_part_head(body: BinaryIO, start: int, stop: int) -> tuple[dict[str, str], int]:
    """Return the header fields of a part, their names in lower case, and where its content starts.

    >>> read_part_head(io.BytesIO(b"\\r\\nContent-Type: text/plain\\r\\n\\r\\nhello"), 0, 35)
    ({'content-type': 'text/plain'}, 30)
    """
    # RFC 2046 section 5.1.1: a part may end behind its header. The empty line is the delimiter's
    # own CR LF then, so we look as far as that.
    beginning = read_between(body, start, min(stop + 2, start + MAX_PART_HEAD + 4))
    head, empty_line, _ = beginning.partition(b"\r\n\r\n")
    if len(head) > MAX_PART_HEAD:
        raise HTTPError(413, f"The header of a part has at most {MAX_PART_HEAD} bytes here.")
    if not empty_line:
        raise HTTPError(400, "An empty line must stand behind the header of each part.")
    headers: dict[str, str] = {}
    # UTF-8, not Latin-1: browsers send the name of a file as it is (RFC 7578 section 5.1).
    for line in decode(head, "The header of a part").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.fullmatch(name) or CONTROL.search(value):
            raise HTTPError(400, f"Expected a field like 'Name: value' in a part, got {line!r}.")
        headers.setdefault(name.lower(), value.strip())
    encoding = headers.get("content-transfer-encoding", "binary")
    if encoding.lower() not in IDENTITIES:  # RFC 7578 section 4.7: HTTP needs none
        raise HTTPError(400, f"A part of a form comes as it is, not encoded as {encoding!r}.")
    return headers, min(start + len(head) + 4, stop)


def parse_disposition(value: str) -> tuple[str, str | None]:
    """Return the name of the field, and of the file if it is one (RFC 7578 section 4.2).

    >>> parse_disposition('form-data; name="picture"; filename="5%22 or 6%22.png"')
    ('picture', '5" or 6".png')
    >>> parse_disposition('form-data; name="bio"')
    ('bio', None)
    """
    kind, parameters = parse_parameters(value)
    if kind != "form-data" or "name" not in parameters:
        raise HTTPError(400, f"Expected form-data with a name in each part, got {value!r}.")
    filename = parameters.get("filename")
    if filename is None and "filename*" in parameters:
        # Not for forms (RFC 7578 section 4.2), but libraries have sent it: UTF-8''na%C3%AFve.txt
        charset, _, encoded = parameters["filename*"].partition("'")
        encoded = encoded.partition("'")[2]  # behind the language
        filename = decode(unquote_to_bytes(encoded), "The name of a file", charset)
    return parameters["name"], filename


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return a value of a header field and its parameters; of two with one name the first.

    >>> parse_parameters('form-data; name="a%22b"; filename=c.txt')
    ('form-data', {'name': 'a"b', 'filename': 'c.txt'})
    """
    kind = value.partition(";")[0]
    parameters: dict[str, str] = {}
    position = len(kind)
    while match := PARAMETER.match(value, position):
        name, quoted, text = match.groups()
        if quoted is not None:
            text = ENCODED.sub(lambda code: unquote(code[0]), quoted.replace('\\"', '"'))
        parameters.setdefault(name.lower(), text)
        position = match.end()
    if value[position:].strip("; \t"):
        raise HTTPError(400, f"Expected parameters like '; name=\"value\"', got {value!r}.")
    return kind.strip().lower(), parameters


def label(filename: str) -> str:
    """Return a file's name without its folders, be they of Unix or of Windows.

    Attack: "../../.ssh/authorized_keys". RFC 7578 section 4.2 warns of it.

    >>> label("C:\\\\Pictures\\\\me.png"), label("../../me.png"), label("..")
    ('me.png', 'me.png', '')
    """
    name = "".join(filter(str.isprintable, re.split(r"[/\\]", filename)[-1]))
    return "" if name in (".", "..") else name


def decode_fields(texts: list[tuple[str, bytes, str]]) -> Fields:
    """Return the fields of a form, from name, bytes and Content-Type of each.

    A part may name its charset (RFC 7578 section 4.5). For those that do not, a field that is
    called _charset_ may (section 4.6); browsers fill it in. Without either it is UTF-8.
    """
    given = (content for name, content, _ in texts if name == "_charset_" and content)
    usual = next(given, b"utf-8").decode("latin-1")
    fields = Fields()
    for name, content, kind in texts:
        charset = parse_parameters(kind)[1].get("charset", usual)
        fields.add(name, decode(content, f"The field {name!r}", charset))
    return fields


def decode(data: bytes, what: str, charset: str = "utf-8") -> str:
    try:
        if not CHARSET.fullmatch(charset):
            raise LookupError(f"unknown encoding: {charset!r}")
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError) as error:
        raise HTTPError(400, f"{what} is not {charset.upper()}: {error}.") from None


def read_between(body: BinaryIO, start: int, stop: int) -> bytes:
    body.seek(start)
    return body.read(max(0, stop - start))
