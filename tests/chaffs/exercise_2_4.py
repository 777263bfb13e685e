"""2.4, parse_field_lines: wrong answers. course/chaffs.py says how this file is read."""


def strips_the_name(lines):
    """Your function behaves like one that forgives a blank before the colon. Another server in
    front of you may overlook `Content-Length : 5`, because to it the name ends in a blank; then you
    two differ about where the body ends (RFC 9112 section 5.1). Leave the name as it came."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(name.strip(), value.strip(" \t"))
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def splits_at_every_colon(lines):
    """Your function behaves like one that cuts a line at every colon. Only the first one ends the
    name (RFC 9112 section 5); values hold colons of their own, such as the port in Host or a whole
    URL in Referer. Cut once."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        pieces = line.split(":")
        if len(pieces) < 2:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(pieces[0], pieces[1].strip(" \t"))
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def colon_and_one_blank(lines):
    """Your function behaves like one that expects a colon and one blank. Behind the colon may be no
    blank, several, or tabs, and at the end of the line as well; none of them belongs to the value
    (RFC 9112 section 5.1). Look for the colon alone, and take off what stands around."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(": ")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(name, value)
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def strips_every_blank(lines):
    """Your function behaves like one that calls strip() without saying what. To Python a vertical
    tab, 0x85 and 0xA0 are blanks, too; to HTTP there are two (RFC 9110 section 5.6.3). A value that
    is "chunked" to you and something else to a proxy is how requests are smuggled."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(name, value.strip())
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def joins_folded_lines(lines):
    """Your function behaves like one that takes a line with a blank in front for the rest of the
    line before. That is what it meant once; servers have differed about it ever since, so it must
    be refused (RFC 9112 section 5.2). A blank is no character of a name, and Headers knows that."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    unfolded = []
    for line in lines:
        if line.startswith((" ", "\t")) and unfolded:
            unfolded[-1] += " " + line.strip(" \t")
        else:
            unfolded.append(line)
    headers = Headers()
    for line in unfolded:
        name, colon, value = line.partition(":")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(name, value.strip(" \t"))
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def last_field_wins(lines):
    """Your function behaves like one that lets a field replace an earlier one of the same name. Two
    fields of one name are one list (RFC 9110 section 5.3), and a second Host or Content-Length must
    be seen to be refused. Headers can assign, and it can add."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers[name] = value.strip(" \t")
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def without_limit(lines):
    """Your function behaves like one that takes as many fields as come. A head of 64 KB holds
    twenty thousand tiny ones, and each becomes objects in memory and a line in every loop behind
    you (RFC 6585 section 5 has a status for it). Count them first; MAX_FIELDS is the most."""
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(name, value.strip(" \t"))
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers


def passes_over_what_is_no_field(lines):
    """Your function behaves like one that passes over a line which it does not understand. The
    server in front of you may have understood it; where two read the same bytes in two ways, one of
    them is robbed. What is no field line makes the whole request a bad one (RFC 9112 section 5)."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        name, _, value = line.partition(":")
        try:
            headers.add(name, value.strip(" \t"))
        except ValueError:
            continue
    return headers


def value_error_gets_out(lines):
    """Your function behaves like one that lets the ValueError of Headers pass. For whoever called
    you that is a bug in the program, and would be answered by a 500 or end the server; the mistake
    was the client's. Turn it into an HTTPError, whose status says so."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        headers.add(name, value.strip(" \t"))
    return headers


def names_in_lower_case(lines):
    """Your function behaves like one that makes small letters of the names. That names have no case
    is true (RFC 9110 section 5.1), and Headers takes care of it whenever somebody asks for one; but
    what came is shown and handed on as it came. Add the name unchanged."""
    if len(lines) > MAX_FIELDS:
        raise HTTPError(431, f"{len(lines)} fields are too many.")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise HTTPError(400, f"Expected a field like 'Name: value', got {line!r}.")
        try:
            headers.add(name.lower(), value.strip(" \t"))
        except ValueError as error:
            raise HTTPError(400, f"Malformed field: {error}.") from None
    return headers
