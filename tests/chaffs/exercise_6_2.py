"""6.2, Templates.response: wrong answers. course/chaffs.py says how this file is read."""


def context_wins_over_the_view(self, request, name, /, status=200, **values):
    """Your function behaves like one that lets a context function's value take the place of the
    view's. What is said for one page is meant more exactly than what is said for all, so it must
    win. dict.update() lets the later one win: look at your order."""
    context = {"request": request, **values}
    for function in self.context_functions:
        context.update(function(request))
    return html_response(self.render(name, **context), status)


def only_the_last_context_function(self, request, name, /, status=200, **values):
    """Your function behaves like one that begins a new dict for each context function. What the
    functions before the last one gave is gone then. Make one dict for the page, and add to it what
    each of them returns."""
    context = {}
    for function in self.context_functions:
        context = {"request": request, **function(request)}
    return html_response(self.render(name, **{"request": request, **context, **values}), status)


def context_asked_once(self, request, name, /, status=200, **values):
    """Your function behaves like one that asks the context functions at the first page and keeps
    what they said. They are given the request because their answer depends on it: kept, it shows
    one visitor what belongs to another. Ask them for every page."""
    if not hasattr(self, "_context"):
        self._context = {}
        for function in self.context_functions:
            self._context.update(function(request))
    context = {"request": request, **self._context, **values}
    return html_response(self.render(name, **context), status)


def values_become_globals(self, request, name, /, status=200, **values):
    """Your function behaves like one that puts the values of a page where they outlive it. The next
    visitor's page then finds what this one was given. Globals are for what is the same for all
    requests; make a new dict for each page."""
    self.globals["request"] = request
    for function in self.context_functions:
        self.globals.update(function(request))
    self.globals.update(values)
    return html_response(self.render(name), status)


def status_is_always_200(self, request, name, /, status=200, **values):
    """Your function behaves like one that forgets the status. A form that was refused comes back as
    a page, too, and only 422 tells a program (or the browser's cache) that it was refused. Hand the
    status on to the response."""
    context = {"request": request}
    for function in self.context_functions:
        context.update(function(request))
    context.update(values)
    return html_response(self.render(name, **context))


def page_without_its_request(self, request, name, /, status=200, **values):
    """Your function behaves like one that gives the page everything but the request. Templates ask
    it where they are (request.path), and macros are handed it. It is the first of the three sources
    of what a page gets."""
    context = {}
    for function in self.context_functions:
        context.update(function(request))
    context.update(values)
    return html_response(self.render(name, **context), status)


def goes_past_render(self, request, name, /, status=200, **values):
    """Your function behaves like one that asks Jinja2 for the page itself. Then a mistake in the
    template comes out in Jinja2's words, without the file and the line. Templates.render() stands
    ready, and says which line to mend."""
    context = {"request": request}
    for function in self.context_functions:
        context.update(function(request))
    context.update(values)
    return html_response(self.environment.get_template(name).render(context), status)
