"""Every way from readings to shares, behind one interface: `ESTIMATORS[name](readings)`.

The product's is "mixture"; a clinic may choose "mean". The others are there to be compared with.
"""

import numpy as np

from scoring.rules.confusion import Floats, Ints, K, refuse_singular
from scoring.rules.doubt import ReadingDoubt, doubt_covariance
from scoring.rules.estimate import at_most, count_response, estimate_shares, normalised
from scoring.rules.readings import Readings
from scoring.rules.shares import POPULATION, Estimator, Shares, mean_from_sums, multinomial

EM_STEPS = 200
LEAST_SHARE = 1e-6


def mixture(readings: Readings) -> Shares:
    """The Bayesian estimate with Dirichlet priors; its covariance carries the doubt of each confusion."""
    doubt = ReadingDoubt.of(readings)
    return estimate_shares(readings.likelihoods(), readings.used, doubt=doubt)


def plain_mean(readings: Readings) -> Shares:
    """The average of the probabilities. It knows nothing of confusions, so its interval is not calibrated."""
    known = np.where(readings.used[..., None], readings.probabilities, 0.0)
    return mean_from_sums(known.sum(axis=1), readings.counts)


def argmax_counts(readings: Readings) -> Shares:
    """How often each emotion was the first answer. It knows nothing of confusions either."""
    return mean_from_sums(_answer_counts(readings), readings.counts)


def inverse_confusion(readings: Readings) -> Shares:
    """First answers through the inverse of the confusion, cut to shares: unbiased before the cut, but noisy.

    A period of several models has the confusion that its readings have on average. Raises
    SingularConfusionError when a model reads two emotions alike.
    """
    for confusion in readings.confusions:
        confusion.refuse_singular()
    n = np.maximum(readings.counts, 1)[:, None]
    said = _answer_counts(readings) / n
    rates = _mean_rates(readings)
    refuse_singular(rates)
    inverse = np.linalg.inv(rates).swapaxes(1, 2)
    cut = np.maximum((inverse @ said[..., None])[..., 0], 0.0)
    mean = _or_population(normalised(cut), readings.counts)
    spread = multinomial(said) + _rate_doubt(readings, mean) * n[..., None]
    covariance = inverse @ spread @ inverse.swapaxes(1, 2) / (n + 1.0)[..., None]
    unknown = (readings.counts == 0)[:, None, None]
    return Shares(mean, np.where(unknown, multinomial(mean), covariance), readings.counts)


def likeliest(readings: Readings) -> Shares:
    """The shares of greatest likelihood, by expectation and maximisation from even shares; no prior."""
    likelihood = np.where(readings.used[..., None], readings.likelihoods(), 0.0)
    mean = np.full((len(readings), K), 1.0 / K)
    for _ in range(EM_STEPS):
        r = normalised(likelihood * mean[:, None, :])
        mean = normalised(np.maximum(r.sum(axis=1), LEAST_SHARE))
    n = np.maximum(readings.counts, 1)[:, None, None]
    even = np.full(K, LEAST_SHARE)
    of_counts, influence = count_response(r, r.sum(axis=1), even)
    doubt = doubt_covariance(r, r.sum(axis=1), even, influence, ReadingDoubt.of(readings))
    mean = _or_population(mean, readings.counts)
    covariance = (multinomial(mean) + of_counts / n) / (n + 1.0) + at_most(doubt / n**2, multinomial(mean))
    return Shares(mean, covariance, readings.counts)


ESTIMATORS: dict[str, Estimator] = {
    "mixture": mixture,
    "mean": plain_mean,
    "argmax": argmax_counts,
    "inverse": inverse_confusion,
    "em": likeliest,
}


def _answer_counts(readings: Readings) -> Floats:
    said = (readings.answers[..., None] == np.arange(K)) & readings.used[..., None]
    counts: Floats = said.sum(axis=1).astype(np.float64)
    return counts


def _or_population(mean: Floats, counts: Ints) -> Floats:
    return np.where(counts[:, None] > 0, mean, POPULATION)


def _models(readings: Readings) -> Floats:
    """The share of each model among a period's readings, [B, M]; the first model's where there are none."""
    of_model = (readings.model[..., None] == np.arange(len(readings.confusions))) & readings.used[..., None]
    counts = of_model.sum(axis=1).astype(np.float64)
    counts[readings.counts == 0, 0] = 1.0
    return normalised(counts)


def _mean_rates(readings: Readings) -> Floats:
    rates = np.array([confusion.rates for confusion in readings.confusions])
    mean: Floats = np.einsum("bm,mkj->bkj", _models(readings), rates)
    return mean


def _rate_doubt(readings: Readings, mean: Floats) -> Floats:
    """Covariance [B, 7, 7] of the expected answers by the doubt of the confusions: Dirichlet rows."""
    whole = np.zeros((len(readings), K, K))
    for number, confusion in enumerate(readings.confusions):
        doubt = multinomial(confusion.rates) * confusion.row_doubt[:, None, None]
        weight = _models(readings)[:, number, None] * mean
        whole += np.einsum("bk,kij->bij", weight**2, doubt)
    return whole
