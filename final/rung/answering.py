"""What a handler answers; or, where it fails, the answer to that. Nothing here knows of sockets."""

import logging

from .messages import Handler, HTTPError, Request, Response

logger = logging.getLogger("rung.server")

OUR_FAULT = "Something went wrong here. The log has the details."


def call_handler(handler: Handler, request: Request) -> Response:
    """Return the handler's response, or the error that it raised as one.

    For what wraps a handler and has to see its answer. Server._answer() does the same in its own
    lines: it may fail later, too, when it sends the response.
    """
    response: object = None
    try:
        response = handler(request)
        if not isinstance(response, Response):
            raise TypeError(f"a handler returns a Response, not {response!r}")
        return response
    except BaseException as error:  # noqa: BLE001 - error_response() logs it
        # A bug in one page must not end the server, nor may a sys.exit() in it. (Ctrl-C is not
        # among these: that reaches the main thread alone.)
        return error_response(error, request, response)


def error_response(error: BaseException, request: Request, response: object) -> Response:
    """Return the answer to a request that has failed: a traceback is for the log alone.

    Args:
        response: what the handler gave, if it gave anything; with fields that are none, say.
    """
    if isinstance(error, HTTPError) and error.status >= 200:
        return error.to_response()
    logger.error("%s %s failed", request.method, request.target, exc_info=error)
    request.context["error"] = error  # for debug.py
    if isinstance(response, Response):
        response.close()
    return HTTPError(500, OUR_FAULT).to_response()
