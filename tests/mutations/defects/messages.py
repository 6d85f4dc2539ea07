"""Never twice without a mark, never after the end, never a patient's data, never into the house."""

from tests.mutations.defects.defect import Defect

SENDING = "tests/clinics/messages/test_sending.py"
QUEUE = "tests/clinics/messages/test_queue.py"
CHANNELS = "tests/clinics/messages/test_channels.py"
PAGES = "tests/clinics/messages/test_pages.py"

DEFECTS = (
    Defect(
        "messages",
        "a worker that was killed sends a second time unmarked",
        "clinics/messages/sending.py",
        "        row.sent_maybe_twice = True\n    if row.expires_at",
        "        pass\n    if row.expires_at",
        (SENDING,),
    ),
    Defect(
        "messages",
        "a server that never answers gets a mail a third time",
        "clinics/messages/sending.py",
        "elif isinstance(failure, InDoubt) and current.sent_maybe_twice:",
        "elif False:",
        (SENDING,),
    ),
    Defect(
        "messages",
        "an outage of the mail server uses up a message's tries",
        "clinics/messages/sending.py",
        "is_outage = isinstance(failure, NotReached)",
        "is_outage = False",
        (SENDING,),
    ),
    Defect(
        "messages",
        "a name gets into the outbox as a fact",
        "clinics/messages/kinds.py",
        "if not fits(plain[name]):",
        "if False:",
        (QUEUE,),
    ),
    Defect(
        "messages",
        "messages about the dead go on",
        "clinics/messages/outbox.py",
        "rows = Message.objects.filter(patient_id=patient_id)",
        "rows = Message.objects.none()",
        (QUEUE,),
    ),
    Defect(
        "messages",
        "a webhook reaches the house's own network",
        "clinics/messages/outbound.py",
        "return ip.is_global and not ip.is_multicast",
        "return True",
        (CHANNELS,),
    ),
    Defect(
        "messages",
        "anybody's click confirms that a message was received",
        "clinics/access.py",
        "mine.get(Message.To(row.to)) != row.recipient_id",
        "False",
        (PAGES,),
    ),
    Defect(
        "messages",
        "a reminder comes twice in the night that repeats an hour",
        "patients/reminding.py",
        "if due <= now < due + LATE:",
        "if due <= now < due + 2 * LATE:",
        ("tests/patients/test_reminders.py",),
    ),
    Defect(
        "messages",
        "a trusted person is written to before they agreed",
        "patients/models/messages.py",
        "return self.is_on and self.state == self.State.AGREED",
        "return self.is_on",
        ("tests/patients/test_trusted_person.py",),
    ),
    Defect(
        "messages",
        "a patient's test is urgent",
        "clinics/messages/kinds.py",
        "return to == Message.To.STAFF and is_alike",
        "return is_alike",
        ("tests/patients/test_messages_to_patients.py",),
    ),
    Defect(
        "messages",
        "one clinic's broken key stops every clinic's messages",
        "clinics/messages/sending.py",
        "ids = [pk for pk in ids if _take_turn_alone(pk, run)]",
        "ids = [pk for pk in ids if _take_turn(pk, run)]",
        ("tests/clinics/messages/test_holding_up.py",),
    ),
    Defect(
        "messages",
        "quiet hours hold an urgent message back",
        "clinics/messages/staff.py",
        "if message.is_urgent or message.kind in {Kind.TEST_ALERT, Kind.WAY_ADDED}:",
        "if message.kind in {Kind.TEST_ALERT, Kind.WAY_ADDED}:",
        ("tests/clinics/messages/test_quiet.py",),
    ),
    Defect(
        "messages",
        "the phone of an urgent alert dies quietly",
        "clinics/messages/endings.py",
        "if row.is_urgent and row.channel == Channel.SMS:",
        "if False:",
        ("tests/clinics/messages/test_holding_up.py",),
    ),
)
