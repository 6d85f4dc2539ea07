from patients.views.access_log import (
    access_log,
    export_log,
    log_reviews_page,
    sign_review,
    unusual_access,
    verify_log,
)
from patients.views.admission import admit, invite, unlink
from patients.views.after_item_nine import after_item_nine, item_nine_told
from patients.views.break_glass import break_glass, break_glass_reviews, review_break_glass
from patients.views.certificates import (
    certificate,
    certificates,
    download_certificate,
    print_certificate,
)
from patients.views.check_ins import check_in, programme_check_in
from patients.views.consents import consents
from patients.views.desk import (
    close_request,
    correct_requested,
    desk,
    desk_request,
    export_requested,
    extend_request,
    restrict_requested,
)
from patients.views.desk_erasures import desk_erasure
from patients.views.drafts import drafts, own_drafts
from patients.views.emergencies import edit_emergency_card, emergency_card, print_emergency_card
from patients.views.fairness import fairness
from patients.views.holds import hold, holds
from patients.views.intakes import intake
from patients.views.joining import join
from patients.views.left_notes import give_left_note, left_note, left_notes, read_left_note
from patients.views.messages import (
    add_own_address,
    add_own_device,
    change_reminders,
    own_contacts,
    own_messages,
    remove_own_address,
    test_own_channel,
)
from patients.views.moving import moving
from patients.views.notices import notices
from patients.views.own_data import (
    ask,
    change_contact,
    correct_check_in,
    erase,
    export_own_data,
    own_data,
    restrict,
)
from patients.views.own_plans import edit_own_plan, own_plan
from patients.views.pins import choose_pin, unlock
from patients.views.policies import policy, staff_names
from patients.views.programmes import close_programme, own_programmes, programmes
from patients.views.questionnaire_plans import plan_questionnaire, questionnaire_plans
from patients.views.questionnaires import (
    own_questionnaires,
    questionnaire,
    questionnaire_item,
    questionnaire_sheet,
    send_questionnaire,
)
from patients.views.results import (
    ask_questionnaire,
    enter_answers,
    questionnaire_result,
    questionnaire_results,
)
from patients.views.retention import erasure_times, privacy, retention_settings
from patients.views.search import find
from patients.views.standing import closed_records, standing
from patients.views.teams import teams
from patients.views.trusted import trusted_answer, trusted_person
from patients.views.who_looked import who_looked

__all__ = [
    "access_log",
    "add_own_address",
    "add_own_device",
    "admit",
    "after_item_nine",
    "ask",
    "ask_questionnaire",
    "break_glass",
    "break_glass_reviews",
    "certificate",
    "certificates",
    "change_contact",
    "change_reminders",
    "check_in",
    "choose_pin",
    "close_programme",
    "close_request",
    "closed_records",
    "consents",
    "correct_check_in",
    "correct_requested",
    "desk",
    "desk_erasure",
    "desk_request",
    "download_certificate",
    "drafts",
    "edit_emergency_card",
    "edit_own_plan",
    "emergency_card",
    "enter_answers",
    "erase",
    "erasure_times",
    "export_log",
    "export_own_data",
    "export_requested",
    "extend_request",
    "fairness",
    "find",
    "give_left_note",
    "hold",
    "holds",
    "intake",
    "invite",
    "item_nine_told",
    "join",
    "left_note",
    "left_notes",
    "log_reviews_page",
    "moving",
    "notices",
    "own_contacts",
    "own_data",
    "own_drafts",
    "own_messages",
    "own_plan",
    "own_programmes",
    "own_questionnaires",
    "plan_questionnaire",
    "policy",
    "print_certificate",
    "print_emergency_card",
    "privacy",
    "programme_check_in",
    "programmes",
    "questionnaire",
    "questionnaire_item",
    "questionnaire_plans",
    "questionnaire_result",
    "questionnaire_results",
    "questionnaire_sheet",
    "read_left_note",
    "remove_own_address",
    "restrict",
    "restrict_requested",
    "retention_settings",
    "review_break_glass",
    "send_questionnaire",
    "sign_review",
    "staff_names",
    "standing",
    "teams",
    "test_own_channel",
    "trusted_answer",
    "trusted_person",
    "unlink",
    "unlock",
    "unusual_access",
    "verify_log",
    "who_looked",
]
