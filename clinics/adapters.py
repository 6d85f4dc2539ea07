"""What MoodVision decides about allauth."""

from collections import Counter

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import MultiFernet
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from encrypted_model_fields.fields import get_crypter

from clinics import joining, on_call, second_factor, signals
from clinics.models import User


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: accounts come from invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """Whoever tried too often meets a form like any other: the middleware that logs is told."""
        if code == "too_many_login_attempts":
            self.request.has_tried_too_often = True
        error: ValidationError = super().validation_error(code, *args)
        return error

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever came by an invitation goes back to it."""
        return joining.recall(request) or str(super().get_login_redirect_url(request))

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        link = joining.address_after_confirming(self.request)
        return link or str(super().get_email_verification_redirect_url(email_address))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """No address is confirmed for a moment while somebody else's password opens its account."""
        user = email_address.user
        is_doubtful = joining.is_password_doubtful(request, user)
        with transaction.atomic():
            is_confirmed = bool(super().confirm_email(request, email_address))
            if is_confirmed and is_doubtful:
                user.set_unusable_password()
                user.save(update_fields=["password"])
        if is_confirmed and is_doubtful:
            joining.ask_for_password(request, email_address)
        return is_confirmed

    def logout(self, request: HttpRequest) -> None:
        """Django's own signal comes before the session is gone, too early for a socket to check it."""
        user_id = request.user.pk
        super().logout(request)
        signals.sign_ins_changed.send(sender=User, user_id=user_id)


class SealedSecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """A user has no clinic, so the secrets of the second factor lie under the wrapping key itself."""

    def encrypt(self, text: str) -> str:
        crypter: MultiFernet = get_crypter()
        return crypter.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        crypter: MultiFernet = get_crypter()
        return crypter.decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Recovery codes go with the last factor; whoever is on call keeps two."""
        is_factor = authenticator.type in second_factor.FACTORS
        return not (is_factor and on_call.needs_each_factor(authenticator.user))


class RevocableSessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """A session that is ended loses its sockets at once."""

    def end_sessions(self, sessions: list[UserSession]) -> None:
        super().end_sessions(sessions)
        for user_id, count in Counter(session.user_id for session in sessions).items():
            signals.sign_ins_changed.send(sender=User, user_id=user_id)
            signals.sessions_ended.send(sender=User, user_id=user_id, count=count)
