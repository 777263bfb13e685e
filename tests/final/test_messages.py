"""What `final/` adds to the messages: a field that has not come is the client's mistake."""

from collections.abc import Callable
from types import ModuleType

import pytest

Rung = Callable[..., ModuleType]


@pytest.mark.parametrize("part", ["query", "form", "files"])
def test_field_that_a_view_needs_and_that_has_not_come_is_a_400(rung: Rung, part: str) -> None:
    package = rung()
    app = package.App()
    app.route("/", methods=("GET", "POST"))(lambda request: str(getattr(request, part)["name"]))
    for method in ("GET", "POST"):
        answer = package.Client(app).request(method, "/?other=1", form={"other": "1"})
        assert answer.status == 400
        assert answer.json["error"]["message"] == "The field 'name' is missing."


def test_field_that_may_be_missing_is_asked_for_as_in_a_dict(rung: Rung) -> None:
    fields = rung("messages").Fields([("a", "1")])
    assert fields.get("b") is None
    assert "b" not in fields
    assert fields.pop("b", "default") == "default"
    with pytest.raises(KeyError):
        fields["b"]


def test_headers_and_cookies_are_no_forms(rung: Rung) -> None:
    """A view that needs a header says so itself: a missing key there is a bug like any other."""
    with pytest.raises(KeyError) as caught:
        rung("messages").Headers()["X-Missing"]
    assert type(caught.value) is KeyError
