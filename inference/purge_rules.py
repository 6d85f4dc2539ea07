"""What of this app belongs to a patient."""

from inference.models import Reading
from patients.erasure import PurgeRule

RULES = (PurgeRule(Reading),)
