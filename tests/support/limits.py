"""Limits and time-outs for a test: constants in the steps, fields of an object in `final/`."""

import dataclasses
from types import ModuleType

import pytest

FIELDS = {  # of Limits, in protocol.py, and of Timeouts, in server.py
    "MAX_REQUEST_LINE": "request_line",
    "MAX_HEAD": "head",
    "MAX_FIELDS": "fields",
    "MAX_BODY": "body",
    "KEEP_ALIVE_TIMEOUT": "keep_alive",
    "REQUEST_TIMEOUT": "request",
    "SEND_TIMEOUT": "send",
    "DRAIN_TIME": "drain",
    "GRACE_TIME": "grace",
}


def set_limit(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, value: float) -> None:
    """Let a constant of protocol.py or server.py have another value, on whichever target."""
    for defaults in ("DEFAULT_LIMITS", "DEFAULT_TIMEOUTS"):
        if hasattr(getattr(module, defaults, None), FIELDS[name]):
            changed = dataclasses.replace(getattr(module, defaults), **{FIELDS[name]: value})
            monkeypatch.setattr(module, defaults, changed)
            return
    monkeypatch.setattr(module, name, value, raising=False)
