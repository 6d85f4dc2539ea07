"""The doors that are no URL: sockets, tasks and commands. One that nobody listed here fails the build."""

import asyncio
import json
import logging
import uuid
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery.signals import before_task_publish
from channels.db import database_sync_to_async
from django.apps import apps
from django.core import mail
from django.core.management import call_command, get_commands
from django.db import connections, models

from clinics import tasks as clinic_tasks
from clinics import tenancy
from inference import tasks as inference_tasks
from moodvision import scratch
from moodvision.celery import app
from patients import tasks as patient_tasks
from patients.models import Patient
from scoring import services as scoring_services
from scoring import tasks as scoring_tasks
from scoring.routing import websocket_urlpatterns
from tests.inference import photos
from tests.isolation.twins import ANONYMOUS, TENANT_MODELS, Twin, make_twin
from tests.patients.factories import make_check_in
from tests.scoring.sockets import cookies_of, open_screen, play

pytestmark = pytest.mark.commits

SOCKETS = {"ws/c/<slug:clinic>/alerts/"}
TASKS: dict[str, Callable[[Twin], Any]] = {
    "clinics.tasks.anchor_access_logs": lambda twin: clinic_tasks.anchor_access_logs(),
    "clinics.tasks.mail_anchors": lambda twin: clinic_tasks.mail_anchors(),
    "clinics.tasks.replay_spooled_entries": lambda twin: clinic_tasks.replay_spooled_entries(),
    "clinics.tasks.remove_unconfirmed_accounts": lambda twin: clinic_tasks.remove_unconfirmed_accounts(),
    "clinics.tasks.report_swallowed_denials": lambda twin: clinic_tasks.report_swallowed_denials(),
    "clinics.tasks.check_crisis_numbers": lambda twin: clinic_tasks.check_crisis_numbers(),
    "clinics.tasks.send_messages": lambda twin: clinic_tasks.send_messages(str(twin.clinic.pk)),
    "patients.tasks.queue_reminders": lambda twin: patient_tasks.queue_reminders(),
    "patients.tasks.ask_to_confirm_contacts": lambda twin: patient_tasks.ask_to_confirm_contacts(),
    "patients.tasks.enforce_retention": lambda twin: patient_tasks.enforce_retention(),
    "clinics.tasks.remove_retired_keys": lambda twin: clinic_tasks.remove_retired_keys(),
    "patients.tasks.erase_due": lambda twin: patient_tasks.erase_due(),
    "patients.tasks.turn_questionnaires": lambda twin: patient_tasks.turn_questionnaires(),
    "inference.tasks.read_waiting": lambda twin: inference_tasks.read_waiting(str(twin.clinic.pk)),
    "inference.tasks.draw_explanations": lambda twin: inference_tasks.draw_explanations(str(twin.clinic.pk)),
    "scoring.tasks.judge_rules": lambda twin: scoring_tasks.judge_rules(),
    "inference.tasks.watch_classifiers": lambda twin: inference_tasks.watch_classifiers(),
    "scoring.tasks.judge_timers": lambda twin: scoring_tasks.judge_timers(),
    "scoring.tasks.send_digests": lambda twin: scoring_tasks.send_digests(),
    "inference.tasks.sweep": lambda twin: inference_tasks.sweep(),
}
RUN = "run in tests/isolation/test_commands.py: what it prints holds no canary"
COMMANDS = {
    "backup": "writes everything sealed, and the keys apart: tests/test_no_plaintext.py reads both",
    "close_access_log": RUN,
    "drill": "restores into databases of its own and prints counts",
    "export_access_log": RUN,
    "export_faces": "writes faces without names, of one clinic: tests/inference/test_export_faces.py",
    "export_patient": RUN,
    "remove_access_log": RUN,
    "restore_backup": "fills a new database",
    "resume_access_log": RUN,
    "roles": RUN,
    "verify_access_log": RUN,
    "erase_patient": RUN,
    "rotate_keys": RUN,
    "classify": "reads photos named on the command line, and no database",
    "calibrate_model": "reads public faces, and no database",
    "list_models": RUN,
    "pin_model": RUN,
    "promote_model": "judges models on public faces",
    "register_model": RUN,
    "roll_back_model": RUN,
    "try_model": RUN,
    "create_clinic": RUN,
    "demo": "works in a database of its own, with invented people",
    "describe_faces": "reads public faces, and no database",
    "evaluate_classifier": "reads public faces, and no database",
    "install_detector": "writes a file, and reads no database",
    "migrate": "changes tables; prints their names",
    "serve": "starts web, worker and beat",
    "simulate_scores": "reads public faces, and no database",
    "watch_classifiers": "prints numbers of rows",
    "train_classifier": "reads public faces, and no database",
    "watchdog": "asks when a process was last heard of, in no clinic; tests/clinics/test_watchdog.py",
}
"""Every command of ours, and why it is not run there."""


EACH_CLINIC_KEEPS_BOOKS = ("clinics.AccessLogEntry", "clinics.RetentionRun")
"""What a job that visits every clinic writes down in each."""


@dataclass(frozen=True)
class Heard:
    """What one visitor's socket carried before it was left or closed."""

    frames: str
    is_closed: bool


@pytest.fixture(scope="module")
def made_twins(
    template_database: str, django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[str, tuple[Twin, Twin]]]:
    """Made once, in a database that nobody else touches; its name."""
    with django_db_blocker.unblock(), scratch.copy_of(template_database) as name:
        twins = make_twin("north"), make_twin("south")
        for connection in connections.all():
            connection.close()
        yield name, twins


@pytest.fixture
def committed_twins(
    made_twins: tuple[str, tuple[Twin, Twin]], django_db_blocker: Any
) -> Iterator[tuple[Twin, Twin]]:
    """Copies, in a database of this test's own."""
    template, twins = made_twins
    with django_db_blocker.unblock(), scratch.copy_of(template):
        yield deepcopy(twins)
        for connection in connections.all():
            connection.close()


@pytest.fixture
def said_aloud(
    committed_twins: tuple[Twin, Twin],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Callable[[], str]:
    """What was logged, mailed and printed since the clinics were made; other processes' output too."""
    mail.outbox.clear()
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    printed: list[str] = []

    def collected() -> str:
        printed.extend(capfd.readouterr())
        return "".join((caplog.text, *(f"{one.subject}{one.body}" for one in mail.outbox), *printed))

    return collected


def test_every_socket_task_and_command_is_walked() -> None:
    app.loader.import_default_modules()
    ours = {config.name for config in apps.get_app_configs()} & {
        "clinics", "patients", "inference", "scoring", "moodvision",
    }  # fmt: skip
    assert {str(route.pattern) for route in websocket_urlpatterns} == SOCKETS
    assert {name for name in app.tasks if not name.startswith("celery.")} == set(TASKS)
    assert {name for name, owner in get_commands().items() if owner in ours} == set(COMMANDS)


def test_no_role_hears_the_other_clinics_alerts(
    committed_twins: tuple[Twin, Twin], said_aloud: Callable[[], str]
) -> None:
    """On the other's socket and on one's own, while the other's alert is raised."""
    own, other = committed_twins
    cookies = {
        who: cookies_of(None if who == ANONYMOUS else own.people[who]) for who in (*own.people, ANONYMOUS)
    }
    heard: dict[tuple[str, str], Heard] = {}

    def raise_alert() -> str:
        with tenancy.enter(other.clinic.pk):
            patient_id = other.ids["patient_id"]
            alert = scoring_services.report_failed_analysis(clinic_id=other.clinic.pk, patient_id=patient_id)
        assert alert is not None
        return str(alert.pk)

    raised: list[str] = []

    async def scenario() -> None:
        screens = {
            (who, slug): (await open_screen(slug, cookies[who]))[0]
            for who in cookies
            for slug in (own.clinic.slug, other.clinic.slug)
        }
        raised.append(await database_sync_to_async(raise_alert)())
        await asyncio.sleep(0.5)
        for place, screen in screens.items():
            said = []
            while not await screen.communicator.receive_nothing(timeout=0.05):
                said.append(await screen.communicator.receive_output(1))
            heard[place] = Heard(json.dumps(said), any(one["type"] == "websocket.close" for one in said))
            await screen.leave()

    play(scenario)
    listeners = {place for place, one in heard.items() if not one.is_closed}
    assert {slug for _who, slug in listeners} == {own.clinic.slug}
    assert ("clinician", own.clinic.slug) in listeners
    secrets = [raised[0], str(other.ids["alert_id"]), str(other.ids["patient_id"]), other.canary]
    assert {place for place, one in heard.items() if any(secret in one.frames for secret in secrets)} == set()
    for twin in (own, other):
        assert twin.canary not in said_aloud()


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_of_one_clinic_leaves_the_others_rows_alone(
    committed_twins: tuple[Twin, Twin], tiny_model: None, said_aloud: Callable[[], str], name: str
) -> None:
    own, other = committed_twins
    for twin in (own, other):
        patient = twin.people["patient"]
        assert isinstance(patient, Patient)
        make_check_in(patient, image=photos.empty_room())
    before = snapshot(other)
    messages: list[str] = []

    def collect(body: Any = None, **kwargs: Any) -> None:
        messages.append(repr(body))

    before_task_publish.connect(collect)
    try:
        TASKS[name](own)
    finally:
        before_task_publish.disconnect(collect)
    after = snapshot(other)
    for label in EACH_CLINIC_KEEPS_BOOKS:
        del before[label], after[label]
    if name == "scoring.tasks.send_digests":
        after["clinics.Message"] = without_own_digests(after["clinics.Message"], other)
    assert after == before
    said = "".join(messages)
    for twin in (own, other):
        assert twin.canary not in said
        assert twin.canary not in said_aloud()
        assert str(twin.ids["patient_id"]) not in said


def test_exports_of_one_clinic_hold_nothing_of_the_other(committing: str, tmp_path: Path) -> None:
    """Not of copies: the log of one was signed with other entries in another test."""
    own, other = make_twin("north"), make_twin("south")
    patient = own.people["patient"]
    assert isinstance(patient, Patient)
    archive, log = tmp_path / "patient.zip", tmp_path / "log.jsonl"
    call_command(
        "export_patient", "north", str(patient.record_number), "--out", str(archive), "--reason", "handover"
    )
    call_command("export_access_log", "north", str(log))
    with zipfile.ZipFile(archive) as files:
        texts = [files.read(name).decode(errors="replace") for name in files.namelist()]
    assert own.canary in "".join(texts)
    texts.append(log.read_text())
    ids = [str(value) for value in other.ids.values() if isinstance(value, uuid.UUID)]
    for secret in (other.canary, str(other.clinic.pk), *ids):
        assert not [text for text in texts if secret in text], secret


def test_a_doorbell_for_an_unknown_clinic_does_nothing(committed_twins: tuple[Twin, Twin]) -> None:
    before = [snapshot(twin) for twin in committed_twins]
    inference_tasks.read_waiting(str(uuid.uuid4()))
    assert [snapshot(twin) for twin in committed_twins] == before


def snapshot(twin: Twin) -> dict[str, list[dict[str, Any]]]:
    """Every row of a clinic as the database holds it."""
    with tenancy.enter(twin.clinic.pk):
        return {model._meta.label: raw_rows(model) for model in TENANT_MODELS}


def without_own_digests(messages: list[dict[str, Any]], twin: Twin) -> list[dict[str, Any]]:
    """By day each clinic's own people get its digest: a count, and the way to its own alerts."""
    people = {person.pk for person in twin.people.values()}

    def is_own(row: dict[str, Any]) -> bool:
        is_count = set(row["facts"]) == {"count", "path"} and row["facts"]["path"].startswith(
            f"/c/{twin.clinic.slug}/"
        )
        return row["kind"] == "digest" and row["recipient_id"] in people and is_count

    return [row for row in messages if not is_own(row)]


def raw_rows(model: type[models.Model]) -> list[dict[str, Any]]:
    rows = model._default_manager.order_by("pk").values()
    return [
        {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
        for row in rows
    ]
