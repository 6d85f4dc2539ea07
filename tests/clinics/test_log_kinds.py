"""Every action that the code may record is of a kind that somebody chose: none is a write by oversight."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinics.log_kinds import Kind, kind_of
from scoring.models import AlertEvent

ROOT = Path(__file__).resolve().parents[2]
APPS = ("clinics", "patients", "inference", "scoring", "moodvision")
RECORDS = {"record", "record_on_platform", "record_account_change"}
CHOSEN = {
    Kind.READ: """
        access_log.read access_log.verified alert.read alerts.listed alerts.watched certificate.read
        certificates.listed check_in.read fairness.read history.read image.read legal_hold.read
        left_note.read legal_holds.listed note.read patient.read patients.listed
        questionnaire.read reading.read request.read
        requests.listed rule.previewed shadow.read watch.read
    """,
    Kind.SEARCH: "access_log.searched patients.searched",
    Kind.EXPORT: "access_log.exported certificate.exported faces.exported patient.exported",
    Kind.PRINT: "certificate.printed downtime_sheet.printed emergency_card.printed",
    Kind.DENIAL: "refused refused.swallowed",
    Kind.SIGN_IN: """
        account.address_added account.address_changed account.address_confirmed account.address_removed
        account.factor_added account.factor_removed account.factor_renewed account.password_changed
        account.password_doubted
        account.password_reset account.recovery_code_used account.sessions_ended
        account.unconfirmed_removed sign_in.ended sign_in.failed sign_in.second_step_failed
        sign_in.succeeded
    """,
    Kind.BREAK_GLASS: """
        break_glass.listed break_glass.notice_delayed break_glass.opened break_glass.read
        break_glass.reviewed
    """,
    Kind.SETTINGS: """
        cover.duties_set cover.holiday_added cover.holiday_removed cover.hours_set cover.night_set
        cover.remark_set
        going_live.contacts_checked going_live.protocol_set going_live.returned_to_shadow
        going_live.statement_set going_live.week_looked_at going_live.went_live
        clinic.created keys.rewrapped keys.rotated keys.rotation_begun member.invitation_withdrawn
        member.invited member.joined member.off_call member.on_call member.role_changed
        member.signed_out member.switched_off member.switched_on membership.added model.on_trial
        model.pinned model.promoted model.registered model.rolled_back model.trial_ended model.unpinned
        on_call.unlock_given on_call.unlocked permission.deputy_appointed policy.chosen profile.saved
        programme.closed programme.opened retention.changed rule.budget_saved rule.saved settings.staff_names
        permission.patient_moved permission.team_joined permission.team_left permission.team_made
        permission.team_renamed settings.erasure_times settings.questionnaire settings.record_scope
    """,
    Kind.WRITE: """
        emergency_contacts.confirmed reminder.removed reminder.set trusted_person.answered
        trusted_person.removed trusted_person.saved trusted_person.written_to
        message.opened message.undelivered message.undelivered_seen message_address.added
        message_address.removed message_address.tested message_choices.saved
        face.silence_lifted face.silenced
        rota.kept rota.leave_added rota.leave_removed rota.not_kept rota.shift_added rota.shift_removed
        rota.week_copied trial.confirmed trial.sent
        fairness.answered reading.labelled watch.notice_closed watch.notice_raised
        access_log.closed access_log.not_signed access_log.removed access_log.resumed alert.accepted
        alert.acknowledged alert.called alert.changed alert.declined alert.handed_over alert.lapsed
        alert.missed alert.offered alert.overdue alert.passed_on alert.proposed
        alert.reached alert.recorded alert.released
        alert.snoozed alert.taken alert.woke
        alert.escalated alert.opened alert.repeated alert.resolved check_in.corrected check_in.submitted
        consent.granted consent.withdrawn emergency_card.saved erasure.cancelled erasure.certified
        erasure.confirmed erasure.requested guardian.added guardian.ended image.dead
        draft.begun left_note.given own_plan.saved own_plan.dropped
        image.dropped_unread image.expired intake.saved legal_hold.lifted legal_hold.placed log_review.saved
        log_review.signed note.answered notice.told patient.admitted patient.closed patient.corrected
        patient.decider_set patient.erased patient.invited patient.legal_status_set patient.lent_on_call
        patient.linked patient.merged patient.readmitted patient.restricted patient.restriction_lifted
        patient.took_in_double patient.unlinked pin.removed pin.set pin.wrong programme.joined
        programme.left reading.contest_withdrawn reading.contested reading.drawn reading.explained
        questionnaire.answered questionnaire.closed questionnaire.finished questionnaire.opened
        request.answered request.extended request.opened request.refused retention.proved
        retention.removed spooled_entries.head_lost spooled_entry.lost spooled_entry.refused
        spooled_entry.unlinked
    """,
}
PIECED_TOGETHER = {
    "f'{subject}.printed'": {"downtime_sheet.printed", "emergency_card.printed"},
    "f'alert.{kind.value}'": {f"alert.{kind}" for kind in AlertEvent.Kind.values},
    "f'questionnaire.{verb}'": {"questionnaire.closed", "questionnaire.finished"},
    "f'certificate.{verb}'": {"certificate.exported", "certificate.printed", "certificate.read"},
}
"""Actions that no code spells out, by the text that makes them."""


class Module:
    """The actions that stand in one module, also those that it hands to a function of its own."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.recording = set(RECORDS)
        while self.recording != (more := self.recording | set(self.handing_on())):
            self.recording = more

    def handing_on(self) -> Iterator[str]:
        """Functions that record what they are told to."""
        for function in ast.walk(self.tree):
            if isinstance(function, ast.FunctionDef):
                parameters = {one.arg for one in [*function.args.args, *function.args.kwonlyargs]}
                said = [text for call in self.calls(function) for text in self.said_in(call)]
                if any(isinstance(text, ast.Name) and text.id in parameters for text in said):
                    yield function.name

    def calls(self, inside: ast.AST) -> Iterator[ast.Call]:
        return (node for node in ast.walk(inside) if isinstance(node, ast.Call))

    def said_in(self, call: ast.Call) -> Iterator[ast.expr]:
        """The action of a call that records; of `partial(record, action)` too."""
        function, args = call.func, call.args
        if name_of(function) == "partial" and args:
            function, args = args[0], args[1:]
        if name_of(function) in self.recording:
            yield from args[:1]
            yield from (word.value for word in call.keywords if word.arg == "action")

    def actions(self) -> Iterator[str]:
        for call in self.calls(self.tree):
            for text in self.said_in(call):
                yield from self.read(text)

    def read(self, text: ast.expr) -> Iterator[str]:
        if isinstance(text, ast.Constant):
            yield str(text.value)
        elif isinstance(text, ast.JoinedStr):
            yield from PIECED_TOGETHER[ast.unparse(text)]
        elif isinstance(text, ast.IfExp):
            yield from self.read(text.body)
            yield from self.read(text.orelse)
        elif isinstance(text, ast.Name):
            for node in ast.walk(self.tree):
                if isinstance(node, ast.Assign) and text.id in map(name_of, node.targets):
                    yield from self.read(node.value)


def name_of(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def recorded_by(source: str) -> set[str]:
    return set(Module(ast.parse(source)).actions())


@pytest.fixture(scope="module")
def recorded() -> set[str]:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    assert len(files) > 100
    return {action for file in files for action in recorded_by(file.read_text())}


def test_every_action_in_the_code_is_of_a_chosen_kind(recorded: set[str]) -> None:
    chosen = {action: kind for kind, actions in CHOSEN.items() for action in actions.split()}
    assert recorded == set(chosen)
    assert {action: kind_of(action) for action in chosen} == chosen


def test_an_action_that_nobody_chose_a_kind_for_is_found() -> None:
    assert recorded_by("access_log.record('door.opened', by=by)") == {"door.opened"}
    assert recorded_by("act = 'a.b' if x else 'a.c'\nlog.record(act, by=by)") == {"a.b", "a.c"}
    assert recorded_by("def tell(act): log.record(act)\npartial(tell, 'door.shut')") == {"door.shut"}
    with pytest.raises(KeyError):
        recorded_by("log.record(f'door.{verb}')")
