from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
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


class NoteDraft(TenantModel):
    """What a member is writing about a patient, or a patient in the portal, and has not sent: kept while they
    write, so that a page which locks loses nothing. Theirs alone, and gone when it is sent or after a week.

    `membership`: who writes; None: the patient. `place`: the address the form is sent to; `field`: its field.
    """

    patient = TenantForeignKey(Patient, related_name="note_drafts")
    membership = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=200)
    field = models.CharField(max_length=60)
    text = EncryptedTextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "membership", "patient", "place", "field"],
                name="one_draft_per_field",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["clinic", "saved_at"], name="drafts_by_age")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)
