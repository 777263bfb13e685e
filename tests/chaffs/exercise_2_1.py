"""2.1, parse_urlencoded: wrong answers. course/chaffs.py says how this file is read."""


def decodes_before_it_splits(text):
    """Your function behaves like one that decodes the whole text and then takes it apart. An & or =
    that belongs to a value comes percent-encoded, just so that it separates nothing (the URL
    Standard, section 5.1): whoever types a&b into a form would add a field. Mind the order."""
    fields = [part for part in unquote_plus(text).split("&") if part]
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    pairs = (part.partition("=") for part in fields)
    return MultiDict((name, value) for name, _, value in pairs)


def plus_stays_a_plus(text):
    """Your function behaves like one that decodes percent signs only. In a form and in a query a
    blank comes as +, and a real + comes as %2B (the URL Standard, section 5.1). There are two
    functions with nearly the same name in urllib.parse."""
    from urllib.parse import unquote

    fields = [part for part in text.split("&") if part]
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    pairs = (part.partition("=") for part in fields)
    return MultiDict((unquote(name), unquote(value)) for name, _, value in pairs)


def last_value_wins(text):
    """Your function behaves like one that keeps a single value for each name. Three ticked boxes of
    one name come as three fields, and all of them count. A dict forgets; MultiDict is made of
    pairs, and a name may come in it more than once."""
    fields = [part for part in text.split("&") if part]
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    values = {}
    for part in fields:
        name, _, value = part.partition("=")
        values[unquote_plus(name)] = unquote_plus(value)
    return MultiDict(values)


def splits_at_every_equals_sign(text):
    """Your function behaves like one that cuts a field at every =. Only the first one separates
    name and value (the URL Standard, section 5.1); each further one is part of the value, and what
    stands behind it must not get lost. Cut once."""
    fields = [part for part in text.split("&") if part]
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    values = MultiDict()
    for part in fields:
        pieces = part.split("=")
        value = pieces[1] if len(pieces) > 1 else ""
        values.add(unquote_plus(pieces[0]), unquote_plus(value))
    return values


def empty_values_are_dropped(text):
    """Your function behaves like one that leaves out fields without a value, as parse_qsl() does
    unless it is told otherwise. A text box that was emptied comes as `name=`, and that says
    something: the application must be able to tell it from a field that is not there."""
    from urllib.parse import parse_qsl

    if len([part for part in text.split("&") if part]) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"More than {MAX_FORM_FIELDS} fields.")
    return MultiDict(parse_qsl(text))


def empty_parts_are_fields(text):
    """Your function behaves like one that makes a field of nothing: of an empty query, or of what
    stands between two & in a row. Then every page without a query has one field with an empty name.
    Pass over the parts that are empty (the URL Standard, section 5.1)."""
    fields = text.split("&")
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    pairs = (part.partition("=") for part in fields)
    return MultiDict((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def semicolons_separate_too(text):
    """Your function behaves like one that splits at ; as well as at &. That was recommended once;
    today a ; is a character like any other (the URL Standard, section 5.1). A cache in front of you
    that knows only & would see other fields than you do, and could be poisoned through that."""
    fields = [part for part in text.replace(";", "&").split("&") if part]
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    pairs = (part.partition("=") for part in fields)
    return MultiDict((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def percent_encoded_latin_1(text):
    """Your function behaves like one that takes each %XX for a character. It is a byte, and the
    bytes together are UTF-8 (the URL Standard, section 5.1): é comes as two of them. Let the
    decoding use that."""
    fields = [part for part in text.split("&") if part]
    if len(fields) > MAX_FORM_FIELDS:
        raise HTTPError(400, f"{len(fields)} fields; at most {MAX_FORM_FIELDS} may come.")
    pairs = (part.partition("=") for part in fields)
    return MultiDict(
        (unquote_plus(name, "latin-1"), unquote_plus(value, "latin-1")) for name, _, value in pairs
    )


def without_limit(text):
    """Your function behaves like one that takes as many fields as come. A million tiny ones fit
    into a few megabytes of body, and cost a hundred times as much memory once each is an object.
    Count them before you make anything of them; MAX_FORM_FIELDS is the most."""
    fields = [part for part in text.split("&") if part]
    pairs = (part.partition("=") for part in fields)
    return MultiDict((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)
