"""What of this app belongs to a patient."""

from inference.models import Explanation, Reading, ReadingContest, ShadowReading
from patients.erasure import PurgeRule

RULES = (PurgeRule(Explanation), PurgeRule(ReadingContest), PurgeRule(ShadowReading), PurgeRule(Reading))
