"""6.4, find_file: wrong answers. course/chaffs.py says how this file is read."""


def text_alone_is_checked(root, path):
    """Your function behaves like one that checks the text of the path and trusts the file system. A
    symbolic link may lead anywhere, however harmless its name is. Find out where you really come
    to, and look at that place, too."""
    if not all(SEGMENT.fullmatch(segment) for segment in path.split("/")):
        return None
    try:
        file = (root / path).resolve(strict=True)
        return file if file.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def compares_letters_and_not_names(root, path):
    """Your function behaves like one that asks whether the file's path begins with the letters of
    the folder's. /srv/static-secret begins with /srv/static and does not lie in it. Compare whole
    names: pathlib has a method for that."""
    if not all(SEGMENT.fullmatch(segment) for segment in path.split("/")):
        return None
    try:
        file = (root / path).resolve(strict=True)
        return file if str(file).startswith(str(root)) and file.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def file_system_alone_is_asked(root, path):
    """Your function behaves like one that gives away whatever lies in the folder. Hidden files lie
    there, too (.env, .git/config), and they are not for visitors. Look at the text of the path
    before you ask the file system: every segment must look like a file name."""
    try:
        file = (root / path).resolve(strict=True)
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def dot_dot_is_cut_out(root, path):
    """Your function behaves like one that mends a dangerous path by cutting something out of it.
    What is left is a new text that nobody has checked: ....// without its ../ is ../ again. Do not
    mend what a visitor sent: refuse it."""
    path = path.replace("../", "").lstrip("/")
    try:
        file = (root / path).resolve(strict=True)
        return file if file.is_file() and not file.name.startswith(".") else None
    except (OSError, RuntimeError, ValueError):
        return None


def last_name_alone_is_checked(root, path):
    """Your function behaves like one that looks at the file's own name and not at the way to it.
    config is a harmless name, and .git/config is not. Check every segment of the path."""
    if not SEGMENT.fullmatch(path.rpartition("/")[2]):
        return None
    try:
        file = (root / path).resolve(strict=True)
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def decoded_once_more(root, path):
    """Your function behaves like one that decodes percents. The path was decoded when the request
    was read; decoded a second time, after it was checked, %2eenv becomes .env. RFC 3986 section
    2.4: decode once. A % is a % here."""
    from urllib.parse import unquote

    if not all(SEGMENT.fullmatch(segment) for segment in path.split("/")):
        return None
    try:
        file = (root / unquote(path)).resolve(strict=True)
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def whatever_exists_is_a_file(root, path):
    """Your function behaves like one that asks only whether there is something. A folder cannot be
    sent, and opening a pipe waits until somebody writes into it: one request, and a worker is gone.
    Ask for a regular file."""
    if not all(SEGMENT.fullmatch(segment) for segment in path.split("/")):
        return None
    try:
        file = (root / path).resolve(strict=True)
        return file if file.is_relative_to(root) and file.exists() else None
    except (OSError, RuntimeError, ValueError):
        return None


def only_missing_is_expected(root, path):
    """Your function behaves like one that is ready for a file that is missing and for nothing else.
    The file system refuses names in other ways, too: too long, not encodable, a loop of links. All
    of them come from outside, and all mean the same here: None."""
    if not all(SEGMENT.fullmatch(segment) for segment in path.split("/")):
        return None
    try:
        file = (root / path).resolve(strict=True)
        return file if file.is_relative_to(root) and file.is_file() else None
    except FileNotFoundError:
        return None


def no_link_is_followed(root, path):
    """Your function behaves like one that refuses every symbolic link. Only those are dangerous
    that lead out of the folder; links inside it are how many people publish a new version. What
    counts is where one comes to."""
    if not all(SEGMENT.fullmatch(segment) for segment in path.split("/")):
        return None
    try:
        file = (root / path).resolve(strict=True)
        return file if file == root / path and file.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None
