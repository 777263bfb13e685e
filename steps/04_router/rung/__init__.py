"""rung: a web framework that grows by one layer a step. Here: routes and controllers."""

from .app import App, Controller, guard
from .messages import Handler, Headers, HTTPError, MultiDict, Request, Response
from .responses import abort, error_response, html_response, json_response, redirect
from .router import Route, Router, View
from .server import Server, run
from .threadpool import BoundedQueue, QueueClosed, QueueFull, ThreadPool
