"""The model and its score: nothing worse is put in force, and no figure says more than the readings do."""

from tests.mutations.defects.defect import Defect

GATE = "tests/inference/test_gate.py"
PROMOTION = "tests/inference/test_promotion.py"
FIDELITY = "tests/scoring/test_fidelity.py"
ESTIMATE = "tests/scoring/rules/test_estimate.py"
LINES = "tests/scoring/rules/test_lines.py"

DEFECTS = (
    Defect(
        "model gate",
        "a model that the gate refuses is put in force",
        "inference/promotion.py",
        "        if verdict.passed:\n            _put_in_force(model, replaced)",
        "        if verdict:\n            _put_in_force(model, replaced)",
        (PROMOTION,),
    ),
    Defect(
        "model gate",
        "what is won on one emotion makes up for another's loss",
        "inference/gate.py",
        "max(losses.values()) <= RECALL_LOSS",
        "sum(losses.values()) <= RECALL_LOSS",
        (GATE,),
    ),
    Defect(
        "model gate",
        "a face may be read by its neighbours",
        "inference/gate.py",
        "difference <= BATCH_TOLERANCE",
        "difference <= 1",
        (GATE,),
    ),
    Defect(
        "model gate",
        "an emotion may be missing from the golden set",
        "inference/gate.py",
        "bool((counts >= FEWEST_FACES).all())",
        "bool((counts >= FEWEST_FACES).any())",
        (GATE, PROMOTION),
    ),
    Defect(
        "model gate",
        "rows that models are trained on may judge them",
        "inference/promotion.py",
        "    _refuse_trained_on(golden)\n",
        "",
        (GATE,),
    ),
    Defect(
        "model gate",
        "a clinic may be pinned to a model that never passed",
        "inference/promotion.py",
        'if not (model.gate or {}).get("passed"):',
        "if False:",
        (PROMOTION,),
    ),
    Defect(
        "model gate",
        "scores may become worse",
        "inference/gate.py",
        "return Verdict((*checks, *(ask(comparison) for ask in _judges)))",
        "return Verdict((*checks,))",
        (PROMOTION, FIDELITY),
    ),
    Defect(
        "score",
        "contested readings go on counting",
        "inference/models/readings.py",
        "return self.scored().filter(is_contested=False)",
        "return self.scored()",
        ("tests/inference/test_contests.py", "tests/scoring/test_two_models.py"),
    ),
    Defect(
        "score",
        "the interval says nothing of the doubt about the confusion",
        "scoring/rules/estimate.py",
        "        covariance = covariance + at_most(of_doubt, multinomial(mean))\n",
        "        covariance = covariance + 0 * at_most(of_doubt, multinomial(mean))\n",
        ("tests/scoring/rules/test_confusion.py", ESTIMATE),
    ),
    Defect(
        "score",
        "a line over which the patient still is speaks again",
        "scoring/rules/lines.py",
        "return LineState() if estimate <= line - policy.rearm_below else state",
        "return LineState() if estimate <= line + policy.rearm_below else state",
        (LINES, "tests/scoring/rules/test_crossings.py"),
    ),
    Defect(
        "score",
        "old readings judge a line",
        "scoring/rules/score.py",
        'return kind != "window" or (newest_age is not None and newest_age <= NEWEST_READING_AGE)',
        "return True",
        ("tests/scoring/rules/test_score.py",),
    ),
    Defect(
        "score",
        "every reading is judged by the first model's confusion",
        "scoring/services/estimates.py",
        "model[row, column] = confusions.setdefault(reading.confusion, len(confusions))",
        "model[row, column] = 0 * confusions.setdefault(reading.confusion, len(confusions))",
        ("tests/scoring/test_judging.py", "tests/scoring/test_two_models.py"),
    ),
)
