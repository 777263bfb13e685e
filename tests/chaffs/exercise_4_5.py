"""4.5, error_response: wrong answers. course/chaffs.py says how this file is read."""


def a_page_for_everybody(error, request):
    """Your function behaves like one that answers each error with a page. A program that expects
    JSON can do nothing with markup, and its author sees a parser's error in place of yours. The
    field Accept says who asks (RFC 9110 section 12.5.1)."""
    status, phrase = error.status.value, error.status.phrase
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status, error.headers)


def json_for_everybody(error, request):
    """Your function behaves like one that answers each error with JSON. Somebody who has mistyped
    an address would look at braces. Browsers name text/html in the field Accept (RFC 9110 section
    12.5.1): look for it."""
    status, phrase = error.status.value, error.status.phrase
    value = {"error": {"status": status, "title": phrase, "message": error.message}}
    return json_response(value, status, error.headers)


def json_only_if_asked_for_by_name(error, request):
    """Your function behaves like one that gives JSON to those who name it in Accept, and a page to
    all others. Most programs name nothing: curl sends */*, and many send no such field at all. It
    is browsers that ask by name, so ask the question the other way round."""
    status, phrase = error.status.value, error.status.phrase
    if "application/json" in request.headers.get("Accept", ""):
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, status, error.headers)
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status, error.headers)


def takes_anything_means_a_browser(error, request):
    """Your function behaves like one that takes */* for the sign of a browser. Browsers do send it,
    last of a long list, and so do curl and most libraries, alone. What tells them apart is that a
    browser asks for text/html by name."""
    status, phrase = error.status.value, error.status.phrase
    accept = request.headers.get("Accept", "")
    if "text/html" not in accept and "*/*" not in accept:
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, status, error.headers)
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status, error.headers)


def accept_is_one_media_type(error, request):
    """Your function behaves like one that compares the whole field Accept with "text/html". It is a
    list of media types, each with a weight if the client likes (RFC 9110 section 12.5.1), and that
    of a browser is long. Look whether text/html is among them."""
    status, phrase = error.status.value, error.status.phrase
    if request.headers.get("Accept") != "text/html":
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, status, error.headers)
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status, error.headers)


def accept_is_always_there(error, request):
    """Your function behaves like one that counts on the field Accept. A client may leave it out,
    and that means: anything will do (RFC 9110 section 12.5.1). An error inside of what answers
    errors is a 500 instead of a 404, so ask with a default."""
    status, phrase = error.status.value, error.status.phrase
    if "text/html" not in request.headers["Accept"]:
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, status, error.headers)
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status, error.headers)


def the_message_becomes_markup(error, request):
    """Your function behaves like one that puts the message into the page as it is. It may quote
    what the client sent: a link to "/<script>..." would run its author's script on your site, in
    the browser of whoever follows it (cross-site scripting). Text on its way into a page is
    escaped."""
    status, phrase = error.status.value, error.status.phrase
    if "text/html" not in request.headers.get("Accept", ""):
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, status, error.headers)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=error.message)
    return html_response(page, status, error.headers)


def json_is_escaped_too(error, request):
    """Your function behaves like one that escapes the message for both forms. &lt; is how "<" is
    written in HTML; in JSON it is four characters, and a program would show them. Each form has its
    own way of quoting: json_response() knows JSON's, and html.escape() is for the page alone."""
    status, phrase = error.status.value, error.status.phrase
    message = html.escape(error.message)
    if "text/html" not in request.headers.get("Accept", ""):
        value = {"error": {"status": status, "title": phrase, "message": message}}
        return json_response(value, status, error.headers)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status, error.headers)


def an_error_with_status_200(error, request):
    """Your function behaves like one that writes the error into the content and sends it with
    status 200. People may read the sentence; programs, caches and search engines read the status,
    and take the page for a good one. The status is part of the answer."""
    status, phrase = error.status.value, error.status.phrase
    if "text/html" not in request.headers.get("Accept", ""):
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, headers=error.headers)
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, headers=error.headers)


def the_fields_of_the_error_are_lost(error, request):
    """Your function behaves like one that takes status and message from the error and leaves its
    header fields behind. A 405 without Allow is half an answer (RFC 9110 section 15.5.6), and a 401
    without its challenge another. Both forms of the response carry them."""
    status, phrase = error.status.value, error.status.phrase
    if "text/html" not in request.headers.get("Accept", ""):
        value = {"error": {"status": status, "title": phrase, "message": error.message}}
        return json_response(value, status)
    message = html.escape(error.message)
    page = ERROR_PAGE.format(status=status, phrase=phrase, message=message)
    return html_response(page, status)
