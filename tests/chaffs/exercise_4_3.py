"""4.3, Router.match: wrong answers. course/chaffs.py says how this file is read."""


def first_route_wins(self, method, path):
    """Your function behaves like one that looks at the first route with this path, and no further.
    A fixed GET "/posts/new" would hide the POST of "/posts/<id>". A route that has the path but not
    the method does not end the search."""
    for route, parameters in self._candidates(path):
        if method in route.methods:
            return route, parameters
        allow = ", ".join(sorted(route.methods | {"OPTIONS"}))
        raise HTTPError(405, f"{path!r} answers {allow}, not {method}.", {"Allow": allow})
    raise HTTPError(404, f"There is no page {path!r} here.")


def the_path_alone_decides(self, method, path):
    """Your function behaves like one that does not look at the method. GET and DELETE of the same
    path lead to different views, and a link that a browser follows must not delete anything
    (RFC 9110 section 9.2.1). Ask each candidate whether it has the method."""
    for route, parameters in self._candidates(path):
        return route, parameters
    raise HTTPError(404, f"There is no page {path!r} here.")


def a_wrong_method_is_404(self, method, path):
    """Your function behaves like one that answers 404 to a method that a path does not have. The
    page is there, and 404 tells the client to give up on it. When no route fits, the question is
    whether any had the path (RFC 9110 section 15.5.6)."""
    for route, parameters in self._candidates(path):
        if method in route.methods:
            return route, parameters
    raise HTTPError(404, f"There is no page {path!r} here.")


def a_405_without_allow(self, method, path):
    """Your function behaves like one that refuses a method and keeps to itself which ones there
    are. A 405 must have the field Allow (RFC 9110 section 15.5.6), so that a client, or a person
    with curl, knows what to do instead. An HTTPError takes header fields as well."""
    candidates = list(self._candidates(path))
    for route, parameters in candidates:
        if method in route.methods:
            return route, parameters
    if not candidates:
        raise HTTPError(404, f"There is no page {path!r} here.")
    raise HTTPError(405, f"{path!r} does not answer {method}.")


def allow_names_one_route(self, method, path):
    """Your function behaves like one that lists in Allow the methods of a single route. Several
    routes may have this path, each with methods of its own, and the client may use all of them.
    Collect the methods while you go through the candidates."""
    allowed = frozenset()
    for route, parameters in self._candidates(path):
        if method in route.methods:
            return route, parameters
        allowed = route.methods
    if not allowed:
        raise HTTPError(404, f"There is no page {path!r} here.")
    allow = ", ".join(sorted(allowed | {"OPTIONS"}))
    raise HTTPError(405, f"{path!r} answers {allow}, not {method}.", {"Allow": allow})


def options_is_left_out_of_allow(self, method, path):
    """Your function behaves like one that lists only what views answer. The router answers OPTIONS
    by itself wherever a path is known (RFC 9110 section 9.3.7), so that method is allowed, too, and
    belongs to the list."""
    allowed = set()
    for route, parameters in self._candidates(path):
        if method in route.methods:
            return route, parameters
        allowed |= route.methods
    if not allowed:
        raise HTTPError(404, f"There is no page {path!r} here.")
    allow = ", ".join(sorted(allowed))
    raise HTTPError(405, f"{path!r} answers {allow}, not {method}.", {"Allow": allow})


def head_is_always_allowed(self, method, path):
    """Your function behaves like one that puts HEAD into every Allow. HEAD is GET without the
    content (RFC 9110 section 9.3.2), so a path that answers POST alone has none, and the list would
    promise what the next answer refuses. The routes' own methods have HEAD where it belongs."""
    allowed = set()
    for route, parameters in self._candidates(path):
        if method in route.methods:
            return route, parameters
        allowed |= route.methods
    if not allowed:
        raise HTTPError(404, f"There is no page {path!r} here.")
    allow = ", ".join(sorted(allowed | {"HEAD", "OPTIONS"}))
    raise HTTPError(405, f"{path!r} answers {allow}, not {method}.", {"Allow": allow})


def the_last_route_wins(self, method, path):
    """Your function behaves like one that goes through all candidates and keeps the last that fits.
    They come with the most specific first, so that is the least specific one: "/u/5" would go to
    "/u/<name>" although there is a "/u/<int:id>". The first that has the method is the answer."""
    found = {}
    for route, parameters in self._candidates(path):
        for each in route.methods:
            found[each] = route, parameters
    if method in found:
        return found[method]
    if not found:
        raise HTTPError(404, f"There is no page {path!r} here.")
    allow = ", ".join(sorted({*found, "OPTIONS"}))
    raise HTTPError(405, f"{path!r} answers {allow}, not {method}.", {"Allow": allow})


def a_slash_at_the_end_does_not_count(self, method, path):
    """Your function behaves like one that takes a slash off the end of a path before it looks.
    "/posts" and "/posts/" are two URLs, and each may have a page of its own. Look for the path as
    it came; where only the other form exists, the router redirects to it without your help."""
    allowed = set()
    for route, parameters in self._candidates(path.rstrip("/") or "/"):
        if method in route.methods:
            return route, parameters
        allowed |= route.methods
    if not allowed:
        raise HTTPError(404, f"There is no page {path!r} here.")
    allow = ", ".join(sorted(allowed | {"OPTIONS"}))
    raise HTTPError(405, f"{path!r} answers {allow}, not {method}.", {"Allow": allow})
