"""The microblog, on the framework of this folder.

Run:  python server.py [--port N]
      python server.py --reload --debug     while you work on it

The data is in rung.sqlite3 beside this file, or where the variable DATABASE_URL says:
mysql://user:password@127.0.0.1:3306/rung_app. A database that is missing is made, with demo data.
"""

import sys

try:
    from rung import ConfigurationError, DatabaseError, run
except ModuleNotFoundError as error:
    sys.exit(f"The package {error.name!r} is missing: pip install -r requirements.txt")
try:
    import reset
    from app import app, create_app, settings

    application = create_app()
except ConfigurationError as error:
    sys.exit(str(error))
except DatabaseError as error:
    sys.exit(f"DATABASE_URL cannot be used: {error}")
except PermissionError as error:
    sys.exit(f"Uploads cannot be kept: {error}. Make this folder writable.")


if __name__ == "__main__":
    reset.refuse_what_cannot_be_used()
    try:
        reset.make_what_is_missing()
    except DatabaseError as error:
        sys.exit(f"No database ({reset.place()}): {error}")
    run(application, router=app.router, settings=settings)
