"""2.2, parse_cookies: wrong answers. course/chaffs.py says how this file is read."""


def last_one_wins(text):
    """Your function behaves like one that lets a later cookie replace an earlier one of the same
    name. Browsers send the one with the longer path first (RFC 6265 section 5.4), and that is the
    one that was meant for this page. Keep what is there already."""
    cookies = {}
    for part in text.split(";"):
        name, equals, value = part.strip(" \t").partition("=")
        if equals:
            cookies[name.rstrip(" \t")] = value.strip(" \t").strip('"')
    return cookies


def values_are_decoded(text):
    """Your function behaves like one that decodes percent signs, as in a form. To RFC 6265 (section
    4.1.1) a value is opaque: + and %41 mean themselves, and a signature or a token that holds them
    would come out as another one. Leave a value as it came."""
    cookies = {}
    for part in text.split(";"):
        name, equals, value = part.strip(" \t").partition("=")
        if equals:
            cookies.setdefault(name.rstrip(" \t"), unquote_plus(value.strip(" \t").strip('"')))
    return cookies


def splits_at_every_equals_sign(text):
    """Your function behaves like one that cuts at every =. Base64 ends in them, so many a token
    does: the name ends at the first = and the rest is the value (RFC 6265 section 5.2). Cut
    once."""
    cookies = {}
    for part in text.split(";"):
        pieces = part.strip(" \t").split("=")
        if len(pieces) > 1:
            cookies.setdefault(pieces[0].rstrip(" \t"), pieces[1].strip(" \t").strip('"'))
    return cookies


def quotes_stay(text):
    """Your function behaves like one that leaves the double quotes around a value. They may stand
    there (RFC 6265 section 4.1.1), and the doctest shows what is expected of them. Take them off
    after the blanks around them."""
    cookies = {}
    for part in text.split(";"):
        name, equals, value = part.strip(" \t").partition("=")
        if equals:
            cookies.setdefault(name.rstrip(" \t"), value.strip(" \t"))
    return cookies


def separated_by_semicolon_and_blank(text):
    """Your function behaves like one that splits at "; ", with the blank. So browsers write it, and
    not every client does. Split at the semicolon alone, and take off the blanks that stand around a
    name or a value."""
    cookies = {}
    for part in text.split("; "):
        name, equals, value = part.partition("=")
        if equals:
            cookies.setdefault(name, value.strip('"'))
    return cookies


def names_without_a_value(text):
    """Your function behaves like one that makes a cookie of whatever stands between two semicolons.
    A part without an = is none (RFC 6265 section 4.2.1), and an empty field holds none at all.
    partition() tells you whether it has found the = that it looked for."""
    cookies = {}
    for part in text.split(";"):
        name, _, value = part.strip(" \t").partition("=")
        cookies.setdefault(name.rstrip(" \t"), value.strip(" \t").strip('"'))
    return cookies


def names_in_lower_case(text):
    """Your function behaves like one that does not tell ID from id. Names of fields have no case,
    but the name of a cookie is not one: it stands inside the value of a field, and its case counts
    (RFC 6265 section 5.3 compares names as they are)."""
    cookies = {}
    for part in text.split(";"):
        name, equals, value = part.strip(" \t").partition("=")
        if equals:
            cookies.setdefault(name.rstrip(" \t").lower(), value.strip(" \t").strip('"'))
    return cookies


def commas_separate_too(text):
    """Your function behaves like one that splits at commas as well. Many fields are lists with
    commas; Cookie is older than that rule, and its separator is the semicolon alone (RFC 6265
    section 4.2.1). A comma is part of the value."""
    cookies = {}
    for part in text.replace(",", ";").split(";"):
        name, equals, value = part.strip(" \t").partition("=")
        if equals:
            cookies.setdefault(name.rstrip(" \t"), value.strip(" \t").strip('"'))
    return cookies


def any_blank_is_taken_off(text):
    """Your function behaves like one that calls strip() without saying what. To Python 0xA0 and
    some other characters are blanks, too, and here a character is a byte of the wire: 0xA0 may be
    the second half of an "à". Only two characters are blanks to HTTP (RFC 9110 section 5.6.3)."""
    cookies = {}
    for part in text.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            cookies.setdefault(name.strip(), value.strip().strip('"'))
    return cookies
