"""The rules: what is silent, what is told once, and that no face outweighs words."""

from tests.mutations.defects.defect import Defect

LAWS = "tests/scoring/alert_rules/test_laws.py"
JUDGING = "tests/scoring/test_judging_rules.py"

DEFECTS = (
    Defect(
        "rules",
        "a face that says nothing raises face rules",
        "scoring/alert_rules/rule.py",
        "if self.reads_face and not facts.counts_face:",
        "if False:",
        ("tests/scoring/alert_rules/test_rules.py",),
    ),
    Defect(
        "rules",
        "the score line crosses for a face that says nothing",
        "scoring/services/standings.py",
        "if not (judges_lines and standing.is_enough) or patient_id in silent:",
        "if not (judges_lines and standing.is_enough):",
        (JUDGING,),
    ),
    Defect(
        "rules",
        "a patient's wish for a call can be switched off",
        "scoring/services/rule_settings.py",
        "if not draft.is_on and not rule.may_be_off:",
        "if False:",
        ("tests/scoring/test_rule_settings.py",),
    ),
    Defect(
        "rules",
        "the same occurrence is told at each judging",
        "scoring/alert_rules/findings.py",
        "        return finding.episode != memory.episode\n",
        "        return True\n",
        (LAWS, JUDGING),
    ),
    Defect(
        "rules",
        "a defect in a rule refuses a check-in",
        "scoring/services/judging.py",
        '    except Exception as error:\n        logger.error("Rules were',
        '    except OSError as error:\n        logger.error("Rules were',
        (JUDGING,),
    ),
    Defect(
        "rules",
        "a calm face hides a low mood in triage",
        "scoring/queries/urgency.py",
        "return min([OF_BAND.get(band, Urgency.UNKNOWN), urgency_of_words(said), *alerts])",
        "return min([OF_BAND.get(band, Urgency.UNKNOWN), *alerts])",
        ("tests/scoring/test_urgency.py",),
    ),
    Defect(
        "rules",
        "a clinician lifts a patient's own wish",
        "scoring/services/faces.py",
        "if row.is_wish and row.set_by_id is None:",
        "if False:",
        ("tests/scoring/test_faces.py",),
    ),
)
