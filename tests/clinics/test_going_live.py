"""From shadow to live: each item of the checklist, the weeks looked at, and the decision."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics import going_live, tenancy
from clinics.cover import trials
from clinics.errors import DomainError
from clinics.going_live import ShadowAlert, figures, steps
from clinics.messages import recipients
from clinics.models import (
    AccessLogEntry,
    Channel,
    Clinic,
    ClinicSafety,
    ClinicSettings,
    Membership,
    Message,
    ShadowLook,
    TrialAlert,
)
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.isolation.cover_doors import make_ready

PAGE = "/c/north/settings/going-live/"
SOMEBODY = uuid.uuid4()


@pytest.fixture
def nora(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Nora Neumann")


@pytest.fixture
def shadow(clinic_a: Clinic) -> Clinic:
    with tenancy.enter(clinic_a.pk):
        ClinicSafety.objects.update(live_since=None)
    return clinic_a


@pytest.fixture
def ready(shadow: Clinic, ada: Membership, alice: Membership, nora: Membership) -> Clinic:
    with tenancy.enter(shadow.pk):
        make_ready(shadow, ada, alice, nora.pk)
    return shadow


def act(by: Membership, name: str, **fields: Any) -> Any:
    body = {"act": name, **{f"{name}-{field}": value for field, value in fields.items()}}
    return signed_in(by).post(PAGE, body)


def missing(clinic: Clinic) -> set[str]:
    with tenancy.enter(clinic.pk):
        return {item.code for item in going_live.checklist(clinic) if not item.is_done}


def is_live(clinic: Clinic) -> bool:
    with tenancy.enter(clinic.pk):
        return going_live.is_live(clinic)


def test_a_new_clinic_lacks_everything_and_cannot_go_live(shadow: Clinic, ada: Membership) -> None:
    assert missing(shadow) == {"statement", "people", "protocol", "hours", "crisis", "tests", "shadow"}
    assert "In shadow" in signed_in(ada).get(PAGE).text
    assert act(ada, "live", is_sure="on").status_code == 400
    assert not is_live(shadow)


def test_a_complete_checklist_and_a_decision_go_live_and_back(ready: Clinic, ada: Membership) -> None:
    assert missing(ready) == set()
    assert act(ada, "live").status_code == 400  # without the word that somebody may decide
    assert not is_live(ready)
    assert act(ada, "live", is_sure="on").status_code == 302
    assert is_live(ready)
    assert act(ada, "live", is_sure="on").status_code == 400
    assert act(ada, "shadow", is_sure="on").status_code == 302
    assert not is_live(ready)
    assert "shadow" in missing(ready)  # four weeks anew


@pytest.mark.parametrize(
    ("code", "undo"),
    [
        ("crisis", lambda: ClinicSettings.objects.update(crisis_contacts=" ")),
        (
            "crisis",
            lambda: ClinicSafety.objects.update(crisis_checked_at=timezone.now() - timedelta(days=91)),
        ),
        ("tests", lambda: TrialAlert.objects.order_by("sent_at")[0].delete()),
        (
            "people",
            lambda: Membership.objects.filter(name__isnull=False, role="clinician").update(is_active=False),
        ),
        ("shadow", lambda: ShadowLook.objects.order_by("week_start")[0].delete()),
    ],
)
def test_an_item_that_lapses_is_missing_again(ready: Clinic, ada: Membership, code: str, undo: Any) -> None:
    with tenancy.enter(ready.pk):
        undo()
    assert code in missing(ready)
    assert act(ada, "live", is_sure="on").status_code == 400
    assert not is_live(ready)


def test_texts_are_saved_through_the_page(shadow: Clinic, ada: Membership) -> None:
    act(ada, "statement", text="We look each working morning.")
    act(ada, "protocol", text="Three calls, then the lead.")
    act(ada, "crisis", text="Night line: 0800 111 0 111")
    assert {"statement", "protocol", "crisis"} & missing(shadow) == set()
    assert act(ada, "crisis", text="").status_code == 400
    page = signed_in(ada).get(PAGE).text
    assert "Three calls, then the lead." in page


def test_patients_read_the_service_statement_beside_the_notice(
    clinic_a: Clinic, ada: Membership, pat: Patient
) -> None:
    act(ada, "statement", text="We look each working morning.")
    assert "We look each working morning." in signed_in(pat).get("/c/north/me/notices/").text


@pytest.fixture
def told() -> Iterator[None]:
    """A provider as scoring is one: a single crossing, now minus a week."""
    when = timezone.now() - timedelta(days=7)

    def provide(clinic: Clinic, start: Any, end: Any) -> list[ShadowAlert]:
        return [ShadowAlert(when, SOMEBODY, 4127, "a rule", "warning")] if start <= when < end else []

    figures._providers.append(provide)
    yield
    figures._providers.remove(provide)


def test_figures_of_a_week_show_record_numbers_and_are_looked_at_once(
    shadow: Clinic, ada: Membership, alice: Membership, told: None
) -> None:
    with tenancy.enter(shadow.pk):
        ClinicSafety.objects.update(shadow_since=timezone.now() - timedelta(days=30))
        week = next(week for week in figures.weeks(shadow) if week.is_over)
    browser, address = signed_in(ada), f"{PAGE}{week.start.isoformat()}/"
    page = browser.get(address).text
    assert "#4127" in page
    with tenancy.enter(shadow.pk):
        read = AccessLogEntry.objects.get(action="shadow.read")
        assert str(SOMEBODY) in read.canonical
        assert "a rule" not in read.canonical
    assert alice.name not in page
    for _time in range(2):
        assert browser.post(address).status_code == 302
    with tenancy.enter(shadow.pk):
        assert ShadowLook.objects.get().week_start == week.start
        assert figures.looked_at(shadow) == 1


def test_a_week_that_runs_or_never_was_cannot_be_looked_at(shadow: Clinic, ada: Membership) -> None:
    with tenancy.enter(shadow.pk):
        ClinicSafety.objects.update(shadow_since=timezone.now() - timedelta(days=30))
        running = figures.weeks(shadow)[0]
        assert not running.is_over
        with pytest.raises(DomainError, match="no_such_week"):
            steps.look(clinic=shadow, week_start=running.start, by=ada)
    browser = signed_in(ada)
    for week in ("2020-01-06", "soon", (running.start - timedelta(days=1)).isoformat()):
        assert browser.get(f"{PAGE}{week}/").status_code == 404


def test_a_test_alert_is_confirmed_by_its_person_with_a_button(alice: Membership, nora: Membership) -> None:
    with tenancy.enter(alice.clinic_id):
        trial = TrialAlert.objects.create(clinic_id=alice.clinic_id, membership=alice, channel="screen")
    address = f"/c/north/test-alerts/{trial.pk}/"
    hers = signed_in(alice)
    assert "A test alert waits for you" in hers.get("/c/north/").text
    assert signed_in(nora).get(address).status_code == 404
    assert signed_in(nora).post(address).status_code == 404
    hers.get(address)
    with tenancy.enter(alice.clinic_id):
        trial.refresh_from_db()
    assert trial.confirmed_at is None  # opening a link is not reading it
    hers.post(address)
    with tenancy.enter(alice.clinic_id):
        trial.refresh_from_db()
    assert trial.confirmed_at is not None
    assert "A test alert waits for you" not in hers.get("/c/north/").text


def test_a_test_alert_goes_out_by_the_outbox_and_one_by_phone_by_phone_alone(
    in_a: Clinic, alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = trials.send(member=alice, channel="screen")
    assert Message.objects.get(dedupe_key=f"trial:{sent.pk}").channel == Channel.EMAIL
    with pytest.raises(DomainError, match="no_phone"):
        trials.send(member=alice, channel="phone")
    directory = recipients.directory("staff")
    ways = {alice.pk: [Channel.EMAIL, Channel.SMS]}
    monkeypatch.setattr(type(directory), "channels", lambda *args, **kwargs: ways)
    rung = trials.send(member=alice, channel="phone")
    message = Message.objects.get(dedupe_key=f"trial:{rung.pk}")
    assert message.channel == Channel.SMS
    assert trials.waiting_for(alice) == [sent]
    with pytest.raises(DomainError, match="not_by_phone"):
        trials.confirm(trial=rung, by=alice)
    Message.objects.filter(pk=message.pk).update(receipt_at=timezone.now())
    trials.confirm(trial=rung, by=alice)
    assert TrialAlert.objects.get(pk=rung.pk).confirmed_at is not None
