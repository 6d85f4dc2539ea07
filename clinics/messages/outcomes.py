"""What became of one attempt to send; a channel returns Accepted or raises one of the others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The next server has it. Whether a person saw it is another question (receipts)."""


class NotSent(Exception):
    """`why` is a code for the row; nothing of the other side's answer is kept, it may quote an address."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class RefusedForGood(NotSent):
    """This address, or this message, will never be taken."""


class NotOffered(RefusedForGood):
    """The operator has set up no such channel."""


class Gone(NotSent):
    """The address exists no more; it is forgotten."""


class NotNow(NotSent):
    """This address is not served at the moment: counted, and tried again later."""


class NotReached(NotSent):
    """The other side did not answer at all: not the message's fault, so not counted."""


class ChannelDown(NotReached):
    """Nothing gets through this channel now, to whomever: no other message is tried by it in this run."""


class InDoubt(NotSent):
    """The line broke after the message had been handed over: it may or may not have been taken."""
