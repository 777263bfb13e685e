"""What somebody typed into a form: which of it can be used, and what is wrong with the rest."""

import re
from collections.abc import Mapping
from typing import Any

TOO_LONG = "At most {longest} characters fit in here; this has {length}."
NOTHING = "Please write something here."
UNREADABLE = "This contains a character that cannot be shown."
# Control characters, and halves of a character, which JSON can bring in. Not all that is
# unprintable: a family emoji is held together by joiners.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Form:
    """The fields of a form.

    A view asks for each field by its name, so a field that it does not ask for changes nothing,
    whatever a client sends ("mass assignment").

    Attributes:
        typed: what came, to be shown again: nobody has to type anything twice.
        errors: a sentence for each field that cannot be used as it is.
    """

    def __init__(self, typed: Mapping[str, Any] | None = None) -> None:
        self.typed = typed or {}
        self.errors: dict[str, str] = {}

    def text(self, name: str, longest: int, required: bool = True, lines: bool = False) -> str:
        """Return the text of a field, without blanks around it; if it cannot be used, note why.

        Args:
            longest: how many characters it may have.
            lines: whether line ends stay. In a name they would be the end of more than a line.
        """
        text = self.typed.get(name)
        text = text.replace("\r\n", "\n").strip() if isinstance(text, str) else ""
        text = text if lines else " ".join(text.split())
        if required and not any(map(is_visible, text)):
            self.errors[name] = NOTHING
        elif len(text) > longest:
            self.errors[name] = TOO_LONG.format(longest=longest, length=len(text))
        elif CONTROL.search(text):
            self.errors[name] = UNREADABLE
        return text

    def secret(self, name: str) -> str:
        """Return a password as it was typed: blanks count, and no template gets to see it."""
        secret = self.typed.get(name)
        return secret if isinstance(secret, str) else ""


def is_visible(character: str) -> bool:
    return character.isprintable() and not character.isspace()
