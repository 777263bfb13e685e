"""The microblog, on the framework of this folder.

Run:  python server.py [--port N]

The data is in rung.sqlite3 beside this file, or where the variable DATABASE_URL says:
mysql://user:password@127.0.0.1:3306/rung_app. A database that is missing is made, with demo data.
"""

import sys

try:
    from rung import DatabaseError, run
except ModuleNotFoundError as error:
    sys.exit(f"The package {error.name!r} is missing: pip install -r requirements.txt")
try:
    import reset
    from app import create_app

    application = create_app()
except DatabaseError as error:
    sys.exit(f"DATABASE_URL cannot be used: {error}")


if __name__ == "__main__":
    try:
        reset.make_what_is_missing()
    except DatabaseError as error:
        sys.exit(f"No database: {error}")
    run(application)
