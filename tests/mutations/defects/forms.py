"""Questionnaires: every answer is kept and told of, nothing is guessed that must not be."""

from tests.mutations.defects.defect import Defect

SAVING = "tests/patients/questionnaires/test_save_answers.py"
SCORING = "tests/patients/questionnaires/test_scoring.py"
PLANS = "tests/patients/questionnaires/test_plans.py"
ROUNDS = "tests/patients/questionnaires/test_rounds.py"

DEFECTS = (
    Defect(
        "questionnaires",
        "an answer that arrives when the round is over is told to nobody",
        "patients/services/answers.py",
        "        for answer in new:\n            _tell(round_, answer)",
        "        for answer in new if round_.is_open else ():\n            _tell(round_, answer)",
        (SAVING,),
    ),
    Defect(
        "questionnaires",
        "one wrong answer costs the others of its form",
        "patients/services/answers.py",
        "            saved.refused.append(RefusedAnswer(one.item, code, one.key))\n            continue",
        "            saved.refused.append(RefusedAnswer(one.item, code, one.key))\n            break",
        (SAVING,),
    ),
    Defect(
        "questionnaires",
        "a number out of range is an answer",
        "patients/services/answers.py",
        "is_whole and 0 <= one.value < len(item.answers)",
        "is_whole and 0 <= one.value",
        (SAVING,),
    ),
    Defect(
        "questionnaires",
        "item 9 is filled in by the mean of the others",
        "patients/questionnaires/scoring.py",
        "    if is_too_little or rules.never_imputed.intersection(missing):",
        "    if is_too_little:",
        (SCORING,),
    ),
    Defect(
        "questionnaires",
        "the PHQ-9 is switched on though nobody would hear item 9",
        "patients/services/plans.py",
        "    if form.item_nine and cover.missing_for_item_nine(clinic):",
        "    if False:",
        (PLANS,),
    ),
    Defect(
        "questionnaires",
        "the adult forms are offered to the young",
        "patients/services/plans.py",
        "    if is_under(patient, form.from_age):",
        "    if False:",
        (ROUNDS,),
    ),
    Defect(
        "questionnaires",
        "another patient's form is answered",
        "patients/access.py",
        "    found = QuestionnaireRound.objects.filter(patient=patient, pk=round_id).first()\n"
        "    if found is None:\n        raise Http404\n    return found",
        "    found = QuestionnaireRound.objects.filter(pk=round_id).first()\n"
        "    if found is None:\n        raise Http404\n    return found",
        (SAVING,),
    ),
)
