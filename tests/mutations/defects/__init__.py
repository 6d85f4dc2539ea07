"""Each guard that must not be lost, by what it guards: a module of its own for each subject."""

from tests.mutations.defects import (
    access_log,
    cover,
    forms,
    isolation,
    messages,
    rights,
    rules,
    sign_in,
    words,
)
from tests.mutations.defects.defect import Defect

DEFECTS: tuple[Defect, ...] = (
    *isolation.DEFECTS,
    *rights.DEFECTS,
    *sign_in.DEFECTS,
    *access_log.DEFECTS,
    *words.DEFECTS,
    *messages.DEFECTS,
    *rules.DEFECTS,
    *forms.DEFECTS,
    *cover.DEFECTS,
)

__all__ = ["DEFECTS", "Defect"]
