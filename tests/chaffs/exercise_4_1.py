"""4.1, compile_path: wrong answers. course/chaffs.py says how this file is read."""


def literals_are_not_escaped(path):
    """Your function behaves like one that copies the literal text into the regular expression as
    it stands. There the dot of ".json" fits any character and "a+" fits "aaa", so that paths are
    found which nobody has registered. What lies between two parameters, and behind the last one,
    must mean itself."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        if name in converters:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        converters[name] = CONVERTERS[kind]
        regex += path[position : parameter.start()]
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + path[position:]), converters


def ends_with_the_last_parameter(path):
    """Your function behaves like one that stops at the last parameter. In "/<path:page>/edit" the
    text behind it belongs to the path as well: without it the parameter takes "/edit" for its own.
    Look at what is left of the path when the loop has ended."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        if name in converters:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        converters[name] = CONVERTERS[kind]
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex), converters


def every_parameter_stays_text(path):
    """Your function behaves like one that returns the regular expression and no converters. A
    regular expression finds text: the view of "/posts/<int:id>" would get "7", and 7 == "7" is
    False. Say in the second value, by parameter name, who converts each group."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    names = set()
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        if name in names:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        names.add(name)
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + re.escape(path[position:])), {}


def converters_only_where_one_is_named(path):
    """Your function behaves like one that leaves "<id>" out of the converters, because a text needs
    no conversion. But the converter also says which texts fit, and url_for() asks it before it puts
    a value into a URL. "<id>" is short for another form: give it that form's converter."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    names = set()
    converters = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1], parameter[2]
        if name in names:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        names.add(name)
        pattern = "[^/]+"
        if kind is not None:
            if kind not in CONVERTERS:
                known = ", ".join(CONVERTERS)
                raise ValueError(f"{path!r}: no converter {kind!r}; there are: {known}")
            converters[name] = CONVERTERS[kind]
            pattern = CONVERTERS[kind].pattern
        regex += re.escape(path[position : parameter.start()]) + f"(?P<{name}>{pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + re.escape(path[position:])), converters


def unknown_converters_are_text(path):
    """Your function behaves like one that takes an unknown converter for `str`. Whoever writes
    "<Int:id>" wants a number, and would look for the mistake in the view, at the first request.
    Mistakes show at the start: refuse it, and say which converters there are."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters = {}
    for parameter in PARAMETER.finditer(path):
        name = parameter[2]
        if name in converters:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        converters[name] = CONVERTERS.get(parameter[1], CONVERTERS["str"])
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{converters[name].pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + re.escape(path[position:])), converters


def malformed_parameters_are_literals(path):
    """Your function behaves like one that takes what is not quite a parameter for literal text.
    "/<int:id" and "/<a-b>" would become pages that no link leads to, and nobody would be told.
    See what is left of the path when all good parameters are taken out of it."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        if name in converters:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        converters[name] = CONVERTERS[kind]
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    check_backtracking(path)
    return re.compile(regex + re.escape(path[position:])), converters


def a_missing_slash_is_put_in_front(path):
    """Your function behaves like one that mends a path which does not begin with a slash. The
    route's own path would stay without it, and links and the hash table of fixed paths use that
    one. A helping hand hides the slip: refuse the path, and say what a path begins with."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/"):
        path = "/" + path
    if "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        if name in converters:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        converters[name] = CONVERTERS[kind]
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + re.escape(path[position:])), converters


def slow_paths_are_taken(path):
    """Your function behaves like one that compiles every path, however long it takes to match. A
    regular expression tries every way to share the characters of a path out between texts that may
    end anywhere; one request with 8000 of them would hold all workers for minutes. A function that
    refuses such paths stands ready below yours."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        if name in converters:
            raise ValueError(f"{path!r} has two parameters named {name!r}")
        converters[name] = CONVERTERS[kind]
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + re.escape(path[position:])), converters


def two_parameters_of_one_name_are_left_to_re(path):
    """Your function behaves like one that leaves it to the module re to refuse a second parameter
    of the same name. Its error speaks of a group and a position in a regular expression, which the
    author of the route has never seen, and it is no ValueError. Look before you compile, and name
    the path and the parameter."""
    if isinstance(path, re.Pattern):
        return path, {}
    if not path.startswith("/") or "//" in path:
        raise ValueError(f"a path begins with '/' and has no '//' in it; this is {path!r}")
    regex, position = "", 0
    converters = {}
    for parameter in PARAMETER.finditer(path):
        kind, name = parameter[1] or "str", parameter[2]
        if kind not in CONVERTERS:
            raise ValueError(f"{path!r}: no converter {kind!r}; there are: {', '.join(CONVERTERS)}")
        converters[name] = CONVERTERS[kind]
        regex += re.escape(path[position : parameter.start()])
        regex += f"(?P<{name}>{CONVERTERS[kind].pattern})"
        position = parameter.end()
    check_backtracking(path)
    if "<" in PARAMETER.sub("", path) or ">" in PARAMETER.sub("", path):
        raise ValueError(f"{path!r}: < and > may only stand in a parameter: <name> or <int:name>")
    return re.compile(regex + re.escape(path[position:])), converters
