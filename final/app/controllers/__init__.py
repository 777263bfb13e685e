"""The controllers, a module for each thing that people come here to do."""

from .accounts import accounts
from .admin import admin
from .api import api
from .comments import comments
from .pages import pages
from .posts import posts
from .profiles import profiles

CONTROLLERS = (posts, comments, accounts, profiles, admin, api, pages)

__all__ = ["CONTROLLERS"]
