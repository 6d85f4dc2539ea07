import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.engine.package import load_package
from inference.training.dataset import SPLITS, Faces, Say, load_faces, strict_majority
from inference.training.errors import TrainingError
from inference.training.splits import SPLIT_SEED, partition
from scoring.readings import known_confusion
from scoring.rules import DEFAULT_MATRIX, ESTIMATORS, LinePolicy
from scoring.simulation import (
    CourseSettings,
    Readout,
    Report,
    SimulationError,
    figures,
    simulate,
    simulate_courses,
)
from scoring.simulation.courses import Table
from scoring.simulation.priors import compare_priors
from scoring.simulation.weeks import DEFAULT_ESTIMATOR

BATCH = 64
BATCHES_A_LINE = 16
HELD_OUT = "HeldOut"


class Command(BaseCommand):
    help = (
        "Measures how faithful scores and lines are, on patients simulated from labelled faces; prints JSON."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("data", type=Path, help="a folder in the packed form, or an .npz with votes")
        parser.add_argument(
            "--split",
            choices=(*SPLITS, HELD_OUT),
            help=f"the split to draw from; {HELD_OUT}: Training rows kept from training; default: all",
        )
        parser.add_argument("--weeks", type=int, default=2000, help="simulated weeks of each profile")
        parser.add_argument(
            "--patients", type=int, default=100, help="simulated patients of each course; 0: no courses"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--weights", type=Path, default=settings.WEIGHTS_DIR, help="the model's folder")
        parser.add_argument(
            "--write", type=Path, metavar="SCORE.MD", help="put tables and charts into this document as well"
        )
        parser.add_argument(
            "--priors", action="store_true", help="compare priors of the estimator instead, on the same draws"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["write"]:
                figures.frame_of(options["write"])  # now, and not when all is done
            classifier = Classifier(load_package(options["weights"]))
            faces = _chosen(load_faces(options["data"], self.stderr.write), options["split"])
            readout = read_faces(classifier, faces, self.stderr.write)
            if options["priors"]:
                self._print(compare_priors(readout, weeks=options["weeks"], seed=options["seed"]))
                return
            report = simulate(readout, weeks=options["weeks"], seed=options["seed"])
            study = CourseSettings(
                estimator=ESTIMATORS[DEFAULT_ESTIMATOR],
                matrix=DEFAULT_MATRIX,
                policy=LinePolicy(),
                patients=options["patients"],
                seed=options["seed"],
            )
            courses = simulate_courses(readout, study) if study.patients > 0 else {}
            package = classifier.package
            model = {"name": package.name, "version": package.version, "sha256": package.sha256}
            split = options["split"] or "all"
            used = {**report["settings"], **_of_courses(study), "split": split, "model": model}
            if options["write"] and courses:
                _write(options["write"], report, courses, readout, study, used)
        except (ModelPackageError, TrainingError, SimulationError) as error:
            raise CommandError(str(error)) from None
        self._print({**report, "settings": used, "courses": courses})

    def _print(self, found: object) -> None:
        self.stdout.write(json.dumps(found, indent=2))


def _chosen(faces: Faces, split: str | None) -> Faces:
    if split == HELD_OUT:
        return faces.rows(partition(faces, seed=SPLIT_SEED).held_out)
    return faces.split(split) if split else faces


def _of_courses(study: CourseSettings) -> dict[str, Any]:
    return {
        "patients": study.patients,
        "window_days": study.window_days,
        "window_floor": study.floor,
    }


def _write(
    document: Path,
    report: Report,
    courses: Table,
    readout: Readout,
    study: CourseSettings,
    used: dict[str, Any],
) -> None:
    model, split, weeks = used["model"], used["split"], used["weeks"]
    first = (
        f"Made by `simulate_scores` with `{model['name']} {model['version']}`, sha256 "
        f"`{model['sha256'][:12]}`, faces of {split}, {weeks} weeks of each profile, "
        f"{study.patients} patients of each course, "
        f"seed {study.seed}; window of {study.window_days} days, evidence {study.policy.evidence:g}."
    )
    pages = [
        first,
        "### Aims, with 7 check-ins a week",
        figures.aims_table(report, courses),
        "### Weeks, in brackets what true labels would give",
        figures.weeks_table(report),
        "### Estimators: over warning / over intervention, mean estimate",
        figures.estimators_table(report),
        "![mean estimates](score/estimators.svg)",
        "### Courses",
        "![false alerts](score/false-alerts.svg)\n\n![weeks to the warning line](score/onset.svg)",
        figures.courses_tables(courses),
        "### Other windows, and the second-day rule",
        figures.windows_table(readout, replace(study, patients=max(study.patients // 2, 1))),
    ]
    figures.write_figures(document, pages, figures.charts_of(report, courses))


def read_faces(classifier: Classifier, faces: Faces, say: Say = lambda line: None) -> Readout:
    """The classifier's answer to every face that people agree on, beside what they agreed on."""
    if faces.votes is None:
        raise SimulationError("the data hold no FER+ votes, so nobody knows what the faces show")
    truth = strict_majority(faces.votes)
    agreed = faces.rows(truth >= 0)
    if not len(agreed):
        raise SimulationError("the data hold no face that people agree on")
    shares = []
    for start in range(0, len(agreed), BATCH):
        shares.append(classifier.probabilities(agreed.pixels[start : start + BATCH]))
        if start // BATCH % BATCHES_A_LINE == 0:
            say(f"{min(start + BATCH, len(agreed))} of {len(agreed)} faces")
    return Readout(
        probabilities=np.concatenate(shares),
        truth=truth[truth >= 0],
        confusion=known_confusion(classifier.package),
        abstain_below=classifier.package.abstain_below,
    )
