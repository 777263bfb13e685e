"""The microblog, on the framework of this folder.

Run:  python server.py [--port N]
      python server.py --reload --debug     while you work on it
      gunicorn server:application           or another WSGI server; python reset.py goes first

The data is in rung.sqlite3 beside this file, or where the variable DATABASE_URL says:
mysql://user:password@127.0.0.1:3306/rung_app. A database that is missing is made, with demo data.
"""

import sys

try:
    import reset  # which ends with a sentence where a package is missing, or a setting is wrong
    from app import app, create_app, settings
    from rung import DatabaseError, WSGIApplication, run
    from rung.access_log import show_logs
except SystemExit as sentence:
    if __name__ == "__main__":
        raise
    # gunicorn takes an exit for a worker to be started again, and again; at an error it gives up.
    raise RuntimeError(sentence) from None

handler = create_app()
application = WSGIApplication(handler)


if __name__ == "__main__":
    reset.refuse_what_cannot_be_used()
    try:
        reset.make_what_is_missing()
    except DatabaseError as error:
        sys.exit(f"No database ({reset.place()}): {error}")
    run(handler, router=app.router, settings=settings)
elif missing := reset.what_is_missing():  # several workers would make it at the same time
    raise RuntimeError(missing)
else:
    show_logs(settings.log_level, settings.access_log)
