from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import TenantForeignKey, TenantModel
from patients.models.patients import Patient

OPEN_STATES = ("requested", "confirmed", "running")


class Erasure(TenantModel):
    """A patient's wish to be erased, and how far it has come. It outlives the patient's rows: the finished
    ones are the list of erased ids that every restore replays (decision 15), each with its certificate."""

    class Extent(models.TextChoices):
        APP_DATA = "app_data", _("images, readings and app data; the clinical record is kept, restricted")
        EVERYTHING = "everything", _("every row and the patient's key")

    class State(models.TextChoices):
        REQUESTED = "requested", _("asked for, not yet confirmed")
        CONFIRMED = "confirmed", _("confirmed, in the cooling-off")
        RUNNING = "running", _("being erased")
        FINISHED = "finished", _("erased")
        CANCELLED = "cancelled", _("taken back")

    class Step(models.TextChoices):
        """What is to be done next; each step is safe to run again."""

        ROWS = "rows", _("rows, images and keys")
        KEY = "key", _("a new key for what is kept")
        SCAN = "scan", _("looking for what is left")

    class IdentityCheck(models.TextChoices):
        """How the desk knew who asked. A choice and no text: it outlives the patient's rows."""

        DOCUMENT = "document", _("an identity document, seen in person")
        KNOWN = "known", _("known in person to a member of the clinic")
        CALLED_BACK = "called_back", _("called back on the telephone number in the record")
        LETTER = "letter", _("a signed letter, compared with what the record holds")
        PROXY = "proxy", _("a representative, with their written authority")

    patient_id = models.UUIDField()
    extent = models.CharField(max_length=10, choices=Extent)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    step = models.CharField(max_length=10, choices=Step, default=Step.ROWS)
    waits_for = models.CharField(max_length=40, blank=True)
    identity_check = models.CharField(
        max_length=12,
        choices=IdentityCheck,
        blank=True,
        help_text=_("Of what the desk recorded; empty where the patient asked in the portal."),
    )
    requested_by = models.CharField(max_length=60)
    confirmed_by = models.CharField(max_length=60, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    kept_until = models.DateField(null=True)
    counts = models.JSONField(default=dict, help_text=_("Rows erased, by table"))
    certificate = models.TextField(blank=True)
    signed_certificate = models.TextField(
        blank=True, help_text=_("The certificate and its signature, as JSON, made when it was written")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(identity_check="")
                | ~Q(state__in=["confirmed", "running", "finished"])
                | (~Q(confirmed_by="") & ~Q(confirmed_by=F("requested_by"))),
                name="the_desk_erases_with_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["clinic", "patient_id"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_erasure_per_patient",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "running", "finished"]) | Q(due_at__isnull=False),
                name="a_confirmed_erasure_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="finished") | (Q(finished_at__isnull=False) & ~Q(certificate="")),
                name="a_finished_erasure_has_its_certificate",
            ),
        ]


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> "LegalHoldQuerySet":
        return self.filter(lifted_at=None)


class LegalHold(TenantModel):
    """Nothing of this patient may be erased, for a reason, until somebody lifts it.

    `told`: what the patient reads of it; empty where the law forbids to say why.
    """

    patient = TenantForeignKey(Patient, related_name="legal_holds")
    reason = EncryptedTextField()
    told = EncryptedTextField(blank=True, null=True)
    placed_by = models.CharField(max_length=60)
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.CharField(max_length=60, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = EncryptedTextField(blank=True, null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=Q(lifted_at=None),
                name="one_legal_hold_per_patient",
            )
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)
