from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import TenantForeignKey, TenantModel
from patients import texts
from patients.models.patients import Patient


class Notice(models.TextChoices):
    """What people are told before something is done. The words are in notice_texts/."""

    AI = "ai", _("A program guesses expressions from photos")
    MONITORING = "monitoring", _("Who looks at what you send, and when")


class NoticeShownQuerySet(models.QuerySet["NoticeShown"]):
    def in_force(self) -> "NoticeShownQuerySet":
        """Those whose words still mean what is done today."""
        condition = models.Q(pk=None)
        for notice, text in texts.notice_texts().items():
            condition |= models.Q(notice=notice, text_version__in=text.names_in_force)
        return self.filter(condition)


class NoticeShown(TenantModel):
    """That a person was told, when, and in which words. A ledger, kept like that of consents."""

    patient = TenantForeignKey(Patient, related_name="notices", db_index=False)
    notice = models.CharField(max_length=20, choices=Notice)
    text_version = models.CharField(max_length=20)
    text_language = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    recorded_by = models.CharField(max_length=60)

    objects = NoticeShownQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "notice", "text_version"], name="told_once_of_each_version"
            )
        ]
