"""The kinds of data a clinic sets a time for, each put together from the steps of the apps that hold it."""

from django.utils.translation import gettext_lazy as _

from clinics.cover import removals as of_rota
from inference import removals as of_readings
from inference import watch_removals as of_watch
from moodvision import retention_proof
from patients.retention import Kind
from patients.services import removals as of_patients
from scoring import removals as of_scores

YEAR = 365
TEN_YEARS = 10 * YEAR  # the usual time for a clinical record, for example § 630f (3) BGB
LONGEST = 40 * YEAR
SHORTEST = 100  # a quarter and the longest judging window must fit in it

KINDS = (
    Kind(
        name="images",
        title=_("Photos"),
        words=_("A photo is dropped once it has been read, unless you agreed that it may be kept."),
        default_days=0,
        shortest_days=0,
        longest_days=30,
        setting="image_retention_days",
        steps=(of_patients.remove_expired_images,),
        proof=retention_proof.images_left,
    ),
    Kind(
        name="readings",
        title=_("What the program guessed from photos, and the scores made of it"),
        words=_(
            "This is the program's own log: when, which version, what it answered or why not. "
            "A week, month or quarter of scores goes when all of it is older."
        ),
        default_days=3 * YEAR,
        shortest_days=SHORTEST,
        longest_days=LONGEST,
        steps=(of_scores.remove_old_scores, of_readings.remove_old_readings),
        proof=retention_proof.readings_left,
    ),
    Kind(
        name="fairness",
        title=_("The check of the program: its weekly figures, and what people volunteered about themselves"),
        words=_("The figures name nobody. Answers about yourself go at once when you withdraw them."),
        default_days=3 * YEAR,
        shortest_days=SHORTEST,
        longest_days=TEN_YEARS,
        steps=(of_watch.remove_old_figures, of_patients.remove_old_fairness_answers),
        proof=retention_proof.fairness_left,
    ),
    Kind(
        name="answers",
        title=_("What you say in check-ins and questionnaires"),
        words=_(
            "The number, your words, and what stood there before you corrected it. Your answers to "
            "questionnaires, with their totals."
        ),
        default_days=TEN_YEARS,
        shortest_days=SHORTEST,
        longest_days=LONGEST,
        steps=(
            of_patients.remove_old_answers,
            of_readings.remove_empty_check_ins,
            of_patients.remove_old_questionnaires,
        ),
        proof=retention_proof.answers_left,
    ),
    Kind(
        name="alerts",
        title=_("When your care team was asked to look, what was done, and when your face was not counted"),
        words=_("Counted from the day it was closed. What is still open stays until somebody has closed it."),
        default_days=TEN_YEARS,
        shortest_days=YEAR,
        longest_days=LONGEST,
        steps=(of_scores.remove_old_alerts, of_scores.remove_old_silences),
        proof=retention_proof.alerts_left,
    ),
    Kind(
        name="messages",
        title=_("To whom a message was sent, and when"),
        words=_("Of alerts to staff, notes and reminders. The messages themselves are not kept at all."),
        default_days=3 * YEAR,
        shortest_days=30,
        longest_days=LONGEST,
        steps=(of_patients.remove_old_messages,),
        proof=retention_proof.messages_left,
    ),
    Kind(
        name="drafts",
        title=_("What somebody has begun to write and not sent"),
        words=_(
            "Kept while it is written, so that a page which locks itself loses nothing, and gone once it is "
            "sent. Only who writes it can read it."
        ),
        default_days=7,
        shortest_days=1,
        longest_days=7,
        steps=(of_patients.remove_old_drafts,),
        proof=retention_proof.drafts_left,
    ),
    Kind(
        name="rota",
        title=_("Who of the staff was on duty or away, and their test alerts"),
        words=_(
            "Past shifts and leave. The last test alert that somebody confirmed stays while they work here: "
            "by it the clinic shows that they can be reached."
        ),
        default_days=YEAR,
        shortest_days=SHORTEST,  # judging who is gone looks back five weeks
        longest_days=TEN_YEARS,
        steps=(of_rota.remove_old_rota,),
        proof=retention_proof.rota_left,
    ),
    Kind(
        name="invitations",
        title=_("Links and codes by which people were let in"),
        words=_(
            "Invitations of patients and colleagues, and codes for somebody on call, once they have ended."
        ),
        default_days=90,
        shortest_days=7,
        longest_days=YEAR,
        steps=(of_patients.remove_old_links,),
        proof=retention_proof.links_left,
    ),
)
