"""What of this app belongs to a patient."""

from inference.models import Reading, ReadingContest, ShadowReading
from patients.erasure import PurgeRule

RULES = (PurgeRule(ReadingContest), PurgeRule(ShadowReading), PurgeRule(Reading))
