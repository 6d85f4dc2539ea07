"""The door through which an invited person comes in, as staff or as a patient.

With a new account, or with the one they have. Whether an address has an account is told to its mailbox only.
"""

from typing import Any, Protocol

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import add_email_verification_sent_message
from allauth.account.utils import perform_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinics import services
from clinics.errors import DomainError
from clinics.forms import JoinForm
from clinics.models import User


class Accept(Protocol):
    def __call__(self, *, user: User) -> object: ...


def answer(
    request: HttpRequest, *, template: str, held_address: str, accept: Accept, after: str
) -> HttpResponse:
    """The page of an open invitation, or what became of it. `held_address`: the one the clinic knows."""
    if request.method == "GET":
        return render(request, template, {"form": JoinForm()})
    if "use_account" in request.POST and isinstance(request.user, User):
        return _join_with_own_account(request, request.user, template, accept, after)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page_again(request, template, form)
    if User.objects.filter(email__iexact=form.cleaned_data["email"]).exists():
        return _tell_the_mailbox(request, **form.cleaned_data)
    is_proved = bool(held_address) and held_address.casefold() == form.cleaned_data["email"].casefold()
    try:
        with transaction.atomic():
            user = services.create_account(**form.cleaned_data, is_verified=is_proved)
            accept(user=user)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page_again(request, template, form)
    arrived: HttpResponse = perform_login(request, user, redirect_url=after)
    return arrived  # the portal, or the page that waits for the address to be confirmed by mail


def _join_with_own_account(
    request: HttpRequest, user: User, template: str, accept: Accept, after: str
) -> HttpResponse:
    try:
        accept(user=user)
    except DomainError as refusal:
        return render(request, template, {"form": JoinForm(), "refusal": refusal}, status=400)
    return redirect(after)


def _tell_the_mailbox(request: HttpRequest, email: str, password: str) -> HttpResponse:
    """As for an address nobody has yet: one password hashed, one mail, the same page, a session."""
    User().set_password(password)
    get_adapter(request).send_mail("clinics/email/has_an_account", email, {})
    add_email_verification_sent_message(request, email.lower(), signup=False)
    request.session["moodvision_has_joined"] = True
    return redirect("account_email_verification_sent")


def _page_again(request: HttpRequest, template: str, form: Any) -> HttpResponse:
    return render(request, template, {"form": form}, status=400)
