from django.db import models
from django.utils import timezone

from clinics.models import TenantModel, TenantOneToOneField
from patients.models.patients import Patient


class PortalPin(TenantModel):
    """The short number that unlocks a portal left alone for two minutes. Only its hash is kept."""

    patient = TenantOneToOneField(Patient, related_name="pin")
    pin_hash = models.CharField(max_length=200)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
