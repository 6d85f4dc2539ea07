"""What keeps an alert somebody's duty."""

from tests.mutations.defects.defect import Defect

TRANSITIONS = "tests/scoring/duty/test_transitions.py"
DUTIES = "tests/scoring/duty/test_duties.py"
ITEM_9 = "tests/scoring/duty/test_item_nine.py"
SWEEPER = "tests/scoring/duty/test_sweeper.py"
AT_ONCE = "tests/scoring/duty/test_at_once.py"
PAGES = "tests/scoring/duty/test_pages.py"
HOURS = "tests/scoring/duty/test_hours.py"
CHAIN = "tests/scoring/duty/test_chain.py"
STANDING_STILL = "tests/scoring/duty/test_standing_still.py"

DEFECTS: tuple[Defect, ...] = (
    Defect(
        "duty",
        "an alert that is given back is nobody's, and no timer runs",
        "scoring/duty/transitions.py",
        "BACK_TO_OPEN = Move(State.OPEN, Owner.NOBODY, Timer.TAKE, Offer.GONE)",
        "BACK_TO_OPEN = Move(State.OPEN, Owner.NOBODY, Timer.NONE, Offer.GONE)",
        (TRANSITIONS,),
    ),
    Defect(
        "duty",
        "a further answer to item 9 leaves the alert with who has it",
        "scoring/services/alerts.py",
        "Act.CALL if is_higher or alert.is_urgent_lane else Act.NEWS",
        "Act.CALL if is_higher else Act.NEWS",
        (ITEM_9,),
    ),
    Defect(
        "duty",
        "item 9 is set aside like a warning",
        "scoring/services/duties.py",
        "if alert.is_urgent_lane or alert.severity == Alert.Severity.URGENT:",
        "if False:",
        (DUTIES,),
    ),
    Defect(
        "duty",
        "item 9 is resolved without anybody having spoken to the patient",
        "scoring/services/endings.py",
        "    if alert.rule == Alert.Rule.ITEM_9:\n",
        "    if False:\n",
        (ITEM_9,),
    ),
    Defect(
        "duty",
        "who proposes that a patient was not reached agrees with themselves",
        "scoring/services/endings.py",
        "    if alert.unreached_by_id == by.pk:\n",
        "    if False:\n",
        (ITEM_9,),
    ),
    Defect(
        "duty",
        "an offer makes somebody the owner who is not asked",
        "scoring/services/duties.py",
        "    if alert.offered_to_id != by.pk:\n",
        "    if alert.offered_to_id is None:\n",
        (DUTIES,),
    ),
    Defect(
        "duty",
        "an owner who is gone keeps the alert",
        "scoring/duty/sweeper.py",
        "            releases.release_gone(clinic=clinic, now=now)\n",
        "            pass\n",
        (SWEEPER,),
    ),
    Defect(
        "duty",
        "people are called outside cover hours",
        "scoring/duty/timers.py",
        "    return None if hours.is_open(schedule, at) else hours.next_opening(schedule, at)\n",
        "    return None\n",
        (SWEEPER,),
    ),
    Defect(
        "duty",
        "the sweeper passes on what somebody is resolving this very second",
        "scoring/duty/sweeper.py",
        "select_for_update(no_key=True, skip_locked=True)",
        "all()",
        (AT_ONCE,),
    ),
    Defect(
        "duty",
        "the record stays open to who was on call",
        "patients/services/on_call.py",
        "update(ends_at=timezone.now() + LENT_FOR)",
        "update(ends_at=None)",
        (SWEEPER,),
    ),
    Defect(
        "duty",
        "a patient is told before any screen has confirmed it",
        "scoring/services/receipts.py",
        "seq__gte=alert.called_seq, ",
        "",
        (ITEM_9,),
    ),
    Defect(
        "duty",
        "whether the patient was spoken to is asked at closing, when nobody is there",
        "scoring/duty/timers.py",
        "    due = max(min(closing, midnight) - BEFORE_CLOSING, hour_on)\n    if due < closing:",
        "    due = max(min(closing, midnight), hour_on)\n    if due:",
        (HOURS,),
    ),
    Defect(
        "duty",
        "a chain that has changed since calls the same rung twice",
        "scoring/duty/telling.py",
        "beyond = RUNGS[RUNGS.index(called) + 1 :] if called else RUNGS",
        "beyond = RUNGS[RUNGS.index(called) :] if called else RUNGS",
        (CHAIN,),
    ),
    Defect(
        "duty",
        "who comes on duty hears nothing of what is still open",
        "scoring/duty/sweeper.py",
        "return [*members, *(member for member in pool if member.pk not in known)]",
        "return members",
        (CHAIN,),
    ),
    Defect(
        "duty",
        "a page of before the newest answer resolves the alert",
        "scoring/services/moves.py",
        "if called_seq is not None and called_seq != alert.called_seq and not is_ended:",
        "if False:",
        (ITEM_9, PAGES),
    ),
    Defect(
        "duty",
        "the sweeper looks alive although a clinic was not judged",
        "scoring/tasks.py",
        "if not sweep.failed and watchdog.clocks_agree():",
        "if watchdog.clocks_agree():",
        (STANDING_STILL,),
    ),
    Defect(
        "duty",
        "what a clinic in shadow records is on the clinical pages",
        "scoring/access.py",
        "Alert.objects.of_duty().filter(",
        "Alert.objects.filter(",
        (PAGES,),
    ),
)
