"""A signed-in browser without the walk through the sign-in pages: for benchmarks and tests."""

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from clinics import second_factor
from clinics.models import User


def signed_in_browser(user: User) -> Client:
    """The session that a password leaves behind, and the second factor of those who have one."""
    browser = Client()
    browser.force_login(user)
    request = HttpRequest()
    request.user, request.session = user, browser.session
    record_authentication(request, user, method="password", email=user.email)
    if second_factor.is_enrolled(user):
        record_authentication(request, user, method="mfa")
    request.session.save()
    return browser
