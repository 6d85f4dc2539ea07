"""The one way by which a patient's data leave in plain: whoever asks signed in again just before."""

from django.http import HttpResponse

from patients.services import Export


def hand_over(export: Export) -> HttpResponse:
    """A file to be saved, never shown in the page's own origin."""
    response = HttpResponse(export.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    response["Content-Security-Policy"] = "sandbox"
    return response
