"""The microblog. Models, controllers and templates are apart; here they are put together."""

from rung import Authentication, Handler, Sessions

from .controllers import CONTROLLERS
from .models import User, database
from .web import app

__all__ = ["app", "create_app"]

for controller in CONTROLLERS:
    app.mount(controller)


def create_app() -> Handler:
    """Return what the server calls: the app, wrapped by what has to know the visitor before it.

    A request goes through Sessions, which finds the session of its cookie; Authentication, which
    finds the user of the session; and the app. The response comes back the same way.
    """
    return Sessions(Authentication(app, User.get_or_none), database)
