"""The answers that views give: HTML, JSON, a redirect, an error.

Higher up than messages.py, which knows how a response is built but not what it is good for.
"""

import html
import json
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import quote

from .messages import HTTPError, Pairs, Request, Response

ERROR_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{status} {phrase}</title>
<style>body {{ font: 17px/1.5 system-ui; max-width: 40rem; margin: 4rem auto }}</style>
<h1>{status} {phrase}</h1>
<p>{message}</p>
</html>
"""


def html_response(body: str, status: int = 200, headers: Pairs = ()) -> Response:
    return Response(body, status, "text/html; charset=utf-8", headers)


def json_response(value: Any, status: int = 200, headers: Pairs = ()) -> Response:
    """Return a value as JSON (RFC 8259): dates as ISO 8601, decimals as text, no NaN.

    >>> json_response({"name": "Zoë", "age": None}).body.decode()
    '{"name": "Zoë", "age": null}'

    Raises:
        TypeError, ValueError: the value, or something inside it, has no JSON form.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=to_json)
    # Half of a surrogate pair has no UTF-8 form; as \ud83d it is valid JSON (RFC 8259 section 8.2).
    body = text.encode("utf-8", "backslashreplace")
    return Response(body, status, "application/json", headers)


def to_json(value: Any) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)  # a JSON number would come back as a float, and 0.10 as 0.1
    raise TypeError(f"{type(value).__name__} has no JSON form; make a dict or a text of {value!r}")


def redirect(location: str, status: int = 303, headers: Pairs = ()) -> Response:
    """Send the client to another URL.

    Args:
        location: what is not allowed in a URL is percent-encoded.
        status: 303 fetches the other page by GET, whatever came here: the answer to a form that
            was accepted. 307 and 308 repeat the request there (RFC 9110 section 15.4).
    """
    if not 300 <= status <= 399:
        raise ValueError(f"a redirect has a status from 300 to 399, not {status}")
    response = Response(b"", status, "", headers)
    response.headers["Location"] = quote(location, safe="/%:?#[]@!$&'()*+,;=~")
    return response


def abort(status: int, message: str = "") -> NoReturn:
    """Stop here, however deep, and answer with an error: abort(404, "There is no such post.")."""
    raise HTTPError(status, message)


def error_response(error: HTTPError, request: Request) -> Response:
    """Return an error as a page for people, and as JSON for everybody else.

    Browsers ask for text/html by name; programs ask for JSON or take what comes.
    """
    status, phrase = error.status.value, error.status.phrase
    if "text/html" not in request.headers.get("Accept", ""):
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, status, error.headers)
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status, error.headers)


def to_response(value: Any) -> Response:
    """Return what a view gave as a Response: text is HTML, a dict or a list is JSON.

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(value, Response):
        return value
    if isinstance(value, str):
        return Response(value)  # which is HTML when nobody says otherwise
    if isinstance(value, dict | list):
        return json_response(value)
    hint = " Does it end without a return?" if value is None else ""
    raise TypeError(f"a view returns a Response, str, dict or list, not {value!r}.{hint}")
