"""4.8, guard: wrong answers. course/chaffs.py says how this file is read."""


def guards_the_name_alone(check):
    """Your function behaves like one that wraps the view and returns the wrapper: an ordinary
    decorator. Above the route's decorator it protects nothing, because the view is in the table
    already, bare, and what you return is only a name in the module. The routes of a view are in
    view.routes: put the guarded view there, too."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            objection = check(request, **parameters)
            return view(request, **parameters) if objection is None else objection

        return guarded

    return decorate


def guards_the_table_alone(check):
    """Your function behaves like one that puts the guarded view into the table and returns the bare
    one. What a decorator returns is what the next one above it sees, and what the name in the
    module will mean: a second guard would wrap a view that has none. Return the guarded view in any
    case."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            objection = check(request, **parameters)
            return view(request, **parameters) if objection is None else objection

        routes = getattr(view, "routes", ())
        for route in routes:
            if route.is_mounted:
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return view if routes else guarded

    return decorate


def guards_one_route(check):
    """Your function behaves like one that guards a single route of the view. The same view may
    stand under several paths, and one that is left out is an open door beside a locked one. Go
    through all of view.routes."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            objection = check(request, **parameters)
            return view(request, **parameters) if objection is None else objection

        if routes := getattr(view, "routes", ()):
            route = routes[-1]
            if route.is_mounted:
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return guarded

    return decorate


def a_late_guard_says_nothing(check):
    """Your function behaves like one that guards a view whose controller is mounted already. The
    table has the bare view by then, and nobody would ever be asked: the code looks safe and is not.
    A guard that cannot work must say so; the docstring says how."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            objection = check(request, **parameters)
            return view(request, **parameters) if objection is None else objection

        for route in getattr(view, "routes", ()):
            route.view = guarded
        return guarded

    return decorate


def checks_the_request_alone(check):
    """Your function behaves like one that hands the check the request and nothing else. Whether ann
    may edit post 7 depends on the 7: the check is called like the view, with what the path
    holds."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            objection = check(request)
            return view(request, **parameters) if objection is None else objection

        for route in getattr(view, "routes", ()):
            if route.is_mounted:
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return guarded

    return decorate


def an_empty_objection_is_none(check):
    """Your function behaves like one that asks whether the objection is true. An empty text is
    false in Python, and it is an answer: the view would run against the check's will. Only None
    lets a request pass."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            return check(request, **parameters) or view(request, **parameters)

        for route in getattr(view, "routes", ()):
            if route.is_mounted:
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return guarded

    return decorate


def the_check_says_yes_or_no(check):
    """Your function behaves like one that takes the check's answer for yes or no. It is an
    objection: None means that there is none, and anything else is the response to give instead, so
    that a check can redirect to the login. Return what it returned."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            if not check(request, **parameters):
                raise HTTPError(403)
            return view(request, **parameters)

        for route in getattr(view, "routes", ()):
            if route.is_mounted:
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return guarded

    return decorate


def asks_when_the_view_has_run(check):
    """Your function behaves like one that calls the view, and then asks whether it may. The right
    answer goes out, and the post is deleted all the same. Ask first; with an objection, the view is
    not called at all."""

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            answer = view(request, **parameters)
            objection = check(request, **parameters)
            return answer if objection is None else objection

        for route in getattr(view, "routes", ()):
            if route.is_mounted:
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return guarded

    return decorate


def forgets_who_the_view_was(check):
    """Your function behaves like one whose wrapper has a name and a signature of its own. Routes
    are named after their views, the table checks what a view takes, and a second guard looks for
    the attribute `routes`: all of that is lost. functools has what makes a wrapper look like what
    it wraps."""

    def decorate(view):
        def guarded(request, **parameters):
            objection = check(request, **parameters)
            return view(request, **parameters) if objection is None else objection

        for route in getattr(view, "routes", ()):
            if route.is_mounted:
                raise ValueError(f"{route.name!r} is mounted already; guard it before that")
            route.view = guarded
        return guarded

    return decorate
