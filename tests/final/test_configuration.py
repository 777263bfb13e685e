"""rung/configuration.py: settings from the environment, and what is said when they are wrong."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest

from tests.final.client import Client

Rung = Callable[..., ModuleType]


@dataclass(frozen=True)
class Settings:
    name: str = "blog"
    port: int = 8000
    rate: float = 0.5
    debug: bool = False
    folder: Path = Path("here")
    level: Literal["INFO", "ERROR"] = "INFO"
    admins: tuple[str, ...] = ("ann",)
    ports: tuple[int, ...] = ()
    workers: int | None = None
    key: str = field(default="default-key", repr=False)
    pin: int = field(default=0, repr=False)
    database_url: str = field(default="", metadata={"variable": "DATABASE_URL"})


@pytest.fixture
def read(rung: Rung) -> Callable[..., Any]:
    """read(NAME="value") -> the settings of an environment of this alone."""

    def read(settings: Any = Settings, **environment: str) -> Any:
        return rung().from_environment(settings, "BLOG_", environment)

    return read


@pytest.fixture
def error(rung: Rung, read: Callable[..., Any]) -> Callable[..., str]:
    """error(NAME="value") -> what is said."""

    def error(settings: Any = Settings, **environment: str) -> str:
        with pytest.raises(rung().ConfigurationError) as caught:
            read(settings, **environment)
        return str(caught.value)

    return error


def test_defaults_stand_where_nothing_is_set(read: Callable[..., Any]) -> None:
    assert read(HOME="/home/ann", PATH="/bin") == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("BLOG_NAME", " A name ", " A name "),
        ("BLOG_PORT", "80", 80),
        ("BLOG_PORT", "-1", -1),
        ("BLOG_RATE", "1e3", 1000.0),
        ("BLOG_DEBUG", "yes", True),
        ("BLOG_DEBUG", "True", True),
        ("BLOG_DEBUG", "ON", True),
        ("BLOG_DEBUG", "1", True),
        ("BLOG_FOLDER", "/srv/blog", Path("/srv/blog")),
        ("BLOG_LEVEL", "ERROR", "ERROR"),
        ("BLOG_ADMINS", "ann, bob,", ("ann", "bob")),
        ("BLOG_ADMINS", ",", ()),
        ("BLOG_PORTS", "80,81", (80, 81)),
        ("BLOG_WORKERS", "4", 4),
        ("DATABASE_URL", "sqlite:///a", "sqlite:///a"),
    ],
)
def test_type_says_how_a_variable_is_read(
    read: Callable[..., Any], variable: str, text: str, value: Any
) -> None:
    name = variable.removeprefix("BLOG_").lower()
    assert read(**{variable: text}) == dataclasses.replace(Settings(), **{name: value})


@pytest.mark.parametrize("text", ["no", "False", "off", "0"])
def test_no_is_no(read: Callable[..., Any], text: str) -> None:
    """bool("no") would be True."""

    @dataclass(frozen=True)
    class Open:
        https: bool = True

    assert read(Open, BLOG_HTTPS=text).https is False


def test_empty_variable_is_none(read: Callable[..., Any]) -> None:
    assert read(BLOG_PORT="", BLOG_NAME="", BLOG_WORKERS="", DATABASE_URL="") == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("BLOG_PORT", "80a", "a whole number"),
        ("BLOG_PORT", "8.5", "a whole number"),
        ("BLOG_RATE", "fast", "a number"),
        ("BLOG_DEBUG", "maybe", "yes or no"),
        ("BLOG_LEVEL", "LOUD", "one of INFO, ERROR"),
        ("BLOG_PORTS", "80, x", "a whole number"),
        ("BLOG_WORKERS", "many", "a whole number"),
    ],
)
def test_error_names_variable_value_and_what_was_expected(
    error: Callable[..., str], variable: str, text: str, expected: str
) -> None:
    assert error(**{variable: text}) == f"{variable} is {text!r}; expected {expected}."


def test_secrets_are_in_no_message(error: Callable[..., str], read: Callable[..., Any]) -> None:
    said = error(BLOG_PIN="hunter2", BLOG_KEY="hunter3")
    assert said == "BLOG_PIN is something else; expected a whole number."
    assert "hunter3" not in repr(read(BLOG_KEY="hunter3"))


def test_variable_that_is_misspelt_is_reported(error: Callable[..., str]) -> None:
    said = error(BLOG_PROT="80")
    assert "BLOG_PROT" in said
    assert "did you mean 'BLOG_PORT'" in said
    assert "'80'" not in said, "its value may be a secret"


def test_all_that_is_wrong_is_said_at_once(error: Callable[..., str]) -> None:
    said = error(BLOG_PORT="a", BLOG_DEBUG="b", BLOG_NAMES="c").splitlines()
    assert [line.partition(" ")[0] for line in said] == ["BLOG_PORT", "BLOG_DEBUG", "BLOG_NAMES"]


def test_setting_without_a_default_must_be_there(
    read: Callable[..., Any], error: Callable[..., str]
) -> None:
    @dataclass(frozen=True)
    class Strict:
        key: str
        tags: list[str] = field(default_factory=list)

    assert error(Strict) == "BLOG_KEY is not set, and there is no default for it."
    assert read(Strict, BLOG_KEY="k").key == "k"


def test_process_environment_is_read_by_default(
    rung: Rung, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOG_PORT", "81")
    assert rung().from_environment(Settings, "BLOG_").port == 81


# --- the application


@pytest.mark.parametrize("script", ["server.py", "reset.py"])
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MICROBLOG_PORT": "80a"}, "MICROBLOG_PORT is '80a'; expected a whole number."),
        ({"MICROBLOG_HTTP": "yes"}, "did you mean 'MICROBLOG_HTTPS'"),
        ({"MICROBLOG_TRUSTED_PROXIES": "10.0.0"}, "MICROBLOG_TRUSTED_PROXIES: '10.0.0' does not"),
    ],
)
def test_application_says_in_a_sentence_what_is_wrong(
    run_script: Callable[..., Any], script: str, environment: dict[str, str], said: str
) -> None:
    run = run_script(script, **environment)
    assert run.returncode == 1
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_command_line_wins_over_the_environment(start_demo: Callable[..., Any]) -> None:
    """Demo says --port 0; a port that cannot be used stands in the environment."""
    demo = start_demo("--host", "127.0.0.1", MICROBLOG_PORT="1", MICROBLOG_HOST="192.0.2.1")
    assert demo.port not in (0, 1)


def test_environment_wins_over_the_default(start_demo: Callable[..., Any]) -> None:
    demo = start_demo(MICROBLOG_HOST="127.0.0.2")
    assert "Serving on http://127.0.0.2:" in demo.log()


@pytest.mark.parametrize(
    ("trusted", "https", "secure"),
    [("127.0.0.1", "", True), ("", "yes", True), ("", "", False)],
    ids=["a trusted proxy says so", "https alone", "anybody says so"],
)
def test_where_the_cookie_of_a_session_is_secure(
    start_demo: Callable[..., Any], trusted: str, https: str, secure: bool
) -> None:
    demo = start_demo(
        MICROBLOG_TRUSTED_PROXIES=trusted, MICROBLOG_HTTPS=https, MICROBLOG_ACCESS_LOG="yes"
    )
    client = Client(demo.port)
    answer = client.request(
        "POST",
        "/login",
        f"name=tomas&password=one+rung+at+a+time&csrf_token={client.fresh_token()}",
        Content_Type="application/x-www-form-urlencoded",
        X_Forwarded_For="203.0.113.7",
        X_Forwarded_Proto="https",
    )
    assert answer.status == 303, answer.text
    [cookie] = [each for each in answer.headers.get_all("Set-Cookie", ()) if "session=" in each]
    assert ("; Secure" in cookie) is secure
    assert f"{'203.0.113.7' if trusted else '127.0.0.1'} - tomas [" in demo.log()
