"""rung: a web framework that grows by one layer a step. Here: the thread pool."""

from .messages import Handler, Headers, HTTPError, MultiDict, Request, Response
from .server import Server, run
from .threadpool import BoundedQueue, QueueClosed, QueueFull, ThreadPool
