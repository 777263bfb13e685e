"""7.1, Response.set_cookie: wrong answers. course/chaffs.py says how this file is read."""


def zero_is_no_age(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that takes max_age=0 for max_age=None. Both are false, but 0
    means "throw it away now" and None "keep it until the browser closes". A cookie that should be
    deleted would stay: ask for what you mean."""
    if not TOKEN.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if not COOKIE_PATH.fullmatch(path):
        raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
    if same_site == "None" and not secure:
        raise ValueError("browsers refuse SameSite=None without secure=True")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age:
        attributes.append(f"Max-Age={max_age}")
    if secure:
        attributes.append("Secure")
    if http_only:
        attributes.append("HttpOnly")
    attributes.append(f"SameSite={same_site}")
    self.headers.add("Set-Cookie", "; ".join(attributes))


def second_cookie_takes_the_place_of_the_first(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that has room for one cookie. Assigning to headers[...] throws
    away what stood there, and no comma can join two cookies in one field (RFC 6265 section 3). Each
    cookie is a Set-Cookie field of its own."""
    if not TOKEN.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if not COOKIE_PATH.fullmatch(path):
        raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
    if same_site == "None" and not secure:
        raise ValueError("browsers refuse SameSite=None without secure=True")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age is not None:
        attributes.append(f"Max-Age={max_age}")
    if max_age == 0:
        attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    if secure:
        attributes.append("Secure")
    if http_only:
        attributes.append("HttpOnly")
    attributes.append(f"SameSite={same_site}")
    self.headers["Set-Cookie"] = "; ".join(attributes)


def flags_have_values(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that writes Secure=True and HttpOnly=False. These two are
    flags: they are there or they are not. A browser that reads HttpOnly=False sees HttpOnly, and
    switches it on (RFC 6265 section 5.2.6)."""
    if not TOKEN.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if not COOKIE_PATH.fullmatch(path):
        raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
    if same_site == "None" and not secure:
        raise ValueError("browsers refuse SameSite=None without secure=True")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age is not None:
        attributes.append(f"Max-Age={max_age}")
    if max_age == 0:
        attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    attributes.append(f"Secure={secure}")
    attributes.append(f"HttpOnly={http_only}")
    attributes.append(f"SameSite={same_site}")
    self.headers.add("Set-Cookie", "; ".join(attributes))


def value_is_trusted(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that writes any value as it is. A ; in it begins another
    attribute, so whoever can choose a value could choose the Domain, too; and blanks and quotes are
    read differently by different browsers. COOKIE_VALUE says what a value may hold."""
    if not TOKEN.fullmatch(name):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if not COOKIE_PATH.fullmatch(path):
        raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
    if same_site == "None" and not secure:
        raise ValueError("browsers refuse SameSite=None without secure=True")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age is not None:
        attributes.append(f"Max-Age={max_age}")
    if max_age == 0:
        attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    if secure:
        attributes.append("Secure")
    if http_only:
        attributes.append("HttpOnly")
    attributes.append(f"SameSite={same_site}")
    self.headers.add("Set-Cookie", "; ".join(attributes))


def value_is_encoded(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that percent-encodes the value. RFC 6265 knows no encoding, so
    nobody decodes it again: the value that comes back is not the one that went out. Refuse what a
    cookie cannot hold; how to encode it is the caller's choice."""

    from urllib.parse import quote

    value = quote(value)
    if not TOKEN.fullmatch(name):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if not COOKIE_PATH.fullmatch(path):
        raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
    if same_site == "None" and not secure:
        raise ValueError("browsers refuse SameSite=None without secure=True")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age is not None:
        attributes.append(f"Max-Age={max_age}")
    if max_age == 0:
        attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    if secure:
        attributes.append("Secure")
    if http_only:
        attributes.append("HttpOnly")
    attributes.append(f"SameSite={same_site}")
    self.headers.add("Set-Cookie", "; ".join(attributes))


def path_is_trusted(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that checks the name and the value, and not the path. It
    stands in the same line: "/; Domain=evil.example" brings in an attribute that nobody asked for.
    COOKIE_PATH says what a path may hold."""
    if not TOKEN.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if same_site == "None" and not secure:
        raise ValueError("browsers refuse SameSite=None without secure=True")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age is not None:
        attributes.append(f"Max-Age={max_age}")
    if max_age == 0:
        attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    if secure:
        attributes.append("Secure")
    if http_only:
        attributes.append("HttpOnly")
    attributes.append(f"SameSite={same_site}")
    self.headers.add("Set-Cookie", "; ".join(attributes))


def beginning_is_enough(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that checks how the texts begin. match() is content when the
    pattern fits at the start and does not look at the rest: "a; Domain=evil.example" begins well.
    The whole text must fit."""
    if not TOKEN.match(name) or not COOKIE_VALUE.match(value):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if not COOKIE_PATH.match(path):
        raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
    if same_site == "None" and not secure:
        raise ValueError("browsers refuse SameSite=None without secure=True")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age is not None:
        attributes.append(f"Max-Age={max_age}")
    if max_age == 0:
        attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    if secure:
        attributes.append("Secure")
    if http_only:
        attributes.append("HttpOnly")
    attributes.append(f"SameSite={same_site}")
    self.headers.add("Set-Cookie", "; ".join(attributes))


def none_without_secure(
    self, name, value, max_age=None, path="/", secure=False, http_only=True, same_site="Lax"
):
    """Your function behaves like one that sends SameSite=None without Secure. Browsers throw such a
    cookie away without a word, and whoever set it looks for the reason for hours. Say so with a
    ValueError, at the line that sets it."""
    if not TOKEN.fullmatch(name) or not COOKIE_VALUE.fullmatch(value):
        problem = "a cookie holds visible ASCII without quotes , ; and \\"
        raise ValueError(f"{problem}; encode what is else: {name}={value!r}")
    if not COOKIE_PATH.fullmatch(path):
        raise ValueError(f"the path of a cookie begins with / and has no ; in it, not {path!r}")
    attributes = [f"{name}={value}", f"Path={path}"]
    if max_age is not None:
        attributes.append(f"Max-Age={max_age}")
    if max_age == 0:
        attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    if secure:
        attributes.append("Secure")
    if http_only:
        attributes.append("HttpOnly")
    attributes.append(f"SameSite={same_site}")
    self.headers.add("Set-Cookie", "; ".join(attributes))
