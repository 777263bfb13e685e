"""5.1, MySQL.translate: wrong answers. course/chaffs.py says how this file is read."""


def every_question_mark_is_a_value(self, sql):
    """Your function behaves like one that replaces every question mark of the text. A "?" inside a
    string, a quoted name or a comment is text, and the driver would want a value for it. QUOTED
    finds these pieces: split the text by it, and see which of the pieces lie outside."""
    return sql.replace("%", "%%").replace("?", "%s")


def percent_signs_are_left_alone(self, sql):
    """Your function behaves like one that marks the values and leaves the percent signs as they
    are. PyMySQL fills the values in with Python's % operator, for which the % of "LIKE '50%'" is
    the beginning of a mark. Every % that is none has to be doubled."""
    pieces = QUOTED.split(sql)
    pieces[::2] = [text.replace("?", "%s") for text in pieces[::2]]
    return "".join(pieces)


def marks_are_doubled_as_well(self, sql):
    """Your function behaves like one that doubles the percent signs last. By then the marks %s are
    in the text, and %%s is no mark any more but the text "%s". Turn the two around."""
    pieces = QUOTED.split(sql)
    pieces[::2] = [text.replace("?", "%s") for text in pieces[::2]]
    return "".join(pieces).replace("%", "%%")


def percent_signs_in_quotes_are_left_alone(self, sql):
    """Your function behaves like one that doubles the percent signs outside of quotes alone. Quotes
    are SQL's, and the % operator of Python, which fills the values in, does not know them: it reads
    every % of the whole text. Only the question marks depend on quotes."""
    pieces = QUOTED.split(sql)
    pieces[::2] = [text.replace("%", "%%").replace("?", "%s") for text in pieces[::2]]
    return "".join(pieces)


def strings_alone_are_quoted(self, sql):
    """Your function behaves like one that knows the quotes of strings and no others. Names stand in
    "..." or `...`, and may hold a question mark, too; so may comments, and an apostrophe in one of
    those begins no string. Look at what QUOTED takes for quoted."""
    pieces = sql.replace("%", "%%").split("'")
    pieces[::2] = [text.replace("?", "%s") for text in pieces[::2]]
    return "'".join(pieces)


def comments_are_not_seen(self, sql):
    """Your function behaves like one that reads comments as if they were statements. A "?" behind
    -- or between /* and */ stands for no value, and an apostrophe there begins no string. QUOTED
    knows comments as well as quotes."""
    quoted = r'(\'(?:[^\'\\]|\\.|\'\')*\'|"[^"]*"|`[^`]*`)'
    pieces = re.split(quoted, sql.replace("%", "%%"))
    pieces[::2] = [text.replace("?", "%s") for text in pieces[::2]]
    return "".join(pieces)


def quotes_around_each_mark(self, sql):
    """Your function behaves like one that puts quotes around each mark. The driver writes a value
    in the form that it needs, quotes included if it is a text; with yours around them, a number
    becomes a text and a text ends too early. A mark stands alone."""
    pieces = QUOTED.split(sql.replace("%", "%%"))
    pieces[::2] = [text.replace("?", "'%s'") for text in pieces[::2]]
    return "".join(pieces)
