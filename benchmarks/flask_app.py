"""Flask's hello, as its own quickstart has it; what wsgi.py runs on each server."""

from flask import Flask

app = Flask(__name__)


@app.get("/")  # type: ignore[untyped-decorator]
def hello() -> str:
    return "Hello, World!"
