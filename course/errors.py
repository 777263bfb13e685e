"""The one error of this package: a sentence for the person at the terminal."""


class CourseError(Exception):
    """What went wrong and what to do about it, in words that need no traceback."""
