"""What somebody typed into a form: which of it can be used, and what is wrong with the rest."""

from collections.abc import Mapping

SHORTEST_PASSWORD = 8  # characters; what NIST SP 800-63B asks for at least


class Form:
    """The fields of a form.

    Attributes:
        typed: what came, to be shown again: nobody has to type anything twice.
        problems: a sentence for each field that cannot be used as it is.
    """

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.problems: dict[str, str] = {}

    def text(self, name: str, longest: int) -> str:
        """Return the text of a field, without blanks around it; if it cannot be used, note why."""
        text = self.typed.get(name, "").replace("\r\n", "\n").strip()
        if not text:
            self.problems[name] = "Please write something here."
        elif len(text) > longest:
            problem = f"At most {longest} characters fit in here; this has {len(text)}."
            self.problems[name] = problem
        return text

    def password(self, name: str) -> str:
        """Return a new password as it was typed: blanks count, and nobody's rules but length."""
        password = self.typed.get(name, "")
        if len(password) < SHORTEST_PASSWORD:
            self.problems[name] = f"A password has at least {SHORTEST_PASSWORD} characters here."
        return password
