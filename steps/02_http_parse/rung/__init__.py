"""rung: a web framework that grows by one layer a step. Here: the socket and the messages."""

from .messages import Handler, Headers, HTTPError, MultiDict, Request, Response
from .server import Server, run
