"""Base of every anticipated error: a permanent code and a sentence the user can act on."""

from __future__ import annotations

from sogoc.kernel.text import Text


class Error(Exception):
    """An error we foresaw; it is shown to the user as its message.

    Subclass it in the module that raises it. A `code` is permanent: it is never given a new
    meaning, and a retired one stays reserved. `context` holds plain values for logs and `--json`,
    never secrets. Errors that are not of this type are shown as one generic sentence instead.
    """

    def __init__(self, code: str, message: Text, **context: object) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.context = context

    def __str__(self) -> str:
        return f"{self.code}: {self.message.vi}"

    def __reduce__(self) -> tuple[object, ...]:
        # The default would lose the keyword context when an error crosses a process boundary.
        return _rebuild, (type(self), self.code, self.message, self.context)


def _rebuild(kind: type[Error], code: str, message: Text, context: dict[str, object]) -> Error:
    error = kind.__new__(kind)
    Error.__init__(error, code, message, **context)
    return error
