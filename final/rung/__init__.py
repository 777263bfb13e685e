"""rung: a web framework that grew by one layer a step. Here: all of it, and uploads."""

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
from .command import run
from .connection import Timeouts
from .database import (
    ConnectionFailed,
    Database,
    DatabaseError,
    Deadlock,
    IntegrityError,
    connect,
)
from .expressions import Expression, ModelError
from .fields import (
    BooleanField,
    BrokenReference,
    DateTimeField,
    DuplicateValue,
    FloatField,
    ForeignKey,
    IntegerField,
    InvalidValue,
    MissingValue,
    TextField,
)
from .kinds import BigIntegerField, BytesField, DateField, DecimalField, JSONField
from .messages import Handler, Headers, HTTPError, MultiDict, Request, Response
from .migrations import migrate
from .multipart import Files, UploadedFile
from .orm import DoesNotExist, Model, create_tables, drop_tables
from .protocol import Limits
from .query import Query
from .responses import abort, error_response, html_response, json_response, redirect
from .router import Route, Router, View, add_converter, format_routes
from .server import Server
from .sessions import Session, Sessions, current_session, flash, flashed_messages
from .static import file_response, static_files
from .templates import TemplateError, Templates

__all__ = [
    "App",
    "Authentication",
    "BigIntegerField",
    "BooleanField",
    "BrokenReference",
    "BytesField",
    "ConnectionFailed",
    "Controller",
    "Database",
    "DatabaseError",
    "DateField",
    "DateTimeField",
    "Deadlock",
    "DecimalField",
    "DoesNotExist",
    "DuplicateValue",
    "Expression",
    "Files",
    "FloatField",
    "ForeignKey",
    "HTTPError",
    "Handler",
    "Headers",
    "IntegerField",
    "IntegrityError",
    "InvalidValue",
    "JSONField",
    "Limits",
    "MissingValue",
    "Model",
    "ModelError",
    "MultiDict",
    "Query",
    "Request",
    "Response",
    "Route",
    "Router",
    "Server",
    "Session",
    "Sessions",
    "TemplateError",
    "Templates",
    "TextField",
    "Timeouts",
    "UploadedFile",
    "View",
    "abort",
    "add_converter",
    "connect",
    "create_tables",
    "current_session",
    "current_user",
    "drop_tables",
    "error_response",
    "file_response",
    "flash",
    "flashed_messages",
    "format_routes",
    "guard",
    "hash_password",
    "html_response",
    "json_response",
    "local_path",
    "log_in",
    "log_out",
    "login_required",
    "migrate",
    "permission_required",
    "redirect",
    "run",
    "static_files",
    "verify_password",
]
