"""Handlers for tests that speak only bytes: they work on every step, whatever a Handler is."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

Rung = Callable[..., ModuleType]


def echo(rung: Rung) -> Callable[[Any], Any]:
    """A handler that gives back, as JSON, what it understood of the request.

    Step 01 has no Request; there the answer holds the head as it came. So a test that is written
    for a later step can be run on step 01 as well, and fails by its own assertion.
    """
    try:
        messages = rung("messages")
    except ModuleNotFoundError:
        return echo_head(rung)

    def handler(request: Any) -> Any:
        understood = {
            "method": request.method,
            "path": request.path,
            "query": request.query_string,
            "version": request.version,
            "fields": [[name, value] for name, value in request.headers.pairs()],
            "body": request.body.decode("latin-1"),
        }
        return messages.Response(json.dumps(understood), content_type="application/json")

    return handler


def echo_head(rung: Rung) -> Callable[[bytes], bytes]:
    """The same for step 01: the answer to a head is its text."""
    build_response = rung("server").build_response

    def handler(head: bytes) -> bytes:
        understood = json.dumps({"head": head.decode("latin-1")}).encode()
        answer: bytes = build_response(understood, "application/json")
        return answer

    return handler
