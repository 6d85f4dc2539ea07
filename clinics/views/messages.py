"""How messages reach a member, where their links lead, and what could not be delivered."""

import uuid
from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics import access, messages, sudo, tenancy
from clinics.errors import DomainError
from clinics.forms import ServiceForm
from clinics.message_forms import ChatForm, DeviceForm, PhoneForm, WaysForm
from clinics.messages import channels, choosing, links, undelivered
from clinics.messages.channels import push
from clinics.models import Channel, Clinic, MemberAddress, MemberChoices, Membership, Message, Permission
from clinics.requests import ClinicRequest


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """From a message to the page inside its clinic, which asks all that a clinic's pages ask."""
    found = links.ids_in(token)
    clinic = Clinic.objects.filter(pk=found[0]).first() if found else None
    if found is None or clinic is None:
        raise Http404
    with tenancy.enter(clinic.pk):
        if not Message.objects.filter(pk=found[1]).exists():
            raise Http404
    return redirect("clinics:open_message", clinic.slug, found[1])


@never_cache
@require_safe
def open_message(request: ClinicRequest, clinic: str, message_id: uuid.UUID) -> HttpResponse:
    """Notes the receipt, and leads on to what the message is about. Nobody's but its recipient's."""
    row = access.get_own_message(request, message_id)
    messages.confirm_receipt(row, by=request.membership or getattr(request, "patient", None))
    return redirect(row.facts["path"])


@never_cache
@require_http_methods(["GET", "POST"])
def message_choices(request: ClinicRequest, clinic: str) -> HttpResponse:
    member = access.get_member(request.membership)
    if request.method == "GET":
        return _choices(request, member)
    form = WaysForm(request.POST)
    if not form.is_valid():
        return _choices(request, member, ways=form)
    choosing.save_choices(member=member, **form.cleaned_data)
    notices.success(request, _("Saved."))
    return redirect("clinics:message_choices", clinic)


@require_POST
def add_address(request: ClinicRequest, clinic: str) -> HttpResponse:
    """A chat or a phone; a test goes there at once."""
    member = access.get_member(request.membership)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("clinics:message_choices", args=[clinic]))
    channel = request.POST.get("channel", "")
    form: ServiceForm = PhoneForm(request.POST) if channel == Channel.SMS else ChatForm(request.POST)
    if form.is_valid():
        try:
            choosing.add_address(member=member, channel=channel, text=form.cleaned_data["address"])
            choosing.send_test(member=member, channel=channel)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notices.success(request, _("Saved. A test is on its way: open its link to confirm it."))
            return redirect("clinics:message_choices", clinic)
    return _choices(request, member, **{"phone" if channel == Channel.SMS else "chat": form})


@require_POST
def add_device(request: ClinicRequest, clinic: str) -> HttpResponse:
    member = access.get_member(request.membership)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("clinics:message_choices", args=[clinic]))
    form = DeviceForm(request.POST)
    try:
        if not form.is_valid():
            raise DomainError("not_a_subscription", _("Your browser gave an answer that we cannot use."))
        choosing.add_device(member=member, **form.cleaned_data)
    except DomainError as refusal:
        return _choices(request, member, refusal=refusal)
    notices.success(request, _("This device is notified from now on."))
    return redirect("clinics:message_choices", clinic)


@require_POST
def remove_address(request: ClinicRequest, clinic: str) -> HttpResponse:
    member = access.get_member(request.membership)
    try:
        wanted = uuid.UUID(request.POST.get("address_id", ""))
    except ValueError:
        raise Http404 from None
    if not choosing.remove_address(member=member, address_id=wanted):
        raise Http404
    notices.success(request, _("Removed. Nothing is sent there any more."))
    return redirect("clinics:message_choices", clinic)


@require_POST
def test_channel(request: ClinicRequest, clinic: str) -> HttpResponse:
    member = access.get_member(request.membership)
    try:
        choosing.send_test(member=member, channel=request.POST.get("channel", ""))
    except DomainError as refusal:
        return _choices(request, member, refusal=refusal)
    notices.success(request, _("A test is on its way: open its link to confirm that it arrived."))
    return redirect("clinics:message_choices", clinic)


@never_cache
@require_http_methods(["GET", "POST"])
def outbox(request: ClinicRequest, clinic: str) -> HttpResponse:
    """What could not be delivered, and whether each channel works. A POST: seen."""
    by = access.get_member_who_may(request.membership, Permission.CHANGE_SETTINGS)
    if request.method == "POST":
        undelivered.mark_seen(by=by)
        return redirect("clinics:outbox", clinic)
    context = {
        "channels": undelivered.states_of_channels(),
        "rows": undelivered.listed(),
        "section": "outbox",
    }
    return render(request, "clinics/outbox.html", context)


def _choices(request: ClinicRequest, member: Membership, **forms: Any) -> HttpResponse:
    row = MemberChoices.objects.filter(membership=member).first()
    own = MemberAddress.objects.filter(membership=member).order_by("created_at")
    context = {
        "ways": WaysForm(initial=WaysForm.of(row, [Channel.EMAIL])),
        "chat": ChatForm(auto_id="chat_%s"),
        "phone": PhoneForm(auto_id="phone_%s"),
        "offered": channels.offered(),
        "addresses": list(own),
        "vapid_key": push.public_key() if channels.is_offered(Channel.PUSH) else "",
        "device": DeviceForm(auto_id="device_%s"),
        "section": "messages",
        **forms,
    }
    return render(request, "clinics/message_choices.html", context, status=400 if forms else 200)
