"""Pictures that people upload: recognised by their bytes, kept under names of our own.

A file's name and type are what its sender says. A page of HTML called cat.png would run its
scripts with our cookies if we believed that it is a picture, or if a browser guessed that it is
HTML. So the first bytes decide, the type that we send follows from them, and nosniff (among the
headers of every answer) forbids browsers to guess.
"""

import secrets
from contextlib import suppress

from rung import UploadedFile

from .settings import settings

UPLOADS = settings.uploads  # not under static/: nothing that came from outside may look like ours
MAX_PICTURE = 1024 * 1024  # bytes
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF87a": ".gif",
    b"GIF89a": ".gif",
}


def extension_of(content: bytes) -> str | None:
    """Return the extension that fits the first bytes of a picture; None if it is none.

    >>> extension_of(b"GIF89a..."), extension_of(b"<script>")
    ('.gif', None)
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    return next((SIGNATURES[start] for start in SIGNATURES if content.startswith(start)), None)


def problem_with(upload: UploadedFile) -> str | None:
    """Return what is wrong with an uploaded picture, as a sentence for who sent it."""
    if upload.size > MAX_PICTURE:
        return f"A picture has at most {MAX_PICTURE // 1024} KB; this has {upload.size // 1024}."
    if extension_of(first_bytes(upload)) is None:
        return "This is no picture that we know: PNG, JPEG, GIF or WebP."
    return None


def store(upload: UploadedFile) -> str:
    """Keep a picture, and return the name that it got: random, so nobody can guess or choose it."""
    name = secrets.token_hex(16) + (extension_of(first_bytes(upload)) or "")
    UPLOADS.mkdir(exist_ok=True)
    upload.save(UPLOADS / name)
    return name


def first_bytes(upload: UploadedFile) -> bytes:
    upload.stream.seek(0)
    return upload.stream.read(16)


def remove(name: str | None) -> None:
    """Delete a picture; that it is gone already is no error."""
    if name:
        with suppress(FileNotFoundError):
            (UPLOADS / name).unlink()
