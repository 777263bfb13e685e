"""rung/multipart.py: forms with files (RFC 7578, RFC 2046 section 5.1)."""

import errno
import io
import os
import random
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.compare import read_answer
from tests.support.serving import serving

CRLF = b"\r\n"
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(disposition: str, content: bytes, *fields: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in (f"Content-Disposition: {disposition}", *fields))
    return f"--{BOUNDARY}\r\n{head}\r\n".encode() + content + CRLF


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


@pytest.fixture(scope="session")
def parse(rung: Any) -> Any:
    """parse(body) -> the fields as pairs, and the files as (field, name, type, content)."""
    module = rung("multipart")

    def parse(body: bytes | BinaryIO, content_type: str = CONTENT_TYPE) -> tuple[Any, Any]:
        stream = io.BytesIO(body) if isinstance(body, bytes) else body
        fields, files = module.parse_multipart(stream, content_type)
        found = [
            (name, file.filename, file.content_type, file.content)
            for name in files
            for file in files.get_all(name)
        ]
        return fields.pairs(), found

    return parse


@pytest.fixture(scope="session")
def refusal(rung: Any, parse: Any) -> Any:
    """refusal(body) -> status and sentence of the error that the body causes."""

    def refusal(body: bytes, content_type: str = CONTENT_TYPE) -> tuple[int, str]:
        with pytest.raises(rung("messages").HTTPError) as caught:
            parse(body, content_type)
        return caught.value.status.value, caught.value.message

    return refusal


def test_fields_and_files_are_told_apart_by_the_file_name(parse: Any) -> None:
    body = form(
        part('form-data; name="bio"', b"hello"),
        part('form-data; name="picture"; filename="me.png"', b"\x89PNG", "Content-Type: image/png"),
    )
    assert parse(body) == (
        [("bio", "hello")],
        [("picture", "me.png", "image/png", b"\x89PNG")],
    )


def test_a_name_may_come_more_than_once(parse: Any) -> None:
    body = form(
        part('form-data; name="tag"', b"a"),
        part('form-data; name="f"; filename="1.txt"', b"1"),
        part('form-data; name="tag"', b"b"),
        part('form-data; name="f"; filename="2.txt"', b"2"),
    )
    fields, files = parse(body)
    assert fields == [("tag", "a"), ("tag", "b")]
    assert [(file[1], file[3]) for file in files] == [("1.txt", b"1"), ("2.txt", b"2")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        CRLF,
        b"\r\n\r\n",
        b"\n--" + BOUNDARY.encode() + b"\n",  # no CR before it: no delimiter
        b"--" + BOUNDARY.encode() + b"x",
        b"\r\n--" + BOUNDARY.encode() + b"x\r\n",  # a longer line: no delimiter
        b"\r\n--" + BOUNDARY.encode()[:-1] + CRLF,
        b"\r",
        b"--",
        bytes(range(256)) * 300,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_file_comes_back_byte_by_byte(parse: Any, content: bytes) -> None:
    body = form(part('form-data; name="f"; filename="f.bin"', content))
    assert parse(body)[1][0][3] == content


def test_random_content_comes_back(parse: Any) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    pieces = [b"\r", b"\n", b"-", b"--", BOUNDARY.encode(), b"\0", b"x", b" "]
    for _ in range(300):
        contents = [
            b"".join(chance.choices(pieces, k=chance.randrange(12)))
            for _ in range(chance.randrange(1, 4))
        ]
        if any(f"\r\n--{BOUNDARY}".encode() in CRLF + content for content in contents):
            continue
        parts = [part('form-data; name="f"; filename="f"', content) for content in contents]
        assert [file[3] for file in parse(form(*parts))[1]] == contents


def test_the_standard_library_reads_the_same(parse: Any) -> None:
    """An oracle: email.parser knows RFC 2046, too."""
    body = form(
        part('form-data; name="a"', "Zoë 🦜".encode()),
        part('form-data; name="f"; filename="x.bin"', bytes(range(256)), "Content-Type: image/gif"),
    )
    message: Any = BytesParser(EmailMessage, policy=HTTP).parsebytes(
        f"Content-Type: {CONTENT_TYPE}\r\n\r\n".encode() + body
    )
    a, f = message.iter_parts()
    fields, files = parse(body)
    assert fields == [(a.get_param("name", header="content-disposition"), "Zoë 🦜")]
    assert a.get_payload(decode=True).decode() == "Zoë 🦜"
    expected = (
        f.get_param("name", header="content-disposition"),
        f.get_filename(),
        f.get_content_type(),
        f.get_payload(decode=True),
    )
    assert files == [expected]


@pytest.mark.parametrize(
    ("parameter", "filename"),
    [
        ('filename="naïve café 🦜.txt"', "naïve café 🦜.txt"),  # as browsers send it
        ('filename="say %22hi%22.txt"', 'say "hi".txt'),  # ... who encode quotes so
        ('filename="say \\"hi\\".txt"', 'say "hi".txt'),  # ... and curl once so
        ('filename="100%.txt"', "100%.txt"),
        ('filename="50%25.txt"', "50%25.txt"),
        ("filename=plain.txt", "plain.txt"),
        ('filename="a;b=c.txt"', "a;b=c.txt"),
        ('FileName="case.txt"', "case.txt"),
        ('filename="trailing\\"', ""),
        ("filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"),
        ("filename*=utf-8'de'na%C3%AFve.txt", "naïve.txt"),
        ("filename*=ISO-8859-1'en'%A3.txt", "£.txt"),  # RFC 8187 section 3.2.1: it must be known
        ("filename*=UTF-8''..%2F..%2Fx.txt", "x.txt"),
        ("filename=\"plain.txt\"; filename*=UTF-8''other.txt", "plain.txt"),
        # Attacks: a name is a label, never a path.
        ('filename="../../.ssh/authorized_keys"', "authorized_keys"),
        ('filename="..\\..\\boot.ini"', "boot.ini"),
        ('filename="C:\\Pictures\\me.png"', "me.png"),
        ('filename="/etc/passwd"', "passwd"),
        ('filename=".."', ""),
        ('filename="a%0D%0Ab.txt"', "ab.txt"),
    ],
)
def test_file_names(parse: Any, parameter: str, filename: str) -> None:
    body = form(part(f'form-data; name="f"; {parameter}', b"content"))
    assert parse(body)[1] == [("f", filename, "text/plain", b"content")]


def test_a_file_input_left_empty_is_no_file(parse: Any) -> None:
    empty = part('form-data; name="f"; filename=""', b"", "Content-Type: application/octet-stream")
    assert parse(form(empty)) == ([], [])


def test_an_empty_file_with_a_name_is_a_file(parse: Any) -> None:
    assert parse(form(part('form-data; name="f"; filename="a"', b"")))[1][0][3] == b""


def test_a_form_without_parts(parse: Any) -> None:
    assert parse(form()) == ([], [])


def test_preamble_and_epilogue_are_passed_over(parse: Any) -> None:
    body = b"This is a form.\r\n" + form(part('form-data; name="a"', b"1")) + b"and more\r\n" * 3
    assert parse(body)[0] == [("a", "1")]


def test_nothing_behind_the_last_delimiter_is_read(parse: Any) -> None:
    body = form(part('form-data; name="a"', b"1")) + form(part('form-data; name="b"', b"2"))
    assert parse(body)[0] == [("a", "1")]


def test_the_last_line_end_may_be_missing(parse: Any) -> None:
    body = form(part('form-data; name="a"', b"1"))
    assert parse(body[:-2])[0] == [("a", "1")]


def test_blanks_may_follow_a_delimiter(parse: Any) -> None:
    body = form(part('form-data; name="a"', b"1")).replace(b"\r\nContent", b" \t\r\nContent")
    assert parse(body)[0] == [("a", "1")]


def test_field_names_of_a_part_are_case_insensitive(parse: Any) -> None:
    body = form(part('form-data; name="a"', b"1")).replace(b"Content-D", b"CONTENT-d")
    assert parse(body)[0] == [("a", "1")]


@pytest.mark.parametrize("boundary", ["x", "a" * 70, "'()+_,-./:=?", "two words"])
def test_boundaries_of_all_allowed_characters(parse: Any, boundary: str) -> None:
    body = form(part('form-data; name="a"', b"1")).replace(BOUNDARY.encode(), boundary.encode())
    assert parse(body, f'multipart/form-data; charset=utf-8; boundary="{boundary}"')[0] == [
        ("a", "1")
    ]


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        f"multipart/form-data; boundary={'a' * 71}",
        'multipart/form-data; boundary="ends in a blank "',
        'multipart/form-data; boundary="a\\"b"',
        "multipart/form-data; boundary=été",
    ],
)
def test_without_a_boundary_it_is_refused(refusal: Any, content_type: str) -> None:
    status, sentence = refusal(form(), content_type)
    assert status == 400
    assert "boundary" in sentence


WHOLE = form(
    part('form-data; name="a"', b"1"),
    part('form-data; name="f"; filename="f.txt"', b"content", "Content-Type: text/plain"),
)


def test_a_body_that_was_cut_off_is_refused_wherever_it_was_cut(refusal: Any) -> None:
    """Half a file must not pass for a whole one. (The last line end is not needed.)"""
    for end in range(len(WHOLE) - 2):
        status, _sentence = refusal(WHOLE[:end])
        assert status == 400, f"cut at {end}"
    assert "last delimiter" in refusal(WHOLE[:-20])[1]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (form(part("attachment; name=x", b"")), 400, "form-data"),
        (form(part("form-data", b"")), 400, "name"),
        (form(part("form-data; name", b"")), 400, "parameters"),
        (form(part('form-data; name="a', b"")), 400, "parameters"),
        (form(part('form-data; name="a"b"; filename=c', b"")), 400, "parameters"),
        (form(f"--{BOUNDARY}\r\n\r\nno header\r\n".encode()), 400, "form-data"),
        (form(part('form-data; name="a"', b"", "no colon")), 400, "no colon"),
        (form(part('form-data; name="a"', b"", "sp ace: 1")), 400, "sp ace"),
        (form(part('form-data; name="a"', b"", "X: a\0b")), 400, "Name: value"),
        (form(part('form-data; name="a\nb"', b"")), 400, "Name: value"),
        (form(part('form-data; name="a"', b"\xff\xfe")), 400, "UTF-8"),
        (
            form(part('form-data; name="a"', b"", "X: é").replace("é".encode(), b"\xe9")),
            400,
            "UTF-8",
        ),
        (
            form(part('form-data; name="a"', b"", "Content-Transfer-Encoding: base64")),
            400,
            "base64",
        ),
        (form(part("form-data; name=a; filename*=UTF-8''%ff", b"")), 400, "UTF-8"),
        (form(part("form-data; name=a; filename*=punycode''a", b"")), 400, "punycode"),
        (form(part("form-data; name=a; filename*=plain.txt", b"")), 400, "file"),
        (form(part('form-data; name="a"', b"", "X: " + "a" * 9000)), 413, "8192 bytes"),
        (form(*[part('form-data; name="a"', b"")] * 1001), 413, "1000 parts"),
    ],
)
def test_what_is_malformed_is_refused_with_a_sentence(
    refusal: Any, body: bytes, status: int, words: str
) -> None:
    answer = refusal(body)
    assert answer[0] == status
    assert words in answer[1]
    assert answer[1].endswith(".")


def test_a_thousand_parts_are_taken(parse: Any) -> None:
    assert len(parse(form(*[part('form-data; name="a"', b"1")] * 1000))[0]) == 1000


def test_hostile_input_takes_no_more_time_than_its_length_is_worth(
    refusal: Any, parse: Any
) -> None:
    """Patterns that try again and again would take minutes for these. The deadline is the test."""
    near = f"\r\n--{BOUNDARY}".encode()
    assert (
        len(parse(form(part('form-data; name="f"; filename="f"', (near + b" x") * 100_000)))[1])
        == 1
    )
    refusal(near + b" " * 1_000_000)
    assert parse(form(part('form-data; name="' + '\\"' * 4000, b"")))[0]
    refusal(form(part('form-data; name="' + '\\"' * 4000 + "x", b"")))
    refusal(form(part("form-data" + " ;" * 4000, b"")))
    refusal(form(part("form-data; name=" + " " * 8000 + "x y", b"")))


def request_of(rung: Any, body: bytes, content_type: str) -> Any:
    messages = rung("messages")
    headers = messages.Headers({"Content-Type": content_type})
    return messages.Request("POST", "/", "/", headers=headers, body=body)


def test_a_request_has_form_and_files(rung: Any) -> None:
    request = request_of(rung, WHOLE, CONTENT_TYPE)
    assert dict(request.form) == {"a": "1"}
    file = request.files["f"]
    assert (file.filename, file.content_type, file.content) == ("f.txt", "text/plain", b"content")
    assert list(request.files) == ["f"]
    assert request.files.get("g") is None
    assert request.files.get_all("g") == []


def test_other_forms_have_no_files(rung: Any) -> None:
    request = request_of(rung, b"a=1", "application/x-www-form-urlencoded")
    assert dict(request.form) == {"a": "1"}
    assert len(request.files) == 0
    other = request_of(rung, b"a=1", "text/plain")
    assert (len(other.form), len(other.files)) == (0, 0)


def test_the_type_that_the_sender_claims_is_kept_as_a_claim(parse: Any) -> None:
    body = form(
        part('form-data; name="f"; filename="f"', b"<html>", "Content-Type: Image/PNG; x=y")
    )
    assert parse(body)[1][0][2] == "image/png"


DISPOSITION = b'Content-Disposition: form-data; name="a"'


def test_a_part_may_end_behind_its_header(parse: Any) -> None:
    """RFC 2046 section 5.1.1: the empty line and the content behind the fields may be missing."""
    body = b"--x\r\n" + DISPOSITION + b"\r\n\r\n--x--\r\n"
    assert parse(body, "multipart/form-data; boundary=x") == ([("a", "")], [])


@pytest.mark.parametrize("end", [b"", b"\r\nX: text that would be lost"])
def test_a_part_without_an_empty_line_is_refused(refusal: Any, end: bytes) -> None:
    body = b"--x\r\n" + DISPOSITION + end + b"\r\n--x--\r\n"
    status, sentence = refusal(body, "multipart/form-data; boundary=x")
    assert (status, sentence) == (400, "An empty line must stand behind the header of each part.")


# --- texts in other charsets: RFC 7578 sections 4.5, 4.6 and 5.1.2


@pytest.mark.parametrize(
    "charset", ["utf-8", "UTF-8", '"iso-8859-1"', "windows-1252", "ISO-8859-15", "koi8-r", "big5"]
)
def test_a_part_may_name_its_charset(parse: Any, charset: str) -> None:
    text = "имя" if charset == "koi8-r" else "中文" if charset == "big5" else "Zoë"
    content = text.encode(charset.strip('"'))
    body = form(
        part('form-data; name="a"', content, f"Content-Type: text/plain; charset={charset}")
    )
    assert parse(body)[0] == [("a", text)]


def test_a_field_called_charset_speaks_for_those_that_do_not(parse: Any) -> None:
    body = form(
        part('form-data; name="a"', b"Zo\xeb"),
        part('form-data; name="b"', "Zoë".encode(), "Content-Type: text/plain;charset=utf-8"),
        part('form-data; name="_charset_"', b"iso-8859-1"),
    )
    assert parse(body)[0] == [("a", "Zoë"), ("b", "Zoë"), ("_charset_", "iso-8859-1")]
    empty = form(part('form-data; name="_charset_"', b""), part('form-data; name="a"', b"\xc3\xab"))
    assert parse(empty)[0] == [("_charset_", ""), ("a", "ë")]


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "rot13", "hex", "utf-7", "iso-8859-12", ""]
)
def test_an_unknown_charset_is_refused(refusal: Any, charset: str) -> None:
    """Attack: a megabyte of punycode keeps Python busy for a minute."""
    field = f'Content-Type: text/plain; charset="{charset}"'
    assert refusal(form(part('form-data; name="a"', b"x", field)))[0] == 400
    both = part('form-data; name="_charset_"', b"punycode") + part('form-data; name="a"', b"x")
    assert refusal(form(both))[0] == 400


# --- quirky boundaries


@pytest.mark.parametrize(
    "content",
    [
        b"--x--y\r\n",
        b"--xy\r\n--xy--",
        b"\r\n--x-\r\n",
        b"\r\n--x-- y",
        b"\r\n--x\t.",
        b"\r\n-- x\r\n",
        b"\n--x\n--x--\n",
        b"\r--x\r--x--\r",
        b"--x\r\n\r\n",
        b"\r\n--X--\r\n",
        b"\r\n--x" + b" " * 300 + b"\r\n",
    ],
    ids=lambda content: repr(content[:16]),
)
def test_what_is_not_quite_a_delimiter_is_content(parse: Any, content: bytes) -> None:
    content = b"a" + content
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    body = head + content + b"\r\n--x--\r\n"
    assert parse(body, "multipart/form-data; boundary=x")[1][0][3] == content


@pytest.mark.parametrize("boundary", ["x--", "--", "-", "a  b", "(.)+?", "?", "="])
def test_boundaries_that_look_like_something_else(parse: Any, boundary: str) -> None:
    body = form(
        part('form-data; name="a"', b"1"), part('form-data; name="f"; filename="f"', b"\r\n--")
    ).replace(BOUNDARY.encode(), boundary.encode())
    fields, files = parse(body, f'multipart/form-data; boundary="{boundary}"')
    assert (fields, [file[3] for file in files]) == ([("a", "1")], [b"\r\n--"])


@pytest.mark.parametrize(
    "parameters",
    [
        "boundary=x",
        'boundary="x"',
        ";boundary=x;",
        "BOUNDARY=x",
        "charset=utf-8; boundary=x",
        'boundary="x" ; charset=utf-8',
        "boundary = x",
        "boundary=x; boundary=y",
    ],
)
def test_ways_to_name_a_boundary(parse: Any, parameters: str) -> None:
    body = form(part('form-data; name="a"', b"1")).replace(BOUNDARY.encode(), b"x")
    kind = f"multipart/form-data; {parameters}".replace("; ;", ";")
    assert parse(body, kind)[0] == [("a", "1")]


def test_a_form_in_a_form_is_content(parse: Any) -> None:
    """The inner boundary begins like the outer one."""
    inner = form(part('form-data; name="b"', b"2")).replace(BOUNDARY.encode(), b"x-inner")
    body = form(part('form-data; name="f"; filename="f"', inner)).replace(BOUNDARY.encode(), b"x")
    assert parse(body, "multipart/form-data; boundary=x") == (
        [],
        [("f", "f", "text/plain", inner)],
    )


# --- bodies that are in a file


@pytest.fixture
def body_file() -> Iterator[Callable[[bytes], BinaryIO]]:
    """body_file(b"...") -> a temporary file that holds it."""
    files: list[BinaryIO] = []

    def make(content: bytes = b"") -> BinaryIO:
        files.append(tempfile.TemporaryFile())  # noqa: SIM115 - closed below
        files[-1].write(content)
        files[-1].seek(0)
        return files[-1]

    yield make
    for file in files:
        file.close()


def test_a_body_in_a_file_is_read_as_one_in_memory(parse: Any, body_file: Any) -> None:
    assert parse(body_file(WHOLE)) == parse(WHOLE)


@given(
    contents=st.lists(
        st.lists(st.sampled_from([b"\r", b"\n", b"--", b"B", b" ", b"\r\n--B", b"xyz"])).map(
            b"".join
        ),
        max_size=5,
    ),
    window=st.integers(1, 40),
    preamble=st.binary(max_size=20),
)
def test_where_the_windows_end_makes_no_difference(
    rung: Any, contents: list[bytes], window: int, preamble: bytes
) -> None:
    """The body is searched window by window; a delimiter may lie across two of them, or many."""
    module = rung("multipart")
    contents = [content for content in contents if b"\r\n--B" not in b"\r\n" + content]
    body = preamble.replace(b"--", b"") + b"\r\n"
    for content in contents:
        body += b'--B \r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        body += content + b"\r\n"
    body += b"--B--\r\n" + preamble
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WINDOW", window)
        patch.setattr(module, "MAX_BLANKS", 1)
        files = module.parse_multipart(io.BytesIO(body), "multipart/form-data; boundary=B")[1]
    assert [file.content for file in files.get_all("f")] == contents


def upload_of(rung: Any, body: BinaryIO) -> Any:
    return rung("multipart").parse_multipart(body, CONTENT_TYPE)[1]["f"]


DATA = random.Random(7).randbytes(300_000)
UPLOAD = form(
    part('form-data; name="f"; filename="f.bin"', DATA), part('form-data; name="a"', b"1")
)


@pytest.mark.parametrize("in_file", [True, False])
def test_an_upload_is_a_file_of_its_own(rung: Any, body_file: Any, in_file: bool) -> None:
    upload = upload_of(rung, body_file(UPLOAD) if in_file else io.BytesIO(UPLOAD))
    assert upload.size == len(DATA)
    assert upload.content == DATA
    stream = upload.stream
    assert stream.read(10) == DATA[:10]
    assert upload.content == DATA  # whoever reads it otherwise does not move the stream ...
    assert stream.read(10) == DATA[10:20]
    assert upload.stream.read(5) == DATA[20:25]  # ... and it is one stream, however often asked for
    stream.seek(-3, os.SEEK_END)
    assert stream.read() == DATA[-3:]
    assert stream.read() == b""
    stream.seek(len(DATA) + 100)
    assert stream.read() == b""
    stream.seek(250_000)
    stream.seek(-50_000, os.SEEK_CUR)
    assert (stream.tell(), stream.read(4)) == (200_000, DATA[200_000:200_004])
    stream.seek(0)
    assert b"".join(iter(lambda: stream.read(1000), b"")) == DATA
    assert not stream.writable()


def test_closing_an_upload_leaves_the_others_open(rung: Any, body_file: Any) -> None:
    body = body_file(
        form(
            part('form-data; name="f"; filename="1"', b"one"),
            part('form-data; name="f"; filename="2"', b"two"),
        )
    )
    one, two = rung("multipart").parse_multipart(body, CONTENT_TYPE)[1].get_all("f")
    one.stream.close()
    assert (two.stream.read(), one.content) == (b"two", b"one")


def test_an_upload_that_outlives_its_request_is_an_error_and_no_crash(
    rung: Any, body_file: Any, tmp_path: Path
) -> None:
    body = body_file(UPLOAD)
    upload = upload_of(rung, body)
    upload.stream.read(10)
    body.close()
    with pytest.raises(ValueError, match="closed file"):
        _ = upload.content
    with pytest.raises(ValueError, match="closed file"):
        upload.stream.read()
    with pytest.raises(ValueError, match="closed file"):
        upload.save(tmp_path / "saved")
    assert list(tmp_path.iterdir()) == []
    assert "f.bin" in repr(upload)


def test_an_upload_is_saved_whole(rung: Any, body_file: Any, tmp_path: Path) -> None:
    upload = upload_of(rung, body_file(UPLOAD))
    upload.stream.read(10)
    target = tmp_path / "saved.bin"
    upload.save(target)
    upload.save(str(target))  # what is there is replaced
    assert target.read_bytes() == DATA
    assert list(tmp_path.iterdir()) == [target]


def test_an_upload_without_a_folder_is_a_clear_error(rung: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"upload 'f\.bin' was not saved") as caught:
        upload_of(rung, io.BytesIO(UPLOAD)).save(tmp_path / "nowhere" / "x")
    assert str(tmp_path / "nowhere" / "x") in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="needs a limit to the size of files")
def test_a_full_disk_leaves_nothing_behind(rung: Any, body_file: Any, tmp_path: Path) -> None:
    import resource  # POSIX only

    target = tmp_path / "saved.bin"
    target.write_bytes(b"the old one")
    upload = upload_of(rung, body_file(UPLOAD))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # the write beyond it fails
    try:
        with pytest.raises(OSError, match="was not saved") as caught:
            upload.save(target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.errno == errno.EFBIG
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"the old one"


def test_memory_does_not_grow_with_an_upload(rung: Any, body_file: Any, tmp_path: Path) -> None:
    body = body_file()
    head, _, tail = UPLOAD.partition(DATA)
    body.write(head)
    for _ in range(50):
        body.write(bytes(1024 * 1024))
    body.write(tail)
    request = request_of(rung, body, CONTENT_TYPE)
    tracemalloc.start()
    try:
        upload = request.files["f"]
        assert upload.size == 50 * 1024 * 1024
        assert request.form["a"] == "1"
        assert sum(map(len, iter(lambda: upload.stream.read(65536), b""))) == upload.size
        upload.save(tmp_path / "saved")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * 1024 * 1024
    assert (tmp_path / "saved").stat().st_size == upload.size


def test_the_body_can_be_read_behind_the_form(rung: Any, body_file: Any) -> None:
    """A layer that looks for a field must not eat what the view wants to read."""
    for body in (body_file(WHOLE), WHOLE):
        request = request_of(rung, body, CONTENT_TYPE)
        assert request.form["a"] == "1"
        assert request.stream.read() == WHOLE
        assert request.files["f"].content == b"content"


# --- limits


def test_the_texts_of_a_form_have_a_limit_together(rung: Any, refusal: Any, parse: Any) -> None:
    most = rung("messages").MAX_TEXT
    ten = form(part('form-data; name="a"', b"x" * 10_000_000))
    status, sentence = refusal(ten)
    assert status == 413
    assert str(most) in sentence
    assert refusal(form(*[part('form-data; name="a"', b"x" * (most // 10))] * 11))[0] == 413
    assert refusal(form(*[part(f'form-data; name="{"n" * 8000}"', b"")] * 300))[0] == 413
    assert len(parse(form(part('form-data; name="a"', b"x" * (most - 500))))[0][0][1]) == most - 500
    assert len(parse(form(part('form-data; name="a"; filename="a"', b"x" * 10_000_000)))[1]) == 1


@pytest.mark.parametrize("size", [8192 - 60, 8192 + 60])
def test_the_header_of_a_part_has_a_limit(parse: Any, refusal: Any, size: int) -> None:
    line = "X: " + "a" * (size - len('\r\nContent-Disposition: form-data; name="a"\r\nX: '))
    body = form(part('form-data; name="a"', b"1", line))
    if size <= 8192:
        assert parse(body)[0] == [("a", "1")]
    else:
        assert refusal(body)[0] == 413


MEGABYTE = 1024 * 1024
NEAR = f"\r\n--{BOUNDARY}".encode()


@pytest.mark.parametrize(
    "pattern",
    [b"\r\n--", NEAR[:-1], NEAR + b"x", NEAR + b" " * 99 + b"x", NEAR + b"--x", b"\r", b" "],
    ids=lambda pattern: repr(pattern[:8]),
)
def test_sixteen_megabytes_of_almost_delimiters_take_no_time(
    parse: Any, body_file: Any, pattern: bytes
) -> None:
    content = pattern * (16 * MEGABYTE // len(pattern))
    body = body_file(form(part('form-data; name="f"; filename="f"', content)))
    assert len(parse(body)[1][0][3]) == len(content)


@pytest.mark.parametrize(
    "value",
    [
        "boundary=" + " " * 60_000 + "x y",
        "boundary" + " " * 60_000 + "x",
        ";" + " " * 60_000 + "x",
        'boundary="' + '\\"' * 30_000,
        "boundary=" + "x " * 30_000,
    ],
    ids=lambda value: repr(value[:12]),
)
@pytest.mark.timeout(10)
def test_a_hostile_content_type_takes_no_time(refusal: Any, value: str) -> None:
    """Blanks that a pattern may give back one by one once took half a minute."""
    assert refusal(form(), f"multipart/form-data; {value}")[0] == 400


# --- over the wire


def test_a_large_upload_over_the_wire(rung: Any, tmp_path: Path) -> None:
    """Beyond the threshold the body waits in a file, and is there as long as the view runs."""
    seen: list[Any] = []

    def handler(request: Any) -> Any:
        upload = request.files["f"]
        upload.save(tmp_path / "saved")
        seen.append((type(request.content), upload))
        return rung("messages").Response(f"{upload.size} {request.form['a']}")

    limits = rung("protocol").Limits(body_in_memory=1000)
    server = rung("server").Server(handler, port=0, limits=limits)
    head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {CONTENT_TYPE}\r\n"
    raw = f"{head}Content-Length: {len(UPLOAD)}\r\n\r\n".encode() + UPLOAD
    with serving(server) as running:
        answer = read_answer(running.exchange(raw))
    assert (answer.status, answer.text) == (200, "300000 1")
    assert (tmp_path / "saved").read_bytes() == DATA
    kind, upload = seen[0]
    assert kind is not bytes
    with pytest.raises(ValueError, match="closed"):
        _ = upload.content


# --- JSON and urlencoded bodies


def json_of(rung: Any, body: bytes) -> Any:
    return request_of(rung, body, "application/json").json


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'[{"b": {"a": 1, "b": 2, "a": 1}}]',
        b'{"a": 1, "\\u0061": 2}',
        b"[" * 101 + b"]" * 101,
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 101 + b"1" + b"}" * 101,
        b"[" * 1_000_000,
        b"[" * 1_000_000 + b"]" * 1_000_000,
        b'{"a":' * 100_000,
        b"-" + b"1" * 5000,
        b"1" * 1_000_000,
        b"[1e400]",
        b"[-NaN]",
        b"\xef\xbb\xbf{}",
        b"{}x",
    ],
    ids=lambda body: repr(body[:16]),
)
def test_bad_json_is_never_our_error(rung: Any, body: bytes) -> None:
    with pytest.raises(rung("messages").HTTPError) as caught:
        json_of(rung, body)
    assert caught.value.status == 400


def test_json_that_is_too_long_is_refused(rung: Any) -> None:
    with pytest.raises(rung("messages").HTTPError) as caught:
        json_of(rung, b'"' + b"x" * rung("messages").MAX_TEXT + b'"')
    assert caught.value.status == 413


def test_json_may_be_as_deep_as_the_limit(rung: Any) -> None:
    assert json_of(rung, b"[" * 100 + b"]" * 100)
    assert json_of(rung, b"[" * 100 + b"7" + b"]" * 100)
    assert json_of(rung, b'{"a":' * 100 + b"1" + b"}" * 100)
    assert json_of(rung, b"7") == 7


def test_the_name_that_comes_twice_is_told_quickly(rung: Any) -> None:
    names = ",".join(f'"{number}":1' for number in range(150_000))
    with pytest.raises(rung("messages").HTTPError) as caught:
        json_of(rung, f'{{{names},"149999":1}}'.encode())
    assert "'149999'" in caught.value.message


def test_a_million_form_fields_are_refused_before_they_are_made(rung: Any) -> None:
    body = b"a=1&" * 500_000
    request = request_of(rung, body, "application/x-www-form-urlencoded")
    assert request.text
    tracemalloc.start()
    try:
        with pytest.raises(rung("messages").HTTPError) as caught:
            _ = request.form
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.status == 400
    assert peak < MEGABYTE
    fields = "&".join(f"{number}=x" for number in range(1000)).encode()
    full = request_of(rung, fields, "application/x-www-form-urlencoded")
    assert len(full.form) == 1000
