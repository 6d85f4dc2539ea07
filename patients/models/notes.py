from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinics.models import Membership, TenantForeignKey, TenantModel, TenantOneToOneField
from patients.models.check_ins import CheckIn
from patients.models.patients import Patient


class LeftNoteQuerySet(models.QuerySet["LeftNote"]):
    def unread(self) -> "LeftNoteQuerySet":
        return self.filter(read_at=None)


class LeftNote(TenantModel):
    """A note beside a check-in is work for somebody until it is read: whose, and since when it waits.

    The words stay where they are, in the check-in. A corrected note is unread again.
    """

    check_in = TenantOneToOneField(CheckIn, related_name="left_note")
    patient = TenantForeignKey(Patient, related_name="left_notes")
    left_at = models.DateTimeField(default=timezone.now)
    owner = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")

    objects = LeftNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
                name="a_read_note_names_its_reader",
            )
        ]
        indexes = [
            models.Index(fields=["clinic", "left_at"], condition=Q(read_at=None), name="unread_notes_by_age")
        ]

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
