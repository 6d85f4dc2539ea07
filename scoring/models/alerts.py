from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Lane as CoverLane
from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models import Patient

OWNED = Q(owner__isnull=False, taken_at__isnull=False)
NOBODYS = Q(owner__isnull=True, taken_at__isnull=True)
UNRESOLVED = Q(resolved_by__isnull=True, resolved_at__isnull=True, note__isnull=True, outcome="")
RESOLVED = Q(resolved_by__isnull=False, resolved_at__isnull=False, note__isnull=False) & ~Q(outcome="")


class AlertSequence(TenantModel):
    """The last number given to an alert of a clinic. Its row lock is held to the commit, so numbers appear in
    their order and none is left out."""

    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="one_alert_sequence_per_clinic")]


class AlertQuerySet(models.QuerySet["Alert"]):
    def unresolved(self) -> "AlertQuerySet":
        """Somebody's duty. What a clinic in shadow records is nobody's."""
        return self.exclude(state__in=[Alert.State.RESOLVED, Alert.State.SHADOW])

    def of_duty(self) -> "AlertQuerySet":
        """All that was ever somebody's duty: what clinical pages may show."""
        return self.exclude(state=Alert.State.SHADOW)


class Alert(TenantModel):
    """Somebody's duty until it is resolved. It never resolves itself.

    `seq` is the number of its newest event, or of a later move to another care team.
    `facts` are the plain scalars that the rule knew last (totals, bands, counts, times; never an answer).
    What a `score_line` alert knew, how surely and on how many readings, is kept in columns of their own.
    """

    class Rule(models.TextChoices):
        """Those known by name; a rule may add a part of its own after a colon ("questionnaire_band:gad7")."""

        ITEM_9 = "item_9", _("item 9 of the PHQ-9 was answered above 0")
        ITEM_9_OPEN = "item_9_open", _("item 9 of the PHQ-9 was left open")
        CALL_WANTED = "call_wanted", _("the patient would like a call")
        SCORE_LINE = "score_line", _("the score crossed a line")
        ANALYSIS_FAILED = "analysis_failed", _("a photo could not be analysed: look yourself")
        SUSTAINED_EMOTION = "sustained_emotion", _("one emotion held most of the estimated share")
        EMOTION_COUNT = "emotion_count", _("one emotion was read often in a short time")
        HAPPY_FALL = "happy_fall", _("less happiness than this patient's own usual")
        LOW_MOOD = "low_mood", _("own mood low, or well below their usual")
        MOOD_RISE = "mood_rise", _("mood rises with little sleep")
        DISAGREEMENT = "disagreement", _("what the patient says and what the photos show differ")
        QUESTIONNAIRE_BAND = "questionnaire_band", _("a questionnaire entered a band")
        QUESTIONNAIRE_WORSENING = "questionnaire_worsening", _("a questionnaire became clearly worse")
        UNREAD_NOTE = "unread_note", _("a note of the patient is unread")
        NO_CHECK_IN = "no_check_in", _("no check-in for days")
        NOT_ENOUGH_DATA = "not_enough_data", _("not enough data to say anything")
        READING_CONTESTED = "reading_contested", _("the patient contests a reading")

    class Line(models.TextChoices):
        NONE = "", _("no line")
        WARNING = "warning", _("warning line")
        INTERVENTION = "intervention", _("intervention line")

    Lane = CoverLane

    class Severity(models.TextChoices):
        URGENT = "urgent", _("urgent")
        INTERVENTION = "intervention", _("intervention")
        WARNING = "warning", _("warning")
        NOTICE = "notice", _("notice")

    class State(models.TextChoices):
        OPEN = "open", _("open, nobody has it yet")
        TAKEN = "taken", _("taken, patient not yet spoken to")
        NOT_REACHED = "not_reached", _("tried, patient not reached yet")
        REACHED = "reached", _("patient spoken to, not resolved yet")
        RESOLVED = "resolved", _("resolved")
        SHADOW = "shadow", _("recorded only: the clinic is not live yet")

    class Outcome(models.TextChoices):
        NONE = "", _("none yet")
        NOTED = "noted", _("as the note says")
        SPOKEN = "spoken", _("somebody spoke to the patient")
        NO_CONTACT = "no_contact", _("looked into; no contact was needed")
        NOT_REACHED = "not_reached", _("not reached; the clinic's own steps were taken")
        HANDED_OVER = "handed_over", _("a named receiver has accepted it")
        DIED = "died", _("the patient has died")

    patient = TenantForeignKey(Patient, related_name="alerts")
    seq = models.PositiveBigIntegerField()
    rule = models.CharField(max_length=60)
    line = models.CharField(max_length=20, choices=Line, default=Line.NONE, blank=True)
    lane = models.CharField(max_length=20, choices=Lane, default=Lane.ROUTINE)
    severity = models.CharField(max_length=20, choices=Severity, default=Severity.WARNING)
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    is_shadow = models.BooleanField(default=False)
    facts = models.JSONField(default=dict, blank=True)
    text = EncryptedTextField(null=True, blank=True, help_text=_("The clinic's own words of the rule"))
    opened_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    called_at = models.DateTimeField(
        default=timezone.now, help_text=_("Since when somebody is wanted: opened, or opened again")
    )
    called_seq = models.PositiveBigIntegerField(default=0)
    owner = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    offered_to = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    offered_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snoozes = models.PositiveSmallIntegerField(default=0)
    reached_at = models.DateTimeField(null=True, blank=True)
    unreached_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    unreached_at = models.DateTimeField(null=True, blank=True)
    receiver = EncryptedTextField(null=True, blank=True, help_text=_("Who accepted it outside this clinic"))
    received_at = models.DateTimeField(null=True, blank=True)
    resolved_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.NONE, blank=True)
    note = EncryptedTextField(null=True, blank=True)
    spoken_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    spoken_with = EncryptedTextField(null=True, blank=True)
    spoken_at = models.DateTimeField(null=True, blank=True)
    next_date = models.DateField(null=True, blank=True)
    was_helpful = models.BooleanField(null=True, blank=True)
    score = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    probability = models.FloatField(null=True, help_text=_("Of being on or over the line"))
    readings = models.PositiveIntegerField(default=0)
    window_start = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "seq"], name="alert_numbers_have_no_double"),
            models.UniqueConstraint(
                fields=["clinic", "patient", "rule", "is_shadow"],
                condition=~Q(state="resolved"),
                name="one_open_alert_per_patient_and_rule",
            ),
            models.CheckConstraint(
                condition=Q(NOBODYS, UNRESOLVED, state__in=["open", "shadow"])
                | Q(OWNED, UNRESOLVED, state__in=["taken", "not_reached", "reached"])
                | Q(OWNED | NOBODYS, RESOLVED, state="resolved"),
                name="an_alert_says_who_has_and_resolved_it",
            ),
            models.CheckConstraint(
                condition=Q(rule="score_line", score__isnull=False, line__in=["warning", "intervention"])
                | (~Q(rule="score_line") & Q(line="")),
                name="a_score_alert_has_its_line",
            ),
            models.CheckConstraint(
                condition=Q(is_shadow=True, state="shadow") | (Q(is_shadow=False) & ~Q(state="shadow")),
                name="a_shadow_is_nobodys_duty",
            ),
            models.CheckConstraint(
                condition=Q(offered_to__isnull=True, offered_at__isnull=True)
                | Q(OWNED, offered_to__isnull=False, offered_at__isnull=False),
                name="only_an_owner_offers_an_alert",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True)
                | (Q(OWNED, state__in=["taken", "not_reached"]) & ~Q(lane__in=["item_9", "call"])),
                name="urgent_alerts_never_sleep",
            ),
            models.CheckConstraint(
                condition=~Q(rule="item_9", outcome__in=["spoken", "not_reached", "noted", "no_contact"])
                | Q(
                    outcome="spoken",
                    spoken_by__isnull=False,
                    spoken_with__isnull=False,
                    spoken_at__isnull=False,
                    next_date__isnull=False,
                )
                | (
                    Q(outcome="not_reached", unreached_by__isnull=False, next_date__isnull=False)
                    & ~Q(unreached_by=models.F("resolved_by"))
                ),
                name="item_9_says_who_spoke_or_who_else_looked",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-opened_at"], name="alerts_by_patient")]

    @property
    def is_urgent_lane(self) -> bool:
        """Never muted, capped, snoozed or ordered below another."""
        return CoverLane(self.lane).is_urgent

    @property
    def rule_label(self) -> str:
        name = self.rule.partition(":")[0]
        return str(self.Rule(name).label) if name in self.Rule.values else name

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


URGENT_LANES: tuple[str, ...] = tuple(lane for lane in CoverLane if lane.is_urgent)


class AlertEvent(TenantModel):
    """What happened to an alert, under a number of its own: its history, which nobody edits.

    `toward`: to whom it was offered, or who took over. Words of people lie in `AlertWords`.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        RECORDED = "recorded", _("recorded in shadow: nobody was told")
        ESCALATED = "escalated", _("became more serious")
        REPEATED = "repeated", _("happened again")
        CHANGED = "changed", _("the patient changed the answer to 0; the alert stays")
        TAKEN = "taken", _("taken")
        ACKNOWLEDGED = "acknowledged", _("taken")
        MISSED = "missed", _("tried, patient not reached")
        REACHED = "reached", _("patient spoken to")
        OFFERED = "offered", _("offered to a colleague")
        ACCEPTED = "accepted", _("accepted by the colleague")
        DECLINED = "declined", _("declined by the colleague")
        LAPSED = "lapsed", _("the offer was not answered in time")
        RELEASED = "released", _("given back: nobody has it")
        SNOOZED = "snoozed", _("set aside")
        WOKE = "woke", _("no longer set aside")
        CALLED = "called", _("those who are there were told")
        PASSED_ON = "passed_on", _("not taken in time: passed on")
        OVERDUE = "overdue", _("patient not spoken to in time: passed on")
        PROPOSED = "proposed", _("not reached after the clinic's own steps; waits for a second clinician")
        HANDED_OVER = "handed_over", _("accepted by a named receiver")
        RESOLVED = "resolved", _("resolved")

    alert = TenantForeignKey(Alert, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    line = models.CharField(max_length=20, choices=Alert.Line, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    toward = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict, blank=True)
    score = models.FloatField(null=True)
    readings = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "seq"], name="alert_events_have_no_double")]
        indexes = [models.Index(fields=["clinic", "alert", "seq"], name="events_by_alert")]
