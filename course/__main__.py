"""Where `python3 -m course` starts.

This page must be readable by a Python that is far too old for the rest, so that such a Python can
say so in a sentence: no annotations, no f-strings, and no import of ours before the check.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "The course needs Python 3.11 or newer. This is Python %s (%s). "
        "Install a newer one from python.org or your system's packages, then call it by name, "
        "as in: python3.11 -m course" % (sys.version.split()[0], sys.executable)
    )

from course.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
