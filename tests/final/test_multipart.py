"""rung/multipart.py: forms with files (RFC 7578, RFC 2046 section 5.1)."""

import random
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import pytest

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

    def parse(body: bytes, content_type: str = CONTENT_TYPE) -> tuple[Any, Any]:
        fields, files = module.parse_multipart(body, content_type)
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
