from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models.tenant import TenantModel

if TYPE_CHECKING:
    from clinics.jurisdictions import Jurisdiction


class PolicyChoiceQuerySet(models.QuerySet["PolicyChoice"]):
    def in_force(self) -> "PolicyChoice | None":
        return self.order_by("-number").first()


class PolicyChoice(TenantModel):
    """Which place's law a clinic works under, and what it switches off beyond it. It grows; the newest holds.

    A clinic can be stricter than its law, never looser: there is no way to switch a purpose on.
    """

    number = models.PositiveIntegerField()
    jurisdiction = models.CharField(max_length=30, help_text=_("A file of clinics/policies/."))
    switched_off = models.JSONField(default=list, help_text=_("Purposes the clinic does without."))
    at = models.DateTimeField(default=timezone.now)
    chosen_by = models.CharField(max_length=60)

    objects = PolicyChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="policy_choices_are_counted")
        ]

    @property
    def place(self) -> "Jurisdiction | None":
        """None when the template is gone: then nothing is allowed."""
        from clinics.jurisdictions import jurisdictions

        return jurisdictions().get(self.jurisdiction)

    def allows(self, purpose: str) -> bool:
        return self.place is not None and self.place.allows(purpose) and purpose not in self.switched_off
