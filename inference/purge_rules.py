"""What of this app belongs to a patient."""

from inference.models import Reading, ReadingContest
from patients.erasure import PurgeRule

RULES = (PurgeRule(ReadingContest), PurgeRule(Reading))
