"""4.2, specificity: wrong answers. course/chaffs.py says how this file is read."""


def fewest_parameters_first(route):
    """Your function behaves like one that counts the parameters of the whole path. "/posts/<b>" and
    "/<a>/edit" have one each, and then the order of registration decides who gets "/posts/edit".
    Compare the paths segment by segment, from the left."""
    if not isinstance(route.path, str):
        return [(REGEX_RANK, 0)]
    parameters = PARAMETER.findall(route.path)
    literal = PARAMETER.sub("", route.path)
    return [(len(parameters), -len(literal))]


def adds_up_the_ranks(route):
    """Your function behaves like one that adds up the ranks of a path to one score. A sum forgets
    where the parameters stand: "/posts/<a>/<b>" has more of them than "/<a>/x/y" has, and should
    come first all the same. Python compares lists item by item, and the leftmost difference
    decides."""
    if not isinstance(route.path, str):
        return [(REGEX_RANK * 100, 0)]
    score, literal = 0, 0
    for segment in route.path[1:].split("/"):
        ranks = [CONVERTERS[match[1] or "str"].rank for match in PARAMETER.finditer(segment)]
        score += max(ranks, default=LITERAL_RANK)
        literal += len(PARAMETER.sub("", segment))
    return [(score, -literal)]


def longer_literals_first(route):
    """Your function behaves like one that puts the longer of two literal segments first. The length
    of a word says nothing about how well it fits: with "/<path:page>/v/edit" and
    "/<path:page>/edit" it sends "/a/v/edit" to the second. All literal segments are equal; only
    around a parameter does literal text count."""
    if not isinstance(route.path, str):
        return [(REGEX_RANK, 0)]
    key = []
    for segment in route.path[1:].split("/"):
        ranks = [CONVERTERS[match[1] or "str"].rank for match in PARAMETER.finditer(segment)]
        literal = PARAMETER.sub("", segment)
        key.append((max(ranks, default=LITERAL_RANK), -len(literal)))
    return [*key, (END_RANK, 0)]


def the_shorter_path_first(route):
    """Your function behaves like one that puts "/<path:page>" before "/<path:page>/edit". Where one
    list is the beginning of another, Python takes the shorter for the smaller, and the shorter path
    swallows what is meant for the longer. Every list needs an item at its end that says: here it
    ends."""
    if not isinstance(route.path, str):
        return [(REGEX_RANK, 0)]
    key = []
    for segment in route.path[1:].split("/"):
        ranks = [CONVERTERS[match[1] or "str"].rank for match in PARAMETER.finditer(segment)]
        literal = PARAMETER.sub("", segment)
        key.append((max(ranks), -len(literal)) if ranks else (LITERAL_RANK, 0))
    return key


def regular_expressions_first(route):
    """Your function behaves like one that asks regular expressions of the application first. They
    may fit anything, and nothing in them says how much; a path in the table's own words is the more
    specific one. Regular expressions come last, in the order of registration."""
    if not isinstance(route.path, str):
        return [(LITERAL_RANK, 0)]
    key = []
    for segment in route.path[1:].split("/"):
        ranks = [CONVERTERS[match[1] or "str"].rank for match in PARAMETER.finditer(segment)]
        literal = PARAMETER.sub("", segment)
        key.append((max(ranks), -len(literal)) if ranks else (LITERAL_RANK, 0))
    return [*key, (END_RANK, 0)]


def the_first_parameter_ranks_its_segment(route):
    """Your function behaves like one that takes the rank of a segment from its first parameter.
    "<int:a>-<int:b>" and "<int:a>-<b>" begin alike, and the second fits far more. A segment is as
    wide as the widest of its parameters: of their ranks, which one says that?"""
    if not isinstance(route.path, str):
        return [(REGEX_RANK, 0)]
    key = []
    for segment in route.path[1:].split("/"):
        ranks = [CONVERTERS[match[1] or "str"].rank for match in PARAMETER.finditer(segment)]
        literal = PARAMETER.sub("", segment)
        key.append((ranks[0], -len(literal)) if ranks else (LITERAL_RANK, 0))
    return [*key, (END_RANK, 0)]


def literal_text_beside_a_parameter_does_not_count(route):
    """Your function behaves like one that sees no difference between "@<name>" and "<name>". Both
    fit "@ann", so the order of registration would decide. Where the ranks of two segments are the
    same, the one with more literal text around its parameters comes first."""
    if not isinstance(route.path, str):
        return [(REGEX_RANK, 0)]
    key = []
    for segment in route.path[1:].split("/"):
        ranks = [CONVERTERS[match[1] or "str"].rank for match in PARAMETER.finditer(segment)]
        key.append((max(ranks, default=LITERAL_RANK), 0))
    return [*key, (END_RANK, 0)]


def all_converters_are_equal(route):
    """Your function behaves like one that knows literals and parameters, and no kinds of
    parameters. "/<int:x>" and "/<str:x>" both fit "/5", and the number is the closer description.
    Each converter has a rank of its own in the table CONVERTERS."""
    if not isinstance(route.path, str):
        return [(REGEX_RANK, 0)]
    key = []
    for segment in route.path[1:].split("/"):
        literal = PARAMETER.sub("", segment)
        key.append((1, -len(literal)) if "<" in segment else (LITERAL_RANK, 0))
    return [*key, (END_RANK, 0)]
