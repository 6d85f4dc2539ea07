"""Shares with their interval for 100,000 patient-weeks of seven readings, by the product's estimator."""

from time import perf_counter, process_time

import numpy as np

from bench.harness import Figures, ratio, spread
from inference import registry
from scoring.readings import known_confusion
from scoring.rules import DEFAULT_MATRIX, ESTIMATORS, Readings, score_shares

PATIENT_WEEKS = 100_000
READINGS = 7
LIMIT_S = 5.0
MEASURED = (
    "probabilities [100000, 7, 7] to shares, covariance with the doubt of the committed model's confusion, "
    "score, 80 % interval and the probabilities of both lines; one process. The readings are made up: "
    "Dirichlet draws around the model's reference. processor_s leaves out what other programs took."
)


def run(*, is_quick: bool = False) -> Figures:
    weeks, rounds = (1_000, 1) if is_quick else (PATIENT_WEEKS, 3)
    readings = made_up_weeks(weeks)
    seconds: dict[str, list[float]] = {name: [] for name in ("mixture", "mean")}
    processor: list[float] = []
    for _ in range(rounds):
        for name, times in seconds.items():
            started, used = perf_counter(), process_time()
            score_shares(ESTIMATORS[name](readings), DEFAULT_MATRIX)
            times.append(perf_counter() - started)
            if name == "mixture":
                processor.append(process_time() - used)
    shown = {name: spread(times) for name, times in seconds.items()}
    return {
        "patient_weeks": weeks,
        "rounds": rounds,
        "seconds": shown,
        "processor_s": spread(processor),
        "limit_s": LIMIT_S,
        "ratio_to_limit": ratio(shown["mixture"]["p50"], LIMIT_S),
        "ratio_to_mean": ratio(shown["mixture"]["p50"], shown["mean"]["p50"]),
        "measured": MEASURED,
    }


def made_up_weeks(weeks: int) -> Readings:
    """As sharp as our classifier's: each reading a Dirichlet draw around one emotion of the reference."""
    confusion = known_confusion(registry.active_package())
    draws = np.random.default_rng(0)
    emotions = draws.choice(7, size=(weeks, READINGS), p=confusion.reference)
    sharp = 6.0 * np.eye(7)[emotions] + 1.5 * confusion.reference
    amounts = draws.standard_gamma(sharp) + 1e-6
    return Readings.of_one_model(amounts / amounts.sum(axis=-1, keepdims=True), confusion)
