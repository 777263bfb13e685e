"""2.6, ChunkedReader.read: wrong answers. course/chaffs.py says how this file is read."""


def forgets_where_it_is(self, buffer):
    """Your function behaves like one that begins anew with each call. The bytes come in any pieces,
    so a size line may be taken while its data is still on the way, and the next call then reads the
    data as a size. Where you are must outlive the call: keep it in self."""
    while True:
        line = take_line(buffer)
        if line is None:
            return None
        size = parse_chunk_size(line, already=len(self._body))
        if size == 0:
            break
        if len(buffer) < size + 2:
            return None
        self._body += take(buffer, size)
        if take(buffer, 2) != b"\r\n":
            raise HTTPError(400, f"CR LF must follow the {size} bytes of a chunk.")
    while (line := take_line(buffer)) is not None:
        if line == b"":
            return bytes(self._body)
        self._trailers.append(line.decode("latin-1"))
        parse_field_lines(self._trailers)
    return None


def data_is_a_line(self, buffer):
    """Your function behaves like one that reads the data of a chunk up to the next line end. Data
    is counted, not searched: a CR LF may be part of it (RFC 9112 section 7.1), and a text with line
    ends or a picture would fall apart. The size says how many bytes to take."""
    while self._size != 0:
        line = take_line(buffer)
        if line is None:
            return None
        if self._size is None:
            self._size = parse_chunk_size(line, already=len(self._body))
        else:
            if len(line) != self._size:
                raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
            self._body += line
            self._size = None
    while (line := take_line(buffer)) is not None:
        if line == b"":
            return bytes(self._body)
        self._trailers.append(line.decode("latin-1"))
        parse_field_lines(self._trailers)
    return None


def takes_the_line_end_before_it_is_here(self, buffer):
    """Your function behaves like one that waits for the data of a chunk, and not for the CR LF
    behind it. Cut in between, take() gives you fewer bytes than you asked for, and a sound request
    looks broken. Take nothing before all that you are about to take is here."""
    while self._size != 0:
        if self._size is None:
            line = take_line(buffer)
            if line is None:
                return None
            self._size = parse_chunk_size(line, already=len(self._body))
        elif len(buffer) < self._size:
            return None
        else:
            self._body += take(buffer, self._size)
            if take(buffer, 2) != b"\r\n":
                raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
            self._size = None
    while (line := take_line(buffer)) is not None:
        if line == b"":
            return bytes(self._body)
        self._trailers.append(line.decode("latin-1"))
        parse_field_lines(self._trailers)
    return None


def skips_two_bytes(self, buffer):
    """Your function behaves like one that skips two bytes behind the data and does not look at
    them. If they are no CR LF, the data was longer than its size, and you go on at another place
    than a server that has looked (RFC 9112 section 7.1). Refuse what is not exactly these two."""
    while self._size != 0:
        if self._size is None:
            line = take_line(buffer)
            if line is None:
                return None
            self._size = parse_chunk_size(line, already=len(self._body))
        elif len(buffer) < self._size + 2:
            return None
        else:
            self._body += take(buffer, self._size)
            take(buffer, 2)
            self._size = None
    while (line := take_line(buffer)) is not None:
        if line == b"":
            return bytes(self._body)
        self._trailers.append(line.decode("latin-1"))
        parse_field_lines(self._trailers)
    return None


def ends_at_the_last_chunk(self, buffer):
    """Your function behaves like one that is done when it has read the size 0. Behind the last
    chunk come trailer fields, perhaps, and an empty line in any case (RFC 9112 section 7.1); what
    you leave there is taken for the beginning of the next request."""
    while self._size != 0:
        if self._size is None:
            line = take_line(buffer)
            if line is None:
                return None
            self._size = parse_chunk_size(line, already=len(self._body))
        elif len(buffer) < self._size + 2:
            return None
        else:
            self._body += take(buffer, self._size)
            if take(buffer, 2) != b"\r\n":
                raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
            self._size = None
    return bytes(self._body)


def expects_no_trailers(self, buffer):
    """Your function behaves like one that expects the empty line right behind the last chunk.
    Trailer fields may stand between the two, a checksum of the body for instance (RFC 9112 section
    7.1.2). Read lines until one is empty."""
    while self._size != 0:
        if self._size is None:
            line = take_line(buffer)
            if line is None:
                return None
            self._size = parse_chunk_size(line, already=len(self._body))
        elif len(buffer) < self._size + 2:
            return None
        else:
            self._body += take(buffer, self._size)
            if take(buffer, 2) != b"\r\n":
                raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
            self._size = None
    line = take_line(buffer)
    if line is None:
        return None
    if line != b"":
        raise HTTPError(400, f"An empty line must follow the last chunk, not {line!r}.")
    return bytes(self._body)


def trailers_are_not_looked_at(self, buffer):
    """Your function behaves like one that passes over the trailers unseen. They are fields, and the
    rules of fields hold for them (RFC 9112 section 7.1.2): what stands there could be a request
    that somebody wants to hide, and it could go on for ever. There is a function that judges
    them."""
    while self._size != 0:
        if self._size is None:
            line = take_line(buffer)
            if line is None:
                return None
            self._size = parse_chunk_size(line, already=len(self._body))
        elif len(buffer) < self._size + 2:
            return None
        else:
            self._body += take(buffer, self._size)
            if take(buffer, 2) != b"\r\n":
                raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
            self._size = None
    while (line := take_line(buffer)) is not None:
        if line == b"":
            return bytes(self._body)
    return None


def trailers_one_by_one(self, buffer):
    """Your function behaves like one that judges each trailer field by itself. Each is a good one,
    and there may be a million of them: the limit is on their number, and holds over all calls.
    Something in self is meant to remember them."""
    while self._size != 0:
        if self._size is None:
            line = take_line(buffer)
            if line is None:
                return None
            self._size = parse_chunk_size(line, already=len(self._body))
        elif len(buffer) < self._size + 2:
            return None
        else:
            self._body += take(buffer, self._size)
            if take(buffer, 2) != b"\r\n":
                raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
            self._size = None
    while (line := take_line(buffer)) is not None:
        if line == b"":
            return bytes(self._body)
        parse_field_lines([line.decode("latin-1")])
    return None


def each_chunk_has_the_limit(self, buffer):
    """Your function behaves like one that compares each chunk with the limit, and not all of them
    together. A body of a thousand chunks of 16 MB fills the memory just as well as one of 16 GB.
    parse_chunk_size() wants to know how much is here already."""
    while self._size != 0:
        if self._size is None:
            line = take_line(buffer)
            if line is None:
                return None
            self._size = parse_chunk_size(line, already=0)
        elif len(buffer) < self._size + 2:
            return None
        else:
            self._body += take(buffer, self._size)
            if take(buffer, 2) != b"\r\n":
                raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
            self._size = None
    while (line := take_line(buffer)) is not None:
        if line == b"":
            return bytes(self._body)
        self._trailers.append(line.decode("latin-1"))
        parse_field_lines(self._trailers)
    return None


def waits_for_the_look_of_the_end(self, buffer):
    """Your function behaves like one that waits until `0 CR LF CR LF` stands somewhere in the
    buffer. In the data of a chunk these bytes mean nothing, and in front of trailers they never
    come. Nobody can see the end from afar: follow the sizes, one after the other (RFC 9112 section
    7.1)."""
    if b"0\r\n\r\n" not in buffer:
        return None
    while self._size != 0:
        line = take_line(buffer)
        self._size = parse_chunk_size(line or b"", already=len(self._body))
        self._body += take(buffer, self._size)
        if take(buffer, 2) != b"\r\n":
            raise HTTPError(400, f"CR LF must follow the {self._size} bytes of a chunk.")
    return bytes(self._body)
