"""How many files a process may have open: each connection is one (getrlimit(2), RLIMIT_NOFILE)."""

from contextlib import suppress


def allow_many_files() -> None:
    """Let the process open as many files as the system allows it: each connection is one.

    Most systems allow far more than what a program begins with (getrlimit(2): the soft limit).
    """
    with suppress(ImportError, ValueError, OSError):  # not on Windows; refused; then without
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_connections() -> int:
    """Return how many connections leave some file descriptors for files and databases."""
    try:
        import resource  # not on Windows

        files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    except ImportError:
        return 500  # select(2) knows 512 sockets there
    return files - min(64, files // 4) if files > 0 else 100_000
