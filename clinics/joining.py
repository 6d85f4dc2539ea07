"""The door through which an invited person comes in, as staff or as a patient.

With a new account, or with the one they have. Whether an address has an account is told to its mailbox only.
A link that a clinic shows proves nothing about anybody's mailbox: an account joins once its address was
confirmed by mail, and until then the link stays open.
"""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.internal.flows.email_verification import add_email_verification_sent_message
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from encrypted_model_fields.fields import get_crypter

from clinics import access_log, services
from clinics.errors import DomainError
from clinics.forms import JoinForm
from clinics.models import User

LINK = "moodvision_join_link"
ACCOUNT_MADE = "moodvision_account_made"


class Accept(Protocol):
    def __call__(self, *, user: User) -> object: ...


def answer(
    request: HttpRequest,
    *,
    template: str,
    accept: Accept,
    after: str,
    check_address: Callable[[str], None] | None = None,
) -> HttpResponse:
    """The page of an open invitation, or what became of it. `check_address` refuses one it is not meant for,
    before anybody asks whether that one has an account."""
    if request.method == "GET":
        return render(request, template, {"form": JoinForm()})
    if "use_account" in request.POST and isinstance(request.user, User):
        return _join_with_own_account(request, request.user, template, accept, after)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page_again(request, template, form)
    too_many: HttpResponse | None = ratelimit.consume_or_429(request, action="signup")
    if too_many is not None:
        return too_many
    try:
        if check_address is not None:
            check_address(form.cleaned_data["email"])
        return _make_account(request, **form.cleaned_data)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page_again(request, template, form)


def address_after_confirming(request: HttpRequest) -> str:
    """To the sign-in page, and from there back to the link this browser came from; empty without one."""
    link = _remembered(request)
    return f"{reverse('account_login')}?{urlencode({'next': link})}" if link else ""


def recall(request: HttpRequest) -> str:
    """The link this browser came from, once; empty without one."""
    link = _remembered(request)
    request.session.pop(LINK, None)
    return link


def is_password_doubtful(request: HttpRequest, user: User) -> bool:
    """Whether a new account's address is confirmed in another browser than the one that chose its password:
    the mailbox and the password may be two people's."""
    return user.last_login is None and request.session.get(ACCOUNT_MADE) != str(user.pk)


def ask_for_password(request: HttpRequest, address: EmailAddress) -> None:
    """Once the mailbox has its account: it chooses a password of its own."""
    user = address.user
    access_log.record_on_platform("account.password_doubted", by=access_log.Stranger(user.pk))
    form = ResetPasswordForm({"email": address.email})
    if form.is_valid():
        form.save(request)
    messages.info(
        request,
        _("The account was made in another browser. Choose a password of your own: we sent you a mail."),
    )


def _make_account(request: HttpRequest, email: str, password: str) -> HttpResponse:
    """Known and new addresses: one password hashed, one mail, the same page, the same session."""
    request.session[LINK] = get_crypter().encrypt(request.path.encode()).decode()  # sessions lie in plain
    if User.objects.filter(email__iexact=email).exists():
        return _tell_the_mailbox(request, email, password)
    user = services.create_account(email=email, password=password, is_verified=False)
    request.session[ACCOUNT_MADE] = str(user.pk)
    waiting: HttpResponse = perform_login(request, user)
    return waiting  # the page that waits for the address to be confirmed by mail


def _join_with_own_account(
    request: HttpRequest, user: User, template: str, accept: Accept, after: str
) -> HttpResponse:
    try:
        accept(user=user)
    except DomainError as refusal:
        return render(request, template, {"form": JoinForm(), "refusal": refusal}, status=400)
    request.session.pop(LINK, None)
    return redirect(after)


def _tell_the_mailbox(request: HttpRequest, email: str, password: str) -> HttpResponse:
    """As for an address nobody has yet: one password hashed, one mail, the same page, a session."""
    User().set_password(password)
    get_adapter(request).send_mail("clinics/email/has_an_account", email, {})
    add_email_verification_sent_message(request, email.lower(), signup=False)
    return redirect("account_email_verification_sent")


def _remembered(request: HttpRequest) -> str:
    try:
        return str(get_crypter().decrypt(request.session.get(LINK, "").encode()).decode())
    except InvalidToken:
        return ""


def _page_again(request: HttpRequest, template: str, form: Any) -> HttpResponse:
    return render(request, template, {"form": form}, status=400)
