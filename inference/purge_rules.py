"""What of this app belongs to a patient."""

from inference.models import Explanation, Reading, ReadingContest, ReadingLabel, ShadowReading
from patients.erasure import PurgeRule

RULES = (
    PurgeRule(Explanation),
    PurgeRule(ReadingContest),
    PurgeRule(ReadingLabel),
    PurgeRule(ShadowReading),
    PurgeRule(Reading),
)
