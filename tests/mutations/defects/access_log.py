"""What is written down of looks and acts, and that nobody can change it quietly."""

from tests.mutations.defects.defect import Defect

LOG = "tests/clinics/test_access_log.py"
EXPORTED_LOG = "tests/clinics/test_exported_log.py"
ANCHORS = "tests/clinics/test_anchors.py"

DEFECTS = (
    Defect(
        "log",
        "entries are collected and not written",
        "clinics/access_log.py",
        "            write(self.clinic_id, self.acts, using=self.using)\n",
        "            pass\n",
        (LOG,),
    ),
    Defect(
        "log",
        "the signature of an export's head is not required",
        "clinics/verify_log/exports.py",
        "            open_signed(export.head, trusted, Type.EXPORT)\n",
        "",
        (EXPORTED_LOG,),
    ),
    Defect(
        "log",
        "one signed text passes for another",
        "clinics/verify_log/signatures.py",
        "    if is_of not in types:\n",
        "    if False:\n",
        (EXPORTED_LOG,),
    ),
    Defect(
        "log",
        "the links between anchors are not checked",
        "clinics/verify_log/anchor_lines.py",
        "    if not is_next and (before.number or not resumed):\n",
        "    if False:\n",
        (ANCHORS,),
    ),
    Defect(
        "log",
        "a shortened file of anchors is not compared with the database",
        "clinics/anchors.py",
        "    if remembered and known.lines.get(remembered.line) != remembered.line_hash:\n",
        "    if False:\n",
        (ANCHORS,),
    ),
    Defect(
        "log",
        "a chain with a finding is signed on",
        "clinics/anchoring.py",
        "    if found:\n        return Verdict(chain, findings=found)\n",
        "",
        (ANCHORS,),
    ),
    Defect(
        "log",
        "a gap in the spool is not checked",
        "clinics/log_replay.py",
        "    for number in missing:\n",
        "    for number in ():\n",
        ("tests/clinics/test_log_spool.py",),
    ),
    Defect(
        "log",
        "what the operator took out is in no accounting of disclosures",
        "patients/audit/queries.py",
        ' | (Q(role="system") & ~Q(kind=Kind.EXPORT))',
        ' | Q(role="system")',
        ("tests/patients/test_exported_entries.py",),
    ),
    Defect(
        "denial",
        "a socket that is refused leaves no entry",
        "scoring/consumers.py",
        "if code is not Closing.TRY_AGAIN:",
        "if False:",
        ("tests/scoring/test_socket_denials.py",),
    ),
    Defect(
        "denial",
        "whoever lacks the second factor leaves no entry",
        "clinics/middleware.py",
        "if response.status_code not in REFUSED and not reason:",
        "if response.status_code not in REFUSED:",
        ("tests/clinics/test_denials.py",),
    ),
    Defect(
        "denial",
        "whoever guesses beyond the limit leaves no entry",
        "clinics/adapters.py",
        "            self.request.has_tried_too_often = True\n",
        "            pass\n",
        ("tests/clinics/test_denials.py",),
    ),
    Defect(
        "denial",
        "a scanner fills the platform's log",
        "clinics/denials.py",
        "if _is_within_limits():",
        "if True:",
        ("tests/clinics/test_denials.py",),
    ),
    Defect(
        "limit",
        "passwords of one account may be guessed for ever",
        "moodvision/settings.py",
        '"login_failed": "10/m/ip,5/5m/key",',
        '"login_failed": "10/m/ip",',
        ("tests/clinics/test_sign_in.py::test_guessing_one_account_is_slowed_from_any_address",),
    ),
    Defect(
        "words",
        "a log line quotes what an exception says",
        "moodvision/log_lines.py",
        "bare.msg, bare.args = _without_words(record.getMessage(), record.exc_info[1]), None",
        "pass",
        ("tests/isolation/test_error_pages.py",),
    ),
)
