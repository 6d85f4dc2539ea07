"""How a patient is written to: ways, reminders, the person they trust, and their emergency contacts."""

import uuid
from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinics import sudo
from clinics.errors import DomainError
from clinics.message_forms import DeviceForm, PhoneForm
from clinics.messages import channels
from clinics.messages.channels import push
from clinics.models import Channel
from patients import access, services
from patients.message_forms import WEEKDAYS, OwnContactsForm, OwnWaysForm, ReminderForm
from patients.models import EmergencyContact, Patient, PatientAddress, PatientChoices, Reminder
from patients.requests import PatientRequest


@never_cache
@require_http_methods(["GET", "POST"])
def own_messages(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    if request.method == "GET":
        return _page(request, patient)
    form = OwnWaysForm(request.POST)
    if form.is_valid():
        try:
            services.save_message_choices(patient=patient, draft=form.draft())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notices.success(request, _("Saved."))
            return redirect("patients:own_messages", clinic)
    return _page(request, patient, ways=form)


@require_POST
def change_reminders(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    if "remove" in request.POST:
        if not services.remove_reminder(patient=patient, reminder_id=_id_in(request.POST["remove"])):
            raise Http404
        notices.success(request, _("Removed."))
        return redirect("patients:own_messages", clinic)
    form = ReminderForm(request.POST)
    if form.is_valid():
        try:
            services.add_reminder(patient=patient, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notices.success(request, _("Saved."))
            return redirect("patients:own_messages", clinic)
    return _page(request, patient, reminder=form)


@require_POST
def add_own_address(request: PatientRequest, clinic: str) -> HttpResponse:
    """A phone; a test goes there at once."""
    patient = access.get_own_record(request)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:own_messages", args=[clinic]))
    form = PhoneForm(request.POST)
    channel = request.POST.get("channel", "")
    if form.is_valid():
        try:
            services.add_message_address(patient=patient, channel=channel, text=form.cleaned_data["address"])
            services.send_test_to_patient(patient=patient, channel=channel)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notices.success(request, _("Saved. A test is on its way: open its link to confirm it."))
            return redirect("patients:own_messages", clinic)
    return _page(request, patient, phone=form)


@require_POST
def add_own_device(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:own_messages", args=[clinic]))
    form = DeviceForm(request.POST)
    try:
        if not form.is_valid():
            raise DomainError("not_a_subscription", _("Your browser gave an answer that we cannot use."))
        services.add_message_device(patient=patient, **form.cleaned_data)
    except DomainError as refusal:
        return _page(request, patient, refusal=refusal)
    notices.success(request, _("This device is notified from now on, if you chose that above."))
    return redirect("patients:own_messages", clinic)


@require_POST
def remove_own_address(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    wanted = _id_in(request.POST.get("address_id", ""))
    if not services.remove_message_address(patient=patient, address_id=wanted):
        raise Http404
    notices.success(request, _("Removed. Nothing is sent there any more."))
    return redirect("patients:own_messages", clinic)


@require_POST
def test_own_channel(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    try:
        services.send_test_to_patient(patient=patient, channel=request.POST.get("channel", ""))
    except DomainError as refusal:
        return _page(request, patient, refusal=refusal)
    notices.success(request, _("A test is on its way: open its link to confirm that it arrived."))
    return redirect("patients:own_messages", clinic)


@never_cache
@require_http_methods(["GET", "POST"])
def own_contacts(request: PatientRequest, clinic: str) -> HttpResponse:
    """Whom the clinic may call; a POST says that it still holds."""
    patient = access.get_own_record(request)
    contacts = list(EmergencyContact.objects.filter(patient=patient).order_by("position"))
    form = OwnContactsForm(contacts, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_contacts(patient=patient, conditions=form.conditions())
        except DomainError as refusal:  # shown as they are now, with what was said of them
            notices.error(request, str(refusal.message))
        else:
            notices.success(request, _("Thank you. We will ask again in six months."))
        return redirect("patients:own_contacts", clinic)
    rows = [(contact, form[form.name_of(contact)]) for contact in contacts]
    context = {"rows": rows, "form": form, "section": "own_data"}
    status = 400 if form.errors else 200
    return render(request, "patients/own_contacts.html", context, status=status)


def _page(request: PatientRequest, patient: Patient, **forms: Any) -> HttpResponse:
    row = PatientChoices.objects.filter(patient=patient).first()
    reminders = Reminder.objects.filter(patient=patient).order_by("at")
    context = {
        "ways": OwnWaysForm(initial=OwnWaysForm.of_patient(row)),
        "chosen": row.channels if row else [],
        "phone": PhoneForm(auto_id="phone_%s"),
        "device": DeviceForm(auto_id="device_%s"),
        "reminder": ReminderForm(auto_id="reminder_%s"),
        "reminders": [(each, _days(each)) for each in reminders],
        "offered": channels.offered(),
        "addresses": list(PatientAddress.objects.filter(patient=patient).order_by("created_at")),
        "vapid_key": push.public_key() if channels.is_offered(Channel.PUSH) else "",
        "section": "own_messages",
        **forms,
    }
    return render(request, "patients/own_messages.html", context, status=400 if forms else 200)


def _days(reminder: Reminder) -> str:
    names = [str(name) for day, name in WEEKDAYS if reminder.weekdays >> day & 1]
    return str(_("every day")) if len(names) == len(WEEKDAYS) else ", ".join(names)


def _id_in(text: str) -> uuid.UUID:
    """An id that names nothing where the text is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
