"""Wrong combinations of settings and of the database's roles."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from clinics import login_roles
from clinics.messages.channels import push


@register(Tags.database)
def runtime_role_is_bound(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With `check --database default`; web, worker and beat refuse at every start."""
    if not databases or "default" not in databases:
        return []
    if problem := login_roles.why_unbound():
        hint = "Use the runtime login; `python -m moodvision.embedded.roles` makes it."
        return [Error(problem, hint=hint, id="clinics.E001")]
    return []


LEAST_SECRET = 16


@register
def message_channels_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """A channel that is half set up would be offered, and would fail at the first message."""
    return [*_push_problems(), *_chat_problems(), *_sms_problems()]


def _push_problems() -> list[CheckMessage]:
    if not (settings.VAPID_PRIVATE_KEY or settings.VAPID_CONTACT):
        return []
    hint = "docs/messages.md says how the key is made; without both, web push is not offered."
    if not settings.VAPID_PRIVATE_KEY or not settings.VAPID_CONTACT.startswith(("mailto:", "https:")):
        problem = "Web push needs VAPID_PRIVATE_KEY, and VAPID_CONTACT as a mailto: or https: address."
        return [Error(problem, hint=hint, id="clinics.E010")]
    try:
        push.public_key()
    except Exception:  # whatever the library makes of a text that is no key
        return [Error("VAPID_PRIVATE_KEY is no private key of P-256.", hint=hint, id="clinics.E011")]
    return []


def _chat_problems() -> list[CheckMessage]:
    if not settings.CHAT_WEBHOOK_SECRET or len(settings.CHAT_WEBHOOK_SECRET) >= LEAST_SECRET:
        return []
    hint = f"Use at least {LEAST_SECRET} random characters."
    return [Error("CHAT_WEBHOOK_SECRET is too short to sign with.", hint=hint, id="clinics.E012")]


def _sms_problems() -> list[CheckMessage]:
    try:
        is_fine = not settings.SMS_ADAPTER or hasattr(import_string(settings.SMS_ADAPTER)(), "send")
    except Exception:  # an adapter that is not there, or does not start
        is_fine = False
    if is_fine:
        return []
    hint = "A dotted path of a class with send(to, text, reference): clinics/messages/channels/sms.py."
    return [Error("SMS_ADAPTER cannot be used.", hint=hint, id="clinics.E013")]
