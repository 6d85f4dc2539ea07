"""Each guard that must not be lost, by what it guards: a module of its own for each subject."""

from tests.mutations.defects import (
    access_log,
    classifier,
    cover,
    duty,
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
    *access_log.DEFECTS,
    *classifier.DEFECTS,
    *cover.DEFECTS,
    *duty.DEFECTS,
    *forms.DEFECTS,
    *isolation.DEFECTS,
    *messages.DEFECTS,
    *rights.DEFECTS,
    *rules.DEFECTS,
    *sign_in.DEFECTS,
    *words.DEFECTS,
)

__all__ = ["DEFECTS", "Defect"]
