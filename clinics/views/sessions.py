"""One of one's own sessions ended from another; the list of them, and ending all others, are allauth's."""

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinics import sudo


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Not the one that asks: that one signs out."""
    others = UserSession.objects.filter(user=request.user.pk).exclude(session_key=request.session.session_key)
    session = get_object_or_404(others, pk=session_id)
    page = reverse("usersessions_list")
    if not sudo.is_fresh(request):
        return sudo.ask(request, page)
    get_adapter().end_sessions([session])
    messages.success(request, _("That session is signed out."))
    return redirect(page)
