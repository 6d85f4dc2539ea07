"""What a confusion counted on so many faces, and no more, adds to the doubt about shares.

The rate at which faces of emotion k get answer j is known from counts: its row of the confusion has a
Dirichlet posterior (Jeffreys prior), and log rates have covariance diag(1 / c_kj) - 1 / n_k to first order. A
model whose true rate is e^d times the counted one makes all readings with answer j that much likelier under
k. The response of the class counts to such a push is known (`count_response`), so the delta method carries
the doubt over: what drawing confusions from their posterior and estimating again would show, without draws.
"""

from dataclasses import dataclass

import numpy as np

from scoring.rules.confusion import Confusion, Floats, Ints, K
from scoring.rules.readings import Readings


@dataclass(frozen=True, eq=False)
class ReadingDoubt:
    """`answers` [B, N]: each reading's first answer, or -1 where it has no say; `model` [B, N]: which of
    `confusions` it is judged by."""

    answers: Ints
    model: Ints
    confusions: tuple[Confusion, ...]

    @classmethod
    def of(cls, readings: Readings) -> "ReadingDoubt":
        answers = np.where(readings.used, readings.answers, -1)
        return cls(answers, readings.model, readings.confusions)

    def rows(self, part: slice) -> "ReadingDoubt":
        return ReadingDoubt(self.answers[part], self.model[part], self.confusions)


def doubt_covariance(
    r: Floats, counts: Floats, beta: Floats, influence: Floats, doubt: ReadingDoubt
) -> Floats:
    """Covariance [B, 7, 7] of the class counts by the doubt of the confusions alone.

    `r` [B, N, 7]: responsibilities; `counts` [B, 7]: their sums; `beta` [7]; `influence` [B, 7, 7]: from
    `count_response`.
    """
    e = r / (1.0 + r / (beta + counts)[:, None, :])
    sums = e.sum(axis=-1, keepdims=True)
    own = np.divide(e, sums, out=np.zeros_like(e), where=sums > 0)
    whole = np.zeros((len(r), K, K))
    for number, confusion in enumerate(doubt.confusions):
        if confusion.counts is not None:
            answers = np.where(doubt.model == number, doubt.answers, -1)
            whole += _of_one_model(e, own, influence, answers, confusion)
    return whole


def _of_one_model(e: Floats, own: Floats, influence: Floats, answers: Ints, confusion: Confusion) -> Floats:
    """Sum over rows k of J_k (diag(1 / c_k) - 1 / n_k) J_k', J_k [7, 7] = d counts / d log rates of row k."""
    size = len(e)
    said = (answers[..., None] == np.arange(K)).astype(np.float64).swapaxes(1, 2)
    # pushes[b, j, k, l]: how a push on emotion k of all readings with answer j moves count l at first
    weighted = (said[:, :, None, :] * e.swapaxes(1, 2)[:, None]).reshape(size, K * K, e.shape[1])
    pushes = -(weighted @ own).reshape(size, K, K, K)
    places = np.arange(K)
    pushes[:, :, places, places] += said @ e
    moved = pushes.reshape(size, K * K, K) @ influence.swapaxes(1, 2)
    cells = moved * np.sqrt(confusion.cell_doubt.T).reshape(1, K * K, 1)
    rows = moved.reshape(size, K, K, K).sum(axis=1) * np.sqrt(confusion.row_doubt)[:, None]
    covariance: Floats = cells.swapaxes(1, 2) @ cells - rows.swapaxes(1, 2) @ rows
    return covariance
