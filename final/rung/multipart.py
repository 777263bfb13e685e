"""multipart/form-data: the bytes of a form with files in, its fields and files out.

RFC 7578 says what a part means, RFC 2046 section 5.1 how the parts are set apart. Nothing here
knows where the bytes came from, or where a file will go:

    --AaB03x                                                    a delimiter line
    Content-Disposition: form-data; name="picture"; filename="me.png"
    Content-Type: image/png
                                                                an empty line, then the content
    (any bytes)
    --AaB03x--                                                  the last delimiter
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from .messages import MAX_FORM_FIELDS, TOKEN, HTTPError, MultiDict

MAX_PART_HEAD = 8 * 1024  # bytes of the header of one part

# RFC 2046 section 5.1.1: up to 70 characters, of which a space is never the last.
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
# ; name="value" or ; name=value. A quote inside comes as \" from some clients. A backslash before
# anything else is a backslash, as browsers mean it; so the last one before the end may be, too.
PARAMETER = re.compile(
    rf'\s*;\s*({TOKEN.pattern})\s*=\s*(?:"((?:\\"|[^"])*)"|([^\s;"]*))(?=\s*(?:;|$))'
)
# What browsers percent-encode in a name or file name, and nothing else: "100%.txt" comes as it is.
ENCODED = re.compile("%(22|0D|0A)", re.IGNORECASE)
CONTROL = re.compile(r"[\0-\x08\n-\x1f\x7f]")
# Encodings of a part that change nothing (RFC 2045 section 6.2); the others are of the age of mail.
IDENTITIES = ("7bit", "8bit", "binary")


@dataclass(frozen=True)
class UploadedFile:
    """A file that came with a form.

    Attributes:
        filename: what the sender calls it. A label to show, never a path to write to.
        content_type: what the sender takes it for, in lower case. It may be a lie.
        content: its bytes.
    """

    filename: str
    content_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"<UploadedFile {self.filename!r}, {len(self.content)} bytes>"


class Files(Mapping[str, UploadedFile]):
    """The files of a form by the names of their fields: the first by [], all by get_all()."""

    def __init__(self) -> None:
        self._files: dict[str, list[UploadedFile]] = {}

    def add(self, name: str, file: UploadedFile) -> None:
        self._files.setdefault(name, []).append(file)

    def get_all(self, name: str) -> list[UploadedFile]:
        return list(self._files.get(name, ()))

    def __getitem__(self, name: str) -> UploadedFile:
        return self._files[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def parse_multipart(body: bytes, content_type: str) -> tuple[MultiDict, Files]:
    """Return the fields and the files of a form.

    >>> body = b'--x\\r\\nContent-Disposition: form-data; name="a"\\r\\n\\r\\nb\\r\\n--x--\\r\\n'
    >>> parse_multipart(body, "multipart/form-data; boundary=x")[0].pairs()
    [('a', 'b')]

    Args:
        content_type: the Content-Type field of the request, with its boundary.

    Raises:
        HTTPError: 400 if the body is malformed, 413 if it has too many parts or too long a header.
    """
    fields, files = MultiDict(), Files()
    for number, part in enumerate(split_parts(body, parse_boundary(content_type)), 1):
        if number > MAX_FORM_FIELDS:
            raise HTTPError(413, f"A form has at most {MAX_FORM_FIELDS} parts here.")
        headers, content = parse_part(part)
        name, filename = parse_disposition(headers.get("content-disposition", ""))
        if filename is None:
            fields.add(name, decode(content, f"The field {name!r}"))
        elif filename or content:  # a file input that was left empty sends neither
            kind = headers.get("content-type", "text/plain")  # RFC 7578 section 4.4
            kind = kind.partition(";")[0].strip().lower()
            files.add(name, UploadedFile(label(filename), kind, content))
    return fields, files


def parse_boundary(content_type: str) -> bytes:
    """Return what separates the parts.

    >>> parse_boundary('multipart/form-data; boundary="a b"')
    b'a b'
    """
    boundary = parse_parameters(content_type)[1].get("boundary", "")
    if not BOUNDARY.fullmatch(boundary):
        raise HTTPError(400, f"Expected a boundary of 1 to 70 characters in {content_type!r}.")
    return boundary.encode("ascii")


def split_parts(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Yield each part, from the line end of the delimiter before it to the delimiter behind it.

    What stands before the first delimiter and behind the last is no part of the form (RFC 2046
    section 5.1.1: preamble and epilogue).
    """
    # The CR LF before a delimiter belongs to it, not to the content. Blanks may follow it, but
    # nothing else: "--x1" is no delimiter for "x".
    delimiter = re.compile(rb"\r\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r\n|\Z)")
    body = b"\r\n" + body  # so that the first delimiter looks like the others
    start = None
    for match in delimiter.finditer(body):
        if start is not None:
            yield body[start : match.start()]
        if match[1]:
            return
        start = match.end()
    # A body that was cut off must not pass for a shorter one.
    raise HTTPError(400, f"The form does not end in its last delimiter, '--{boundary.decode()}--'.")


def parse_part(part: bytes) -> tuple[dict[str, str], bytes]:
    """Return the header fields of a part, their names in lower case, and its content.

    >>> parse_part(b"\\r\\nContent-Type: text/plain\\r\\n\\r\\nhello")
    ({'content-type': 'text/plain'}, b'hello')
    """
    head, empty_line, content = part.partition(b"\r\n\r\n")
    if not empty_line:  # RFC 2046 section 5.1.1: a part may end behind its header, on a line end
        if not part.endswith(b"\r\n"):
            raise HTTPError(400, "An empty line must stand behind the header of each part.")
        head = part.removesuffix(b"\r\n")
    if len(head) > MAX_PART_HEAD:
        raise HTTPError(413, f"The header of a part has at most {MAX_PART_HEAD} bytes here.")
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
    return headers, content


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
        filename = unquote(parameters["filename*"].rpartition("'")[2])
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
        name, quoted, bare = match.groups()
        text = bare if quoted is None else ENCODED.sub(unquote_match, quoted.replace('\\"', '"'))
        parameters.setdefault(name.lower(), text)
        position = match.end()
    if value[position:].strip("; \t"):
        raise HTTPError(400, f"Expected parameters like '; name=\"value\"', got {value!r}.")
    return kind.strip().lower(), parameters


def unquote_match(match: re.Match[str]) -> str:
    return unquote(match[0])


def label(filename: str) -> str:
    """Return a file's name without its folders, be they of Unix or of Windows.

    Attack: "../../.ssh/authorized_keys". RFC 7578 section 4.2 warns of it.

    >>> label("C:\\\\Pictures\\\\me.png"), label("../../me.png"), label("..")
    ('me.png', 'me.png', '')
    """
    name = re.split(r"[/\\]", filename)[-1]
    name = "".join(character for character in name if character.isprintable())
    return "" if name in (".", "..") else name


def decode(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPError(400, f"{what} is not UTF-8: {error}.") from None
