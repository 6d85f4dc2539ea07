"""What a service raises when a rule of the house forbids what was asked."""

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal with a stable code for machines and a sentence for people."""

    def __init__(self, code: str, message: "str | Promise" = "", *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code
        self.field = field
