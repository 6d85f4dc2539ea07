"""The people of the demonstration. All of them, and all their data, are made up."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from clinics import second_factor, tenancy
from clinics import services as clinic_services
from clinics.access_log import System
from clinics.models import CareTeam, Clinic, ClinicSettings, Role, User
from moodvision.demo import cover, history, questionnaires
from moodvision.demo.history import Course
from patients import services as patient_services
from patients.models import Patient, Purpose

PASSWORD = "moodvision-demo"  # noqa: S105  printed on the screen of whoever runs the demonstration
TOTP_SECRET = "MOODVISIONDEMOMOODVISIONDEMOMOOD"  # noqa: S105  the same: one app entry opens every demo account
DEMO = System("demo")
CRISIS_CONTACTS = "Emergency services: 112\nTelephone support, day and night: 0800 111 0 111"


@dataclass(frozen=True)
class Login:
    email: str
    role: str
    clinic: str
    name: str

    @property
    def needs_code(self) -> bool:
        """Every role but patient signs in with a second factor."""
        return self.role != "patient"


LOGINS = (
    Login("alice@north.example", Role.CLINICIAN, "north", "Alice Adler"),
    Login("nora@north.example", Role.CLINICIAN, "north", "Nora Neumann"),
    Login("kim@north.example", Role.CLINICIAN, "north", "Kim Kaya"),
    Login("bob@north.example", Role.OBSERVER, "north", "Bob Brandt"),
    Login("ada@north.example", Role.ADMINISTRATOR, "north", "Ada Ahrens"),
    Login("eve@north.example", Role.PROGRAMME_MANAGER, "north", "Eve Ernst"),
    Login("audrey@north.example", Role.AUDITOR, "north", "Audrey Auer"),
    Login("olga@north.example", Role.PRIVACY_OFFICER, "north", "Olga Ott"),
    Login("pat@north.example", "patient", "north", "Pat Petersen"),
    Login("mallory@south.example", Role.CLINICIAN, "south", "Mallory Mohn"),
    Login("milo@south.example", Role.CLINICIAN, "south", "Milo Marsh"),
    Login("mel@south.example", Role.ADMINISTRATOR, "south", "Mel Moser"),
    Login("sam@south.example", "patient", "south", "Sam Sander"),
)

COURSES: dict[str, list[tuple[str, Course]]] = {
    "north": [
        ("Anna Albers", Course.WELL),
        ("Ben Bauer", Course.MILD),
        ("Clara Conrad", Course.ONSET),
        ("David Dorn", Course.LOW),
        ("Emil Eberle", Course.WELL),
        ("Frida Falk", Course.GONE_QUIET),
        ("Greta Graf", Course.RARE),
        ("Hugo Hahn", Course.RECOVERING),
        ("Ines Iden", Course.SEVERE),
        ("Jona Jost", Course.WELL),
        ("Karl Kern", Course.NEVER),
    ],
    "south": [("Lena Lang", Course.WELL), ("Max Maier", Course.LOW)],
}


def ensure(*, say: Callable[[str], object]) -> None:
    """Makes the demo clinics once; a database that has them stays as it is."""
    if Clinic.objects.filter(slug="north").exists():
        cover.prolong("north", "south")
        return
    say("Making two demo clinics with three months of synthetic history ...")
    make(with_history=True)


@transaction.atomic
def make(*, with_history: bool) -> None:
    """The clinics, their members and patients; the history is what takes time."""
    north = _clinic("north", "North Ward Clinic", "Europe/Berlin", "eu")
    south = _clinic("south", "South Bank Practice", "Europe/London", "generic")
    for clinic in (north, south):
        with tenancy.enter(clinic.pk):
            _furnish(clinic, with_history=with_history)


def _clinic(slug: str, name: str, time_zone: str, jurisdiction: str) -> Clinic:
    login = next(row for row in LOGINS if row.clinic == slug and row.role == Role.ADMINISTRATOR)
    return clinic_services.create_clinic(
        slug=slug,
        name=name,
        time_zone=time_zone,
        admin=_account(login),
        admin_name=login.name,
        jurisdiction=jurisdiction,
    )


def _furnish(clinic: Clinic, *, with_history: bool) -> None:
    ClinicSettings.objects.update(is_demo=True, crisis_contacts=CRISIS_CONTACTS)
    team = CareTeam.objects.create(clinic=clinic, name="Day team")
    for login in LOGINS:
        if login.clinic != clinic.slug or login.role == Role.ADMINISTRATOR:
            continue
        if login.role == "patient":
            patient = _admit(clinic, login.name, team, email=login.email)
            patient_services.link_user(patient=patient, user=_account(login), by=DEMO)
            history.write(patient, Course.FOUR_LOW_DAYS)
        else:
            clinic_services.add_member(
                clinic=clinic, user=_account(login), role=login.role, name=login.name, by=DEMO
            )
    cover.declare(clinic)
    questionnaires.use_forms(clinic)
    if with_history:
        for name, course in COURSES[clinic.slug]:
            patient = _admit(clinic, name, team)
            history.write(patient, course)
            questionnaires.write(patient, name)


def _admit(clinic: Clinic, name: str, team: CareTeam, *, email: str | None = None) -> Patient:
    patient = patient_services.admit_patient(
        clinic=clinic, name=name, email=email, by=DEMO, care_team=team, is_synthetic=True
    )
    patient_services.record_notices(patient=patient, by=DEMO)
    for purpose in (Purpose.FACIAL_ANALYSIS, Purpose.IMAGE_RETENTION):
        patient_services.grant_consent(patient=patient, purpose=purpose, by=DEMO)
    return patient


def _account(login: Login) -> User:
    user = clinic_services.create_account(email=login.email, password=PASSWORD)
    if login.needs_code:
        second_factor.enrol_totp(user, TOTP_SECRET)
    return user
