"""What every error is: a class whose docstring is the sentence that its user reads."""

import inspect
from typing import ClassVar, Self


class LanassistError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 400

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(sentence(type(self)).format(**details))

    @classmethod
    def worded(cls, text: str) -> Self:
        """This kind of error in the words of the node that decided it."""
        error = cls.__new__(cls)
        Exception.__init__(error, text)
        error.details = {}
        return error

    @property
    def text(self) -> str:
        """The sentence, filled in."""
        return str(self)


def sentence(kind: type[LanassistError]) -> str:
    """The unfilled sentence of an error: its docstring on one line."""
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())
