"""What a patient's export holds of the rules: what they last said, and when the face was set aside."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from patients.exports import STAFF, Columns, Row, Section
from patients.models import Patient
from scoring.models import FaceSilence, RuleMemory


def sections(patient: Patient) -> Iterator[Section]:
    yield _silences(patient)
    yield _memories(patient)


def _silences(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "set_at": row.set_at,
            "is_wish": row.is_wish,
            "reason": str(row.reason),
            "words": row.words,
            "lifted_at": row.lifted_at,
        }
        for row in FaceSilence.objects.filter(patient=patient).order_by("set_at")
    ]
    columns = {
        "set_at": _("Since"),
        "is_wish": _("Your own wish"),
        "reason": _("Why"),
        "words": _("In words"),
        "lifted_at": _("Until"),
    }
    return Section("face_silences", _("When your face was not counted"), columns, rows)


def _memories(patient: Patient) -> Section:
    rows: list[Row] = [
        {"rule": row.rule, "is_firing": row.is_firing, "episode": row.episode, "changed_at": row.changed_at}
        for row in RuleMemory.objects.filter(patient=patient).order_by("rule")
    ]
    columns = {
        "rule": _("Rule"),
        "is_firing": _("Holds now"),
        "episode": _("Which occurrence your care team was told of"),
        "changed_at": _("Last changed"),
    }
    return Section("rule_memories", _("What the clinic's rules last said"), columns, rows)


COLUMNS = {
    "scoring.FaceSilence": Columns("face_silences", left_out={"set_by": STAFF, "lifted_by": STAFF}),
    "scoring.RuleMemory": Columns("rule_memories"),
}
