"""What MoodVision decides about allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import MultiFernet
from django.http import HttpRequest
from encrypted_model_fields.fields import get_crypter


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: accounts come from invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SealedSecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """A user has no clinic, so the secrets of the second factor lie under the wrapping key itself."""

    def encrypt(self, text: str) -> str:
        crypter: MultiFernet = get_crypter()
        return crypter.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        crypter: MultiFernet = get_crypter()
        return crypter.decrypt(encrypted_text.encode()).decode()
