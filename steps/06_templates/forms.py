"""What somebody typed into a form: which of it can be used, and what is wrong with the rest."""

from collections.abc import Mapping


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
