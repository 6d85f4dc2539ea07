"""Who may do what: the one matrix of roles and permissions. Every gate asks it and nothing else.

The portal shows it to members, `manage.py roles` prints it as docs/roles.md.
"""

from collections.abc import Iterator
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    CLINICIAN = "clinician", _("clinician")
    OBSERVER = "observer", _("observer")
    ADMINISTRATOR = "administrator", _("administrator")
    PRIVACY_OFFICER = "privacy_officer", _("privacy officer")
    AUDITOR = "auditor", _("auditor")
    PROGRAMME_MANAGER = "programme_manager", _("programme manager")


class Permission(StrEnum):
    READ_PATIENTS = "read_patients"
    TREAT_PATIENTS = "treat_patients"
    MANAGE_RECORDS = "manage_records"
    ADMIT_PATIENTS = "admit_patients"
    INVITE_ANY_PATIENT = "invite_any_patient"
    READ_SCORE_MATRIX = "read_score_matrix"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_MEMBERS = "manage_members"
    UNLOCK_ON_CALL = "unlock_on_call"
    KEEP_ROTA = "keep_rota"
    READ_ACCESS_LOG = "read_access_log"
    ANSWER_REQUESTS = "answer_requests"
    REVIEW_BREAK_GLASS = "review_break_glass"
    HOLD_RECORDS = "hold_records"
    ERASE_PATIENTS = "erase_patients"
    READ_CERTIFICATES = "read_certificates"


MEANINGS: dict[Permission, str | Promise] = {
    Permission.READ_PATIENTS: _("Follow patients: triage, records, scores and alerts"),
    Permission.TREAT_PATIENTS: _(
        "Act on alerts, write emergency cards, and break the glass in an emergency for an hour"
    ),
    Permission.MANAGE_RECORDS: _(
        "Change the standing of those they follow: legal status, guardians, discharge, transfer, "
        "death, merged records"
    ),
    Permission.ADMIT_PATIENTS: _("Admit patients and invite those they may follow to the portal"),
    Permission.INVITE_ANY_PATIENT: _("Invite any patient of the clinic to the portal"),
    Permission.READ_SCORE_MATRIX: _("Read the score matrix and its lines"),
    Permission.CHANGE_SETTINGS: _("Change the clinic's settings: matrix and lines, policies, programmes"),
    Permission.MANAGE_MEMBERS: _(
        "Invite staff, change their roles, say who is in which care team, switch them off, sign them out"
    ),
    Permission.UNLOCK_ON_CALL: _("Let a colleague on call in who cannot reach their second step"),
    Permission.KEEP_ROTA: _("Keep the rota: shifts, leave, test alerts"),
    Permission.READ_ACCESS_LOG: _("Read, verify and export the access log"),
    Permission.ANSWER_REQUESTS: _(
        "Answer what patients ask for: copies, corrections, pauses, erasure; set how long data are kept"
    ),
    Permission.REVIEW_BREAK_GLASS: _(
        "Review each time somebody broke the glass, delay what the patient is told, appoint a deputy"
    ),
    Permission.HOLD_RECORDS: _("Place a legal hold on a record, and lift it"),
    Permission.ERASE_PATIENTS: _("Erase a patient who has no account, two members together"),
    Permission.READ_CERTIFICATES: _("Read, print and download certificates of erasure"),
}

WITHOUT_A_ROLE: dict[str | Promise, str | Promise] = {
    _("patient"): _(
        "Is no member. Sees and downloads their own record, checks in, decides what may be done with it, "
        "contests what the program guessed, asks for corrections, a pause or erasure, and reads who looked. "
        "Nobody else's record."
    ),
    _("deputy of the privacy officer"): _(
        "A member of any role, appointed by the privacy officer. Besides what that role may: reviews those "
        "broken glasses that were escalated or waited too long, never their own. Appoints nobody."
    ),
    _("clinician to whom an urgent alert was passed on"): _(
        "From outside the care team: reads and treats that one patient until the alert is resolved and a day "
        "longer. The access log says that they were on call."
    ),
    _("operator"): _(
        "Has no sign-in to a clinic. On the host: makes clinics, backs up and restores, rotates keys, "
        "installs models, and on the clinic's behalf exports or erases a record, which is logged. "
        "Whoever holds the host and its key can read everything."
    ),
}
"""What the matrix does not decide, in words: a record of one's own, an appointment, a login on the host."""

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.CLINICIAN: frozenset(
        {
            Permission.READ_PATIENTS,
            Permission.TREAT_PATIENTS,
            Permission.MANAGE_RECORDS,
            Permission.ADMIT_PATIENTS,
            Permission.READ_SCORE_MATRIX,
            Permission.UNLOCK_ON_CALL,
            Permission.KEEP_ROTA,
        }
    ),
    Role.OBSERVER: frozenset({Permission.READ_PATIENTS, Permission.READ_SCORE_MATRIX}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ADMIT_PATIENTS,
            Permission.INVITE_ANY_PATIENT,
            Permission.READ_SCORE_MATRIX,
            Permission.CHANGE_SETTINGS,
            Permission.MANAGE_MEMBERS,
            Permission.KEEP_ROTA,
            Permission.ANSWER_REQUESTS,
            Permission.ERASE_PATIENTS,
            Permission.READ_CERTIFICATES,
        }
    ),
    Role.PRIVACY_OFFICER: frozenset(
        {
            Permission.READ_ACCESS_LOG,
            Permission.ANSWER_REQUESTS,
            Permission.REVIEW_BREAK_GLASS,
            Permission.HOLD_RECORDS,
            Permission.ERASE_PATIENTS,
            Permission.READ_CERTIFICATES,
        }
    ),
    Role.AUDITOR: frozenset({Permission.READ_ACCESS_LOG}),
    Role.PROGRAMME_MANAGER: frozenset(),
}


def allows(role: str, permission: Permission) -> bool:
    """Whether a role has a permission; a role that the matrix does not know has none."""
    return role in Role.values and permission in MATRIX[Role(role)]


def rows() -> Iterator[tuple[str | Promise, list[bool]]]:
    """Each permission in words, and for each role in its order whether it has it."""
    for permission in Permission:
        yield MEANINGS[permission], [permission in MATRIX[role] for role in Role]


def as_markdown() -> str:
    """The content of docs/roles.md."""
    head = ["", *(str(role.label) for role in Role)]
    lines = [
        "# Roles",
        "",
        "Generated by `manage.py roles > docs/roles.md` from `clinics/roles.py`; a test compares.",
        "",
        _line(head),
        _line(["---"] * len(head)),
        *(_line([str(words), *("yes" if may else "" for may in cells)]) for words, cells in rows()),
        "",
        "What no role gives:",
        "",
        *(f"- **{who}**: {words}" for who, words in WITHOUT_A_ROLE.items()),
    ]
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
