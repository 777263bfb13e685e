"""rung: a web framework that grows by one layer a step. Here: the socket."""

from .server import Handler, Server, build_response, run
