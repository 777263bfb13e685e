"""6.5, is_unchanged: wrong answers. course/chaffs.py says how this file is read."""


def either_condition_will_do(request, etag, modified):
    """Your function behaves like one that asks for the date where the tag did not match. The tag
    has said "changed" already, and knows better than a date of whole seconds: RFC 9110 section
    13.2.2 asks If-Modified-Since only where there is no If-None-Match."""
    condition = ", ".join(request.headers.get_all("If-None-Match"))
    if condition.strip() == "*" or etag in ENTITY_TAG.findall(condition):
        return True
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def one_tag_and_no_list(request, etag, modified):
    """Your function behaves like one that compares the whole of If-None-Match with the tag. The
    field may hold a list, for a client that knows several versions, or "*", for one that takes any;
    and a proxy may have made the tag weak (RFC 9110 section 13.1.2)."""
    if "If-None-Match" in request.headers:
        return ", ".join(request.headers.get_all("If-None-Match")) == etag
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def weak_is_another_tag(request, etag, modified):
    """Your function behaves like one that takes W/"x" and "x" for two tags. A proxy that compresses
    makes tags weak, and its clients would never hear "you have it already". The comparison of
    If-None-Match is weak (RFC 9110 section 8.8.3.2): look at what stands between the quotes."""
    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return condition.strip() == "*" or etag in re.findall(r'(?:W/)?"[^"]*"', condition)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def star_wherever_it_stands(request, etag, modified):
    """Your function behaves like one that looks for a * anywhere in If-None-Match. A * may be a
    character of somebody's tag. It means "any" only where it is all that the field says (RFC 9110
    section 13.1.2)."""
    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return "*" in condition or etag in ENTITY_TAG.findall(condition)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def first_line_alone(request, etag, modified):
    """Your function behaves like one that reads the first If-None-Match and no other. A field that
    is a list may come in several lines, and they mean the same as one line with commas (RFC 9110
    section 5.3). headers[...] is the first of them."""
    if "If-None-Match" in request.headers:
        condition = request.headers["If-None-Match"]
        return condition.strip() == "*" or etag in ENTITY_TAG.findall(condition)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def fractions_of_a_second(request, etag, modified):
    """Your function behaves like one that compares fractions of a second. The file's time has them,
    the date in the header has none, so a file is nearly always newer than its own Last-Modified.
    Compare what both know: whole seconds."""
    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return condition.strip() == "*" or etag in ENTITY_TAG.findall(condition)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return modified <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def date_must_be_the_same(request, etag, modified):
    """Your function behaves like one that asks whether the two dates are equal. The client asks
    whether the file was modified *since*: a client that says when it last came, and not what
    Last-Modified said, names a later date and has the file all the same (section 13.1.3)."""
    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return condition.strip() == "*" or etag in ENTITY_TAG.findall(condition)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) == since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def one_format_of_dates(request, etag, modified):
    """Your function behaves like one that reads dates in today's format only. Old clients send two
    more, and RFC 9110 section 5.6.7 asks whoever reads a date to take all three. email.utils has a
    reader for them."""
    from datetime import datetime

    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return condition.strip() == "*" or etag in ENTITY_TAG.findall(condition)
    try:
        text = request.headers.get("If-Modified-Since", "")
        since = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")
        return int(modified) <= since.replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return False


def bad_date_is_a_bad_request(request, etag, modified):
    """Your function behaves like one that refuses a request whose date cannot be read. RFC 9110
    section 13.1.3: a date that is none is no condition. The client gets the file, as if it had not
    asked."""
    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return condition.strip() == "*" or etag in ENTITY_TAG.findall(condition)
    if "If-Modified-Since" not in request.headers:
        return False
    try:
        since = parsedate_to_datetime(request.headers["If-Modified-Since"])
        return int(modified) <= since.replace(tzinfo=since.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        raise HTTPError(400, "If-Modified-Since is no date.") from None


def zone_of_the_machine(request, etag, modified):
    """Your function behaves like one that reads a date without a zone by the clock on the wall. The
    oldest of HTTP's formats names no zone and means UTC (RFC 9110 section 5.6.7); Python takes such
    a datetime for local time. Say which zone it is before you ask for its timestamp."""
    if "If-None-Match" in request.headers:
        condition = ", ".join(request.headers.get_all("If-None-Match"))
        return condition.strip() == "*" or etag in ENTITY_TAG.findall(condition)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
        return int(modified) <= since.timestamp()
    except (ValueError, OverflowError):
        return False
