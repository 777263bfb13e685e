"""The microblog. Models, controllers and templates are apart; here they are put together."""

from rung import AccessLog, Authentication, BehindProxy, Handler, Request, Sessions

from .controllers import CONTROLLERS
from .models import User, database
from .settings import settings
from .web import app

__all__ = ["app", "create_app", "settings"]

for controller in CONTROLLERS:
    app.mount(controller)


def create_app() -> Handler:
    """Return what the server calls: the app, wrapped by what has to know the visitor before it.

    A request goes through these from the last to the first, and the response comes back the same
    way. BehindProxy finds out where it comes from; AccessLog gives it an id, and its line at the
    end; Sessions finds the session of its cookie; Authentication, the user of the session.
    """
    handler: Handler = Authentication(app, User.get_or_none)
    handler = Sessions(handler, database, secure=settings.https or None)
    handler = AccessLog(handler, user_name)
    return BehindProxy(handler, settings.trusted_proxies)


def user_name(request: Request) -> str:
    """Who has asked, for the access log; of those alone whom a view has asked for already."""
    user = request.context.get("user")
    return user.name if user else ""
