"""rung: a web framework that grows by one layer a step. Here: sessions and users."""

from .app import App, Controller, guard
from .auth import (
    Authentication,
    current_user,
    hash_password,
    local_path,
    log_in,
    log_out,
    login_required,
    permission_required,
    verify_password,
)
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
from .sessions import Session, Sessions, current_session, flash, flashed_messages
from .static import file_response, static_files
from .templates import TemplateError, Templates
from .threadpool import BoundedQueue, QueueClosed, QueueFull, ThreadPool
