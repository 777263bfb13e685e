"""4.4, Router.url_for: wrong answers. course/chaffs.py says how this file is read."""


def quotes_the_finished_url(self, name, /, **values):
    """Your function behaves like one that quotes the URL when the values are in it already. They
    were quoted on their way in, and the percent signs of that are quoted a second time: "Zoë"
    comes back as "Zo%C3%AB". Literals and values are two kinds of text: quote each one once."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = quote(PARAMETER.sub(fill, route.path), safe="/:@!$&'()*+,;=~")
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    rest = {key: value for key, value in values.items() if key not in route.converters}
    return path + ("?" + urlencode(rest) if rest else "")


def literals_go_in_as_they_are(self, name, /, **values):
    """Your function behaves like one that quotes the values alone. A path is registered decoded, so
    its literals may hold a "?", a "%" or an "é" as well, and in a URL the first two mean something
    else (RFC 3986 section 2). Quote the literals, too, before anything is filled in."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = PARAMETER.sub(fill, route.path)
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    rest = {key: value for key, value in values.items() if key not in route.converters}
    return path + ("?" + urlencode(rest) if rest else "")


def values_are_not_checked(self, name, /, **values):
    """Your function behaves like one that puts any value into the path. A slash splits one segment
    into two, "seven" is no int, and "/evil.example" at the beginning makes a link to another site:
    none of these would come back to the view. Let the converter's pattern refuse what does not
    fit."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        if parameter[2] not in values:
            raise ValueError(f"url_for({route.name!r}) needs {parameter[2]!r} for {route.path}")
        return quote(str(values[parameter[2]]))

    path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    rest = {key: value for key, value in values.items() if key not in route.converters}
    return path + ("?" + urlencode(rest) if rest else "")


def the_query_is_not_quoted(self, name, /, **values):
    """Your function behaves like one that writes names and values of the query down as they are. A
    value with an "&" in it would be read as two, and a blank has no place in a URL. The query has
    its own way of quoting, which urllib.parse knows."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    rest = [f"{key}={value}" for key, value in values.items() if key not in route.converters]
    return path + ("?" + "&".join(rest) if rest else "")


def a_question_mark_in_any_case(self, name, /, **values):
    """Your function behaves like one that ends every URL in a question mark, also where no query
    follows. "/about?" is another URL than "/about": caches keep both, and a comparison fails. Put
    it there only if some values are left over."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    rest = {key: value for key, value in values.items() if key not in route.converters}
    return f"{path}?{urlencode(rest)}"


def left_over_values_are_dropped(self, name, /, **values):
    """Your function behaves like one that uses the values which the path needs, and forgets the
    others. url_for("search", q="rung") is how a link to page 2 or to a search is made. What is left
    over becomes the query."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    return path


def every_value_is_in_the_query(self, name, /, **values):
    """Your function behaves like one that puts all values into the query, those of the path
    included: "/posts/7?id=7". One thing would be said in two places, and two URLs would lead to one
    page. Leave out what the path has taken."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    return path + ("?" + urlencode(values) if values else "")


def dot_segments_are_kept(self, name, /, **values):
    """Your function behaves like one that makes URLs with a segment "." or "..". Clients resolve
    these before they send anything (RFC 3986 section 5.2.4), so the link "/f/a/../b" asks for
    "/f/b": another page, chosen by whoever chose the value. Look at the segments of the finished
    path."""
    if name not in self._names:
        known = ", ".join(sorted(self._names))
        raise ValueError(f"no route is named {name!r}; there are: {known}")
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
    rest = {key: value for key, value in values.items() if key not in route.converters}
    return path + ("?" + urlencode(rest) if rest else "")


def an_unknown_name_is_a_key_error(self, name, /, **values):
    """Your function behaves like one that looks the name up and lets the dict complain. KeyError:
    'show' says only what was asked for, and the name was "posts.show". An error can teach: raise
    the ValueError of the docstring, and list the names that there are."""
    route = self._names[name]
    if not isinstance(route.path, str):
        raise ValueError(f"{name!r} is a regular expression; no URL can be made from it")

    def fill(parameter):
        return fill_parameter(route, parameter[2], values)

    path = PARAMETER.sub(fill, quote(route.path, safe="/<:>@!$&'()*+,;=~"))
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"url_for({name!r}): clients take the dots out of {path!r}")
    rest = {key: value for key, value in values.items() if key not in route.converters}
    return path + ("?" + urlencode(rest) if rest else "")
