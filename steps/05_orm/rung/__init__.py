"""rung: a web framework that grows by one layer a step. Here: models and databases."""

from .app import App, Controller, guard
from .database import ConnectionFailed, Database, DatabaseError, IntegrityError, connect
from .expressions import Expression, ModelError
from .fields import (
    BooleanField,
    DateTimeField,
    FloatField,
    ForeignKey,
    IntegerField,
    InvalidValue,
    TextField,
)
from .messages import Handler, Headers, HTTPError, MultiDict, Request, Response
from .orm import DoesNotExist, Model, create_tables
from .query import Query
from .responses import abort, error_response, html_response, json_response, redirect
from .router import Route, Router, View
from .server import Server, run
from .threadpool import BoundedQueue, QueueClosed, QueueFull, ThreadPool
