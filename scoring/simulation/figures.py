"""The tables and charts of docs/score.md, from a report and its courses."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from scoring.simulation.charts import Chart, draw
from scoring.simulation.courses import (
    CHECK_INS,
    EVIDENCE,
    ONSET,
    CourseFigures,
    CourseSettings,
    Table,
    figures_of,
    judge_course,
)
from scoring.simulation.crossings import judge_courses
from scoring.simulation.faces import PROFILES, Readout, SimulationError
from scoring.simulation.weeks import Figures, ProfileFigures, Report

BEGIN, END = "<!-- simulate_scores: begin -->", "<!-- simulate_scores: end -->"
WEEK_COLUMNS = ("over warning", "over intervention", "surely over warning", "surely over intervention")
Line = Literal["over_warning", "over_intervention"]
SHARE_AIMS: tuple[tuple[str, Line, float | None, float | None], ...] = (
    ("well", "over_warning", 0.03, None),
    ("well", "over_intervention", 0.0, None),
    ("mild", "over_warning", 0.25, None),
    ("low", "over_warning", None, 0.80),
    ("severe", "over_warning", None, 0.98),
    ("severe", "over_intervention", None, 0.70),
)
"""By profile and line, the most or the least share of weeks that should be over it."""

COMPARED_WINDOWS = (7, 10, 14)
COMPARED_CHECK_INS = (4, 7)
COMPARED_LEVELS = (0.5, 0.6, 0.7, 0.8)


def write_figures(document: Path, pages: Sequence[str], charts: dict[str, Chart]) -> None:
    """Puts `pages` between the document's two marks, and each chart as an SVG beside it.

    Raises SimulationError when a mark is missing or the disk does not take them.
    """
    before, after = frame_of(document)
    folder = document.with_suffix("")
    try:
        folder.mkdir(exist_ok=True)
        for name, chart in charts.items():
            (folder / f"{name}.svg").write_text(draw(chart))
        document.write_text(before + "\n\n".join([BEGIN, *pages, END]) + after)
    except OSError as error:
        raise SimulationError(f"{document} cannot be written ({error.strerror})") from None


def frame_of(document: Path) -> tuple[str, str]:
    """What stands before and after the figures. Raises SimulationError where there is no place for them."""
    try:
        text = document.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SimulationError(f"{document} cannot be read: {error}") from None
    if BEGIN not in text or END not in text:
        raise SimulationError(f"{document} has no place for the figures: {BEGIN} and {END}")
    return text.split(BEGIN)[0], text.split(END)[1]


def weeks_table(report: Report) -> str:
    rows = [
        _row("profile", "true score", "mean estimate", *WEEK_COLUMNS, "interval holds", "weeks left out"),
        "|" + "---|" * (len(WEEK_COLUMNS) + 5),
    ]
    rows += [_profile_row(name, figures) for name, figures in report["profiles"].items()]
    return "\n".join(rows)


def _profile_row(name: str, figures: ProfileFigures) -> str:
    perfect = figures["perfect"]
    cells = [f"{figures['true_score']:.2f}", _number(figures["mean_score"])]
    cells += [
        f"{_percent(figures[key])} ({_percent(perfect[key])})"
        for key in ("over_warning", "over_intervention", "sure_warning", "sure_intervention")
    ]
    return _row(name, *cells, _percent(figures["interval_coverage"]), _percent(figures["under_floor"]))


def aims_table(report: Report, courses: Table) -> str:
    """Each aim of the default settings beside its figure, and whether it is kept."""
    profiles = report["profiles"]
    coverages = [one["interval_coverage"] or 0.0 for one in profiles.values()]
    pooled = sum(coverages) / len(coverages)
    daily = courses["7"]
    evidence = f"{report['settings']['evidence']:g}"
    alerts, onset = daily["well"][evidence]["alerts_per_year"], daily[ONSET][evidence]["weeks_to_warning"]
    rows = [_row("aim", "figure", ""), "|---|---|---|"]
    for profile, line, most, least in SHARE_AIMS:
        share = profiles[profile][line] or 0.0
        words = f"{profile} {line.replace('_', ' ')} " + _bounds(most, least)
        kept = share <= most if most is not None else share >= (least or 0.0)
        rows.append(_row(words, _percent(share), _kept(kept)))
    rows += [
        _row("coverage, pooled, 75 to 85 %", _percent(pooled), _kept(0.75 <= pooled <= 0.85)),
        _row(
            "coverage of each profile at least 65 %", _percent(min(coverages)), _kept(min(coverages) >= 0.65)
        ),
        _row("false alerts a year of a well patient at most 0.5", f"{alerts:.2f}", _kept(alerts <= 0.5)),
        _row(
            "severe onset found within 2 weeks, median",
            _number(onset),
            _kept(onset is not None and onset <= 2),
        ),
    ]
    return "\n".join(rows)


def _bounds(most: float | None, least: float | None) -> str:
    return f"at most {100 * most:g} %" if most is not None else f"at least {100 * (least or 0.0):g} %"


def _kept(is_kept: bool) -> str:
    return "kept" if is_kept else "**missed**"


def estimators_table(report: Report) -> str:
    """Over warning / over intervention by the estimate, mean estimate, and pooled coverage of each."""
    rows = [_row("estimator", *PROFILES, "pooled coverage"), "|" + "---|" * (len(PROFILES) + 2)]
    for name, one in report["estimators"].items():
        if "refused" in one:
            rows.append(_row(name, one["refused"], *[""] * len(PROFILES)))
            continue
        cells = [_short(figures) for figures in one["profiles"].values()]
        rows.append(_row(name, *cells, _percent(one["pooled_coverage"])))
    return "\n".join(rows)


def _short(figures: Figures) -> str:
    over = f"{_percent(figures['over_warning'])} / {_percent(figures['over_intervention'])}"
    return f"{over}, {_number(figures['mean_score'])}"


def courses_tables(courses: Table) -> str:
    """One table for each number of check-ins a week, a row for each evidence level."""
    return "\n\n".join(_course_table(times, by_course) for times, by_course in courses.items())


def _course_table(times: str, by_course: dict[str, dict[str, CourseFigures]]) -> str:
    levels = [f"{level:g}" for level in EVIDENCE]
    unjudged = _percent(by_course[ONSET][levels[0]]["unjudged"])
    heads = [f"{name}, alerts a year" for name in PROFILES]
    rows = [
        f"**{times} check-ins a week**; too few readings in the window at {unjudged} of scored ones\n",
        _row("evidence", *heads, "weeks to warning", "weeks to intervention", "missed"),
        "|" + "---|" * (len(heads) + 4),
    ]
    for level in levels:
        onset = by_course[ONSET][level]
        alerts = [f"{by_course[name][level]['alerts_per_year']:.2f}" for name in PROFILES]
        found = [_number(onset["weeks_to_warning"]), _number(onset["weeks_to_intervention"])]
        rows.append(_row(level, *alerts, *found, _percent(onset["missed"])))
    return "\n".join(rows)


def windows_table(readout: Readout, settings: CourseSettings) -> str:
    """What other windows, and the second-day rule, would have done."""
    heads = ("check-ins a week", "window", "second day", "evidence", "well, alerts a year", "mild")
    rows = [_row(*heads, "weeks to warning", "too few readings"), "|" + "---|" * (len(heads) + 2)]
    for times in COMPARED_CHECK_INS:
        for days in COMPARED_WINDOWS:
            rows += _window_rows(readout, replace(settings, window_days=days), times)
    return "\n".join(rows)


def _window_rows(readout: Readout, settings: CourseSettings, times: int) -> list[str]:
    names = ("well", "mild", ONSET)
    judged = {name: judge_course(readout, settings, name, times, COMPARED_LEVELS)[1] for name in names}
    rows = []
    for second_day in (False, True):
        policy = replace(settings.policy, second_day=second_day)
        crossings = {
            name: judge_courses(one, settings.matrix, policy, COMPARED_LEVELS) for name, one in judged.items()
        }
        for place, level in enumerate(COMPARED_LEVELS):
            by = {name: figures_of(name, crossings[name], judged[name], place) for name in names}
            shown = [f"{by[name]['alerts_per_year']:.2f}" for name in ("well", "mild")]
            shown += [_number(by[ONSET]["weeks_to_warning"]), _percent(by[ONSET]["unjudged"])]
            chosen = [str(times), f"{settings.window_days} days", "yes" if second_day else "no"]
            rows.append(_row(*chosen, f"{level:g}", *shown))
    return rows


def charts_of(report: Report, courses: Table) -> dict[str, Chart]:
    levels = [f"{level:g}" for level in EVIDENCE]

    def by_check_ins(course: str, figure: str) -> dict[str, Sequence[float | None]]:
        return {
            f"{times} check-ins a week": [courses[str(times)][course][level][figure] for level in levels]  # type: ignore[literal-required]
            for times in CHECK_INS
        }

    estimates = {
        name.split("/")[0]: [figures["mean_score"] for figures in one["profiles"].values()]
        for name, one in report["estimators"].items()
        if name.endswith("/scaled_sum") and "refused" not in one
    }
    truths = [round(figures["true_score"], 2) for figures in report["profiles"].values()]
    return {
        "false-alerts": Chart(
            "False alerts of a well patient",
            "evidence level",
            "a year",
            EVIDENCE,
            by_check_ins("well", "alerts_per_year"),
            aim=0.5,
        ),
        "onset": Chart(
            "From the onset to the warning line, median",
            "evidence level",
            "weeks",
            EVIDENCE,
            by_check_ins(ONSET, "weeks_to_warning"),
            aim=2.0,
        ),
        "estimators": Chart(
            "Mean estimate of a week against its true score",
            "true score of well, mild, low, severe",
            "estimate",
            truths,
            {"true": truths, **estimates},
        ),
    }


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f} %"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
