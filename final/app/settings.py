"""What may differ from place to place: read from the environment, once, at the start.

DATABASE_URL says where the data is; every other variable begins with MICROBLOG_. All are optional.
"""

from dataclasses import dataclass, field
from pathlib import Path

from rung import ConfigurationError, ServerSettings, from_environment
from rung.proxy import parse_networks

PREFIX = "MICROBLOG_"
FOLDER = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings(ServerSettings):
    """The server's settings (host, port, ...), and our own.

    Attributes:
        database_url: where the data is. It may hold a password, so it is never shown.
        https: a proxy serves the site by https alone: cookies are sent in no other way.
        trusted_proxies: who may say where a request comes from: "127.0.0.1, 10.0.0.0/8".
        uploads: the folder of the pictures; several machines need one that they share.
    """

    database_url: str = field(
        default=f"sqlite:///{FOLDER / 'rung.sqlite3'}",
        repr=False,
        metadata={"variable": "DATABASE_URL"},
    )
    https: bool = False
    trusted_proxies: tuple[str, ...] = ()
    uploads: Path = FOLDER / "uploads"

    def __post_init__(self) -> None:
        try:
            parse_networks(self.trusted_proxies)
        except ValueError as error:
            raise ConfigurationError(f"{PREFIX}TRUSTED_PROXIES: {error}.") from None


settings = from_environment(Settings, PREFIX)
