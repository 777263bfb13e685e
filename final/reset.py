"""Make the database anew: its tables, and something to look at in them. What was there is dropped.

Run:  python reset.py
      DATABASE_URL=mysql://user:password@127.0.0.1:3306/rung_app python reset.py
"""

import sys
from urllib.parse import unquote, urlsplit

try:
    from rung import (
        ConfigurationError,
        ConnectionFailed,
        DatabaseError,
        Sessions,
        connect,
        create_tables,
        drop_tables,
    )
except ModuleNotFoundError as error:
    sys.exit(f"The package {error.name!r} is missing: pip install -r requirements.txt")
try:
    from app import demo, pictures
    from app.controllers.accounts import throttle
    from app.models import MODELS, User, database
    from app.settings import settings
    from app.web import app
except ConfigurationError as error:
    sys.exit(str(error))
except DatabaseError as error:
    sys.exit(f"DATABASE_URL cannot be used: {error}")
except OSError as error:
    sys.exit(f"Uploads cannot be kept: {error}. MICROBLOG_UPLOADS names their folder.")

DATABASE_URL = settings.database_url
SYSTEM_DATABASES = ("information_schema", "mysql", "performance_schema", "sys")


def main() -> None:
    refuse_what_cannot_be_used()
    try:
        make_database()
        drop_what_is_there()
        make_what_is_missing()
    except DatabaseError as error:
        sys.exit(f"No database ({place()}): {error}")
    print(f"Made {', '.join(counts())} on {place()}.")
    print(f"Log in as one of these, with the password {demo.PASSWORD!r}:")
    for person in demo.PEOPLE:
        print(f"  {person['name']:8}{person['role']}")
    print("Start the server: python server.py")


def refuse_what_cannot_be_used() -> None:
    """Some databases would take our tables, and nobody would be glad of it."""
    if place() == ":memory:":
        sys.exit("DATABASE_URL: :memory: would be another database for each worker; name a file.")
    if urlsplit(DATABASE_URL).path[1:] in SYSTEM_DATABASES and DATABASE_URL.startswith("mysql"):
        sys.exit(f"DATABASE_URL: {place()} belongs to the server itself; name another database.")


def make_what_is_missing() -> None:
    """Make tables that are not there, and fill them if nobody is in them. Drops nothing."""
    make_database()
    create_tables(MODELS)
    Sessions(app, database).create_table()
    throttle.create_table()
    if User.select().first() is None:
        demo.fill_tables()


def what_is_missing() -> str:
    """Return a sentence if the tables are not there; for servers that must not make them."""
    try:
        for model in MODELS:
            model.select().first()
    except DatabaseError as error:
        return f"No database ({place()}): {error}. Make it first: python reset.py"
    return ""


def drop_what_is_there() -> None:
    """Drop the tables with all their rows, and the pictures of people who are no more."""
    dropped = counts()
    names = picture_names()
    drop_tables(MODELS)
    # Their ids will be given to others: whoever is logged in now would become somebody else.
    database.execute("DROP TABLE IF EXISTS sessions")
    database.execute("DROP TABLE IF EXISTS attempts")
    for name in names:
        pictures.remove(name)
    if dropped:
        print(f"Dropped {', '.join(dropped)}, {len(names)} pictures and all sessions.")


def picture_names() -> list[str]:
    """The pictures that belong to people of this database; uploads/ may hold those of another."""
    try:
        return [user.picture for user in User.select() if user.picture]
    except DatabaseError:
        return []  # no such table


def counts() -> list[str]:
    """How many rows each table has, of those that are there: ["6 users", "30 posts"]."""
    found = []
    for model in MODELS:
        try:
            found.append(f"{model.select().count()} {model._table}")
        except DatabaseError:
            continue  # no such table
    return found


def make_database() -> None:
    """Create the database itself where it is missing. (SQLite makes its file on its own.)"""
    try:
        database.execute("SELECT 1")
    except ConnectionFailed:
        if not create_mysql_database():
            raise


def create_mysql_database() -> bool:
    """Return whether that could be done, and was all that was missing."""
    url = urlsplit(DATABASE_URL)
    if url.scheme != "mysql":
        return False
    # The one database that every server has, and that every user may look into.
    server = connect(url._replace(path="/information_schema").geturl())
    name = unquote(url.path[1:])
    quoted = name.replace('"', '""')
    try:
        server.execute(f'CREATE DATABASE "{quoted}"')
    except DatabaseError:  # no server, no such user, no right, or it is there
        return False
    finally:
        server.close()
    print(f"Created the database {name}.")
    return True


def place() -> str:
    """Where the database is. Never the whole URL: it may hold a password."""
    url = urlsplit(DATABASE_URL)
    return (
        f"MySQL at {url.hostname}, {url.path[1:]}" if url.scheme == "mysql" else DATABASE_URL[10:]
    )


if __name__ == "__main__":
    main()
