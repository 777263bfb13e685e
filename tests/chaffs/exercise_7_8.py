"""7.8, check_log_in: wrong answers. course/chaffs.py says how this file is read."""


def everybody_is_redirected(request, **parameters):
    """Your function behaves like one that sends everybody to the log-in page. A program follows the
    redirect, gets a page with status 200, and takes it for what it asked for. Only a browser that
    wants to see a page can do something with a form: look at Accept."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")


def form_is_lost_on_the_way(request, **parameters):
    """Your function behaves like one that redirects a form that was sent. After a redirect with 303
    the browser comes with GET, and what was typed is gone; and `next` would lead to a page that
    takes only POST. Only those who want to see a page are sent on."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


def head_is_not_get(request, **parameters):
    """Your function behaves like one that answers HEAD in another way than GET. RFC 9110 section
    9.3.2: HEAD is GET without the body, so its status and its fields are the same. Two methods want
    to see a page."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


def anything_is_a_page(request, **parameters):
    """Your function behaves like one that takes "*/*" for a wish to see a page. That is what curl
    and most programs send; it says "anything". A browser names text/html in its Accept."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    accept = request.headers.get("Accept", "")
    wants_page = "text/html" in accept or "*/*" in accept
    if request.method in ("GET", "HEAD") and wants_page:
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


def accept_is_one_type(request, **parameters):
    """Your function behaves like one that expects Accept to be text/html and nothing else. It is a
    list, with weights, and a browser's is long: text/html stands in it (RFC 9110 section
    12.5.1)."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method in ("GET", "HEAD") and request.headers.get("Accept") == "text/html":
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


def next_is_not_encoded(request, **parameters):
    """Your function behaves like one that writes the target into the query as it is. The target has
    a query of its own: its & ends `next`, and its %20 is decoded once too often. What goes into a
    query must be encoded; urllib.parse can do that."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?next={local_path(request.target)}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


def next_without_its_query(request, **parameters):
    """Your function behaves like one that leads back to the path, and loses what stood behind the
    ?. The second page of a search is another place than its first. request.target has all of it."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.path)})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


def next_leads_anywhere(request, **parameters):
    """Your function behaves like one that writes any target into `next`. A request line may hold a
    whole URL (RFC 9112 section 3.2.2), and it may name another host: people who have just logged in
    would be sent there. local_path() lets through what stays here."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': request.target})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)


def no_challenge(request, **parameters):
    """Your function behaves like one that says 401 and not what to do about it. RFC 9110 section
    11.6.1: a 401 carries WWW-Authenticate, which names a way to log in. HTTPError takes fields as
    its third argument."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    raise HTTPError(401, "Log in first.")


def forbidden_instead_of_unknown(request, **parameters):
    """Your function behaves like one that says 403 to those who are not logged in. That means "I
    know you, and you may not", so there would be nothing to do about it (RFC 9110 section 15.5.4).
    Who is not known yet gets 401: log in first."""
    if current_user(request) is not None:
        return None
    login_path = authentication(request).login_path
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(403, "Log in first.", challenge)


def log_in_page_is_fixed(request, **parameters):
    """Your function behaves like one that knows where the log-in page is. The application decides
    that: Authentication was given a login_path, and authentication() finds it."""
    if current_user(request) is not None:
        return None
    login_path = "/login"
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
        return redirect(f"{login_path}?{urlencode({'next': local_path(request.target)})}")
    challenge = {"WWW-Authenticate": f'Cookie form-action="{login_path}"'}
    raise HTTPError(401, "Log in first.", challenge)
