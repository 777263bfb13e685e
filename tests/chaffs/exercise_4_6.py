"""4.6, Controller.route: wrong answers. course/chaffs.py says how this file is read."""


def gives_back_the_route(self, path, methods=("GET",), name=None):
    """Your function behaves like one whose decorator returns the route that it has made. What a
    decorator returns takes the function's name in the module: `show` would be a Route, nobody could
    call it, and a second decorator above would find no view. Return what you were given."""

    def register(view):
        full_name = ".".join(part for part in (self.name, name or view.__name__) if part)
        route = self.add_route(path, view, methods, full_name)
        vars(view).setdefault("routes", []).append(route)
        return route

    return register


def wraps_the_view(self, path, methods=("GET",), name=None):
    """Your function behaves like one that returns a wrapper around the view. Not every decorator
    has to wrap: this one writes a line into a table, and the function stays what it was. Whoever
    calls it, or decorates it again, wants the view itself."""

    def register(view):
        @wraps(view)
        def wrapper(request, **parameters):
            return view(request, **parameters)

        full_name = ".".join(part for part in (self.name, name or view.__name__) if part)
        route = self.add_route(path, wrapper, methods, full_name)
        vars(wrapper).setdefault("routes", []).append(route)
        return wrapper

    return register


def named_after_the_view_alone(self, path, methods=("GET",), name=None):
    """Your function behaves like one that names a route after its view alone. Two controllers may
    each have a `show`, and url_for("posts.show") must know which is meant. The controller's name
    stands before it, with a dot between."""

    def register(view):
        route = self.add_route(path, view, methods, name or view.__name__)
        vars(view).setdefault("routes", []).append(route)
        return view

    return register


def a_given_name_is_the_whole_name(self, path, methods=("GET",), name=None):
    """Your function behaves like one that takes name="all" for the full name of the route. It
    stands for the name of the view and for nothing else: the controller's name comes before it, as
    it does before a view's."""

    def register(view):
        own_name = f"{self.name}.{view.__name__}" if self.name else view.__name__
        route = self.add_route(path, view, methods, name or own_name)
        vars(view).setdefault("routes", []).append(route)
        return view

    return register


def a_dot_before_views_of_the_application(self, path, methods=("GET",), name=None):
    """Your function behaves like one that always puts a dot between the controller's name and the
    view's. The application is a controller without a name, and its view `about` would be called
    ".about". Put the dot only where there is something on both sides of it."""

    def register(view):
        full_name = f"{self.name}.{name or view.__name__}"
        route = self.add_route(path, view, methods, full_name)
        vars(view).setdefault("routes", []).append(route)
        return view

    return register


def the_prefix_twice(self, path, methods=("GET",), name=None):
    """Your function behaves like one that puts the controller's prefix before the path. add_route()
    does that, so the view would be found under "/posts/posts". Hand the path on as it was given."""

    def register(view):
        full_name = ".".join(part for part in (self.name, name or view.__name__) if part)
        route = self.add_route(join_path(self.prefix, path), view, methods, full_name)
        vars(view).setdefault("routes", []).append(route)
        return view

    return register


def past_add_route(self, path, methods=("GET",), name=None):
    """Your function behaves like one that makes the Route itself and appends it to self.routes. A
    controller does that in add_route(), and refuses it there when it comes too late; the
    application has an add_route() of its own, which writes into the route table. Call that method,
    and each does the right thing."""

    def register(view):
        full_name = ".".join(part for part in (self.name, name or view.__name__) if part)
        route = Route(join_path(self.prefix, path), with_head(methods), view, full_name)
        self.routes.append(route)
        vars(view).setdefault("routes", []).append(route)
        return view

    return register


def leaves_no_trace(self, path, methods=("GET",), name=None):
    """Your function behaves like one that registers a view and tells it nothing. A guard that
    stands above gets the view when it is in the table already, and has no way to find its place
    there: it would protect a name that nobody calls. Leave the route in a list on the view,
    `view.routes`."""

    def register(view):
        full_name = ".".join(part for part in (self.name, name or view.__name__) if part)
        self.add_route(path, view, methods, full_name)
        return view

    return register


def remembers_the_last_route_alone(self, path, methods=("GET",), name=None):
    """Your function behaves like one that makes a new list `view.routes` each time. The same view
    may have several routes, one decorator above the other, and a guard must find them all: one that
    is forgotten stays open. Make the list the first time, and add to it after that."""

    def register(view):
        full_name = ".".join(part for part in (self.name, name or view.__name__) if part)
        view.routes = [self.add_route(path, view, methods, full_name)]
        return view

    return register
