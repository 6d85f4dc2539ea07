import zoneinfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import CareTeam, Membership, TenantForeignKey, TenantModel
from clinics.models.clinic import validate_time_zone


class Patient(TenantModel):
    """A person the clinic follows. Everything that names them lies under their own key.

    The record number is a pseudonym: plain, so that lists can sort by it and messages can carry it. So are
    state and legal status, which the door, the worker and the database must obey.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("followed")
        DISCHARGED = "discharged", _("discharged")
        TRANSFERRED = "transferred", _("transferred to another clinic")
        MERGED = "merged", _("a double, merged into another record")
        DECEASED = "deceased", _("died")

    SHUT_STATES = (State.MERGED, State.DECEASED)
    """Nobody signs in to these: a death leaves no portal that still writes to somebody."""

    class LegalStatus(models.TextChoices):
        VOLUNTARY = "voluntary", _("here of their own will")
        DETAINED = "detained", _("detained")
        COURT_ORDERED = "court_ordered", _("under a court order")

    class Decider(models.TextChoices):
        PATIENT = "patient", _("the patient decides")
        GUARDIAN = "guardian", _("a guardian decides for them")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="records"
    )
    linked_at = models.DateTimeField(null=True, blank=True)
    record_number = models.PositiveIntegerField()
    care_team = TenantForeignKey(CareTeam, null=True, blank=True, related_name="patients")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    name = EncryptedTextField()
    email = EncryptedTextField(blank=True, null=True)
    phone = EncryptedTextField(blank=True, null=True)
    birth_date = EncryptedTextField(blank=True, null=True, help_text="ISO 8601")
    notes = EncryptedTextField(blank=True, null=True)
    is_synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    kept_until = models.DateField(
        null=True, blank=True, help_text="Erased but for what the law keeps until then; out of sight."
    )
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    state_since = models.DateTimeField(default=timezone.now)
    merged_into = TenantForeignKey("self", null=True, blank=True, related_name="doubles")
    legal_status = models.CharField(max_length=15, choices=LegalStatus, default=LegalStatus.VOLUNTARY)
    decider = models.CharField(max_length=10, choices=Decider, default=Decider.PATIENT)
    restricted_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then: kept, but neither read, scored nor judged."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into=None)),
                name="a_double_names_its_record",
            ),
            models.UniqueConstraint(fields=["clinic", "record_number"], name="one_patient_per_record_number"),
            models.UniqueConstraint(
                fields=["clinic", "user"],
                condition=models.Q(user__isnull=False),
                name="one_record_per_user_and_clinic",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.record_number}"

    @property
    def has_address_of_record(self) -> bool:
        """Whether the account has the address that the clinic wrote down; a patient may well use another."""
        held = str(self.email or "").casefold()
        return self.user is not None and held == self.user.email.casefold()

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.pk)

    @property
    def actor_label(self) -> str:
        return f"patient:{self.pk}"

    @property
    def actor_role(self) -> str:
        return "patient"

    @property
    def is_followed(self) -> bool:
        """Not discharged, transferred, merged or dead: takes check-ins, and is missed when there are none."""
        return self.state == self.State.ACTIVE

    @property
    def is_free(self) -> bool:
        """Who is detained or under a court order cannot freely agree that a program looks at their face."""
        return self.legal_status == self.LegalStatus.VOLUNTARY

    @property
    def is_restricted(self) -> bool:
        return self.restricted_at is not None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, expires_at__gt=timezone.now())


class Invitation(TenantModel):
    """A single-use link by which a person becomes the user of a patient record. Only its hash is kept."""

    patient = TenantForeignKey(Patient, related_name="invitations")
    invited_by = TenantForeignKey(Membership, related_name="+")
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "token_hash"], name="one_invitation_per_token")
        ]
