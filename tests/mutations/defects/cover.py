"""Who is there when, and whether anybody would notice that the timers stand still."""

from tests.mutations.defects.defect import Defect

HOURS, COVER = "tests/clinics/test_cover_hours.py", "tests/clinics/test_cover.py"
LIVE, WATCHDOG = "tests/clinics/test_going_live.py", "tests/clinics/test_watchdog.py"

DEFECTS = (
    Defect(
        "cover",
        "an overnight span is closed before it opens",
        "clinics/cover/hours.py",
        "closing_day = day if row.closes > row.opens else day + DAY",
        "closing_day = day",
        (HOURS,),
    ),
    Defect(
        "cover",
        "a time that does not exist opens an hour too late",
        "clinics/cover/hours.py",
        "    return _end_of_gap(zone, found)\n",
        "    return found\n",
        (HOURS,),
    ),
    Defect(
        "cover",
        "holidays count as open",
        "clinics/cover/hours.py",
        "    if day in schedule.holidays:\n        return\n",
        "",
        (HOURS,),
    ),
    Defect(
        "cover",
        "hours by night outlive the phone they were declared by",
        "clinics/cover/snapshot.py",
        "return Schedule(self.zone, weekly, closed, by_night=by_night)",
        "return Schedule(self.zone, weekly, closed)",
        (COVER,),
    ),
    Defect(
        "cover",
        "an old test alert is night cover",
        "clinics/cover/snapshot.py",
        "found[member_id].append(Span(confirmed_at, confirmed_at + PHONE_DAYS))",
        "found[member_id].append(Span(confirmed_at, confirmed_at + 4 * PHONE_DAYS))",
        (COVER,),
    ),
    Defect(
        "cover",
        "with all on leave nobody is told",
        "clinics/cover/snapshot.py",
        "            list(here.values()) or self.clinicians,\n",
        "            list(here.values()),\n",
        (COVER,),
    ),
    Defect(
        "cover",
        "who is switched off still leads",
        "clinics/cover/readiness.py",
        "return member is not None and member.treats_patients",
        "return member is not None",
        (COVER,),
    ),
    Defect(
        "going live",
        "a clinic goes live with an unfinished checklist",
        "clinics/going_live/steps.py",
        "if not all(item.is_done for item in checklist(clinic)):",
        "if not any(item.is_done for item in checklist(clinic)):",
        (LIVE,),
    ),
    Defect(
        "going live",
        "opening the link of a test alert confirms it",
        "clinics/views/trials.py",
        'if request.method == "POST":',
        "if True:",
        (LIVE,),
    ),
    Defect(
        "watchdog",
        "a beat of the future counts",
        "clinics/watchdog.py",
        ", beaten_at__lt=Now() + SILENT_AFTER",
        "",
        (COVER,),
    ),
    Defect(
        "watchdog",
        "a mail that did not leave counts as told",
        "clinics/watchdog.py",
        "        return False\n    return True\n",
        "        return True\n    return True\n",
        (WATCHDOG,),
    ),
    Defect(
        "cover",
        "night cover outlives its phone",
        "clinics/cover/snapshot.py",
        "if member_id in added and added[member_id] <= sent_at:",
        "if True:",
        ("tests/clinics/test_cover.py",),
    ),
)
