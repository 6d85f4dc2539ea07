"""The doors that add a way by which somebody is told, as `test_stale_sessions.py` tries them."""

from typing import Any

from tests.clinics.messages.hooks import Browser

CHAT = {"channel": "chat", "address": "https://hooks.example/chat"}
PHONE = {"channel": "sms", "address": "+49 30 999 888"}
TRUSTED = {
    "act": "save", "name": "Sister", "email": "sis@example.org", "signed": "Pat",
    "words": "Please ring me.", "trigger": "sad", "times": "3", "of_last": "5",
}  # fmt: skip


def doors(door: Any) -> list[Any]:
    device = {**Browser().subscription("https://hooks.example/push"), "label": "Firefox"}
    added = "message_address.added"
    return [
        door("clinics:add_message_address", "clinician", added, CHAT),
        door("clinics:add_message_device", "clinician", added, device),
        door("patients:add_own_address", "patient", added, PHONE),
        door("patients:add_own_device", "patient", added, device),
        door("patients:trusted_person", "patient", "trusted_person.saved", TRUSTED),
    ]
