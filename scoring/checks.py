"""Settings of a demonstration that would harm a clinic stop the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def timers_keep_their_time(**kwargs: Any) -> list[CheckMessage]:
    """Timers of seconds would page the whole chain in a minute, day and night."""
    if not (settings.IS_PRODUCTION and settings.DUTY_TIMER_SECONDS):
        return []
    hint = "Unset it; how long timers run is set by each clinic."
    return [Error("DUTY_TIMER_SECONDS is for the demonstration alone.", hint=hint, id="scoring.E001")]
