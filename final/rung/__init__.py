"""rung: a web framework that grew by one layer a step. Here: all of it, and uploads."""

# What it imports is what `from rung import ...` gives; this tells type checkers, too:
# mypy: implicit-reexport

from .access_log import AccessLog, show_logs
from .app import SECURITY_HEADERS, App, Controller, guard
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
from .client import Answer, Client
from .command import ServerSettings, run
from .configuration import ConfigurationError, from_environment
from .connection import Timeouts
from .csrf import csrf_token, protect_forms
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
from .proxy import BehindProxy
from .query import Query
from .responses import abort, error_response, html_response, json_response, redirect
from .router import Route, Router, View, add_converter, format_routes
from .server import Server
from .sessions import Session, Sessions, current_session, flash, flashed_messages
from .static import file_response, static_files
from .templates import TemplateError, Templates
from .throttle import Throttle
from .wsgi_application import WSGIApplication
from .wsgi_handler import WSGIHandler
