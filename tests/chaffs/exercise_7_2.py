"""7.2, check_json: wrong answers. course/chaffs.py says how this file is read."""


def dumps_decides(key, value):
    """Your function behaves like one that takes whatever json.dumps() takes. It takes a tuple, of
    which a list comes back, and keys that are numbers, of which texts come back; and it writes NaN,
    which is no JSON. Look at what comes back, not only at whether it goes out."""
    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}: {error}") from None


def texts_are_compared(key, value):
    """Your function behaves like one that compares the JSON of the value with the JSON of what
    comes back. (1, 2) and [1, 2] have the same JSON, and so have the keys 1 and "1": just what was
    lost cannot be seen there. Compare the values."""
    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    try:
        back = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}: {error}") from None
    if json.dumps(back) != json.dumps(value):
        problem = f"{show(value)} would come back as {show(back)}"
        raise TypeError(f"session[{key!r}] takes JSON values; {problem}")


def outside_is_looked_at(key, value):
    """Your function behaves like one that looks at the type of the value and not at what is inside.
    A list may hold an object, a dict a tuple, and both come back as something else or not at all.
    The check must go as deep as the value does."""
    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    if value is not None and not isinstance(value, str | int | float | bool | list | dict):
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}")


def infinity_is_json(key, value):
    """Your function behaves like one that takes infinity. Python writes it as Infinity and reads
    that again, but it is no JSON (RFC 8259 section 6), and the next program that reads the table
    stumbles over it. json.dumps() has an argument for that."""
    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    try:
        back = json.loads(json.dumps(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}: {error}") from None
    if back != value:
        problem = f"{show(value)} would come back as {show(back)}"
        raise TypeError(f"session[{key!r}] takes JSON values; {problem}")


def one_exception_is_expected(key, value):
    """Your function behaves like one that expects a TypeError from json.dumps() and nothing else.
    NaN and a list that contains itself are ValueErrors, and they come out without the key. Whoever
    wrote the view should read one message: which key, and why."""
    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    try:
        back = json.loads(json.dumps(value, allow_nan=False))
    except TypeError as error:
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}: {error}") from None
    if back != value:
        problem = f"{show(value)} would come back as {show(back)}"
        raise TypeError(f"session[{key!r}] takes JSON values; {problem}")


def any_key(key, value):
    """Your function behaves like one that looks at the value and not at the key. JSON knows only
    texts as keys: session[7] would be stored, and the next request would find it under "7". Refuse
    it here."""
    try:
        back = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}: {error}") from None
    if back != value:
        problem = f"{show(value)} would come back as {show(back)}"
        raise TypeError(f"session[{key!r}] takes JSON values; {problem}")


def walks_in_circles(key, value):
    """Your function behaves like one that goes through the value by itself, as deep as it is. A
    list that contains itself has no end, so neither has the way through it. json.dumps() notices a
    circle; let it do the work."""

    import math

    def is_json(part):
        if isinstance(part, float):
            return math.isfinite(part)
        if isinstance(part, list):
            return all(map(is_json, part))
        if isinstance(part, dict):
            return all(isinstance(name, str) and is_json(each) for name, each in part.items())
        return part is None or isinstance(part, str | int)

    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    if not is_json(value):
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}")


def null_is_no_value(key, value):
    """Your function behaves like one that refuses None. JSON has it under the name of null, and it
    comes back as it went: a value that is known to be nothing is still a value."""
    if not isinstance(key, str):
        raise TypeError(f"the keys of a session are text, not {key!r}")
    if value is None:
        raise TypeError(f"session[{key!r}] takes values, and None is none")
    try:
        back = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"session[{key!r}] takes JSON values, not {show(value)}: {error}") from None
    if back != value:
        problem = f"{show(value)} would come back as {show(back)}"
        raise TypeError(f"session[{key!r}] takes JSON values; {problem}")
