import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models.clinic import validate_time_zone
from clinics.models.tenant import TenantForeignKey, TenantModel
from clinics.roles import Permission, Role, allows


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in. Crosses clinics, so it knows nothing but how to sign in: names sit elsewhere.

    The address stays plain because sign-in looks it up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def masked_email(self) -> str:
        """Enough to recognise an address one knows, too little to write to it."""
        name, _at, domain = self.email.partition("@")
        return f"{name[:1]}…@{domain}"


class Membership(TenantModel):
    """A user's place in one clinic."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    name = EncryptedTextField()
    is_active = models.BooleanField(default=True)
    is_on_call = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "user"], name="one_membership_per_clinic")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)

    @property
    def actor_label(self) -> str:
        return f"membership:{self.pk}"

    def may(self, permission: Permission) -> bool:
        """The one question every gate asks."""
        return self.is_active and allows(self.role, permission)

    @property
    def actor_role(self) -> str:
        return self.role

    @property
    def reads_patients(self) -> bool:
        return self.may(Permission.READ_PATIENTS)

    @property
    def treats_patients(self) -> bool:
        return self.may(Permission.TREAT_PATIENTS)

    @property
    def manages_records(self) -> bool:
        """Changes what outlasts an emergency: legal status, guardians, discharge, death, merging."""
        return self.may(Permission.MANAGE_RECORDS)

    @property
    def admits_patients(self) -> bool:
        return self.may(Permission.ADMIT_PATIENTS)

    @property
    def audits(self) -> bool:
        """Reads and verifies the access log."""
        return self.may(Permission.READ_ACCESS_LOG)

    @property
    def guards_privacy(self) -> bool:
        """Who answers what patients ask for under data-protection law."""
        return self.may(Permission.ANSWER_REQUESTS)

    @property
    def holds_records(self) -> bool:
        return self.may(Permission.HOLD_RECORDS)

    @property
    def reads_certificates(self) -> bool:
        return self.may(Permission.READ_CERTIFICATES)

    @property
    def administers(self) -> bool:
        return self.may(Permission.CHANGE_SETTINGS)

    @property
    def unlocks_on_call(self) -> bool:
        return self.may(Permission.UNLOCK_ON_CALL)

    @property
    def keeps_rota(self) -> bool:
        return self.may(Permission.KEEP_ROTA)

    @property
    def manages_members(self) -> bool:
        return self.may(Permission.MANAGE_MEMBERS)


class CareTeam(TenantModel):
    """Those who look after a group of patients."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="one_care_team_per_name")]

    def __str__(self) -> str:
        return self.name


class CareTeamMember(TenantModel):
    care_team = TenantForeignKey(CareTeam, related_name="members")
    membership = TenantForeignKey(Membership, related_name="care_teams")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "care_team", "membership"], name="in_a_care_team_once")
        ]
