"""The versions of a clinic's matrix."""

from scoring.models import ScoreProfile


def profile_versions(count: int = 20) -> list[ScoreProfile]:
    """The newest versions of the entered clinic, newest first, with who saved each."""
    return list(ScoreProfile.objects.select_related("created_by").order_by("-version")[:count])
