"""The model card, written from the manifest's measured figures and from nothing else."""

from typing import Any

from inference.emotions import EMOTIONS
from inference.training.plots import reliability_diagram, risk_coverage_curve
from inference.training.unreadable_faces import LIMIT, SURE, UNLIMITED, UNTAUGHT

RELIABILITY_PLOT, COVERAGE_PLOT = "reliability.svg", "risk-coverage.svg"

LIMITS = """\
- It reads an expression, not a feeling. Who is flat, medicated, masking or smiling through it looks well.
- It establishes no illness and no risk; it must not decide treatment, discharge, employment or insurance.
- Its faces are 48 x 48 grey pictures from the web, found by English search words and labelled by crowds. They
  carry no age, sex, skin tone or ethnicity: how it does per group has not been measured on these data.
- Fear, disgust and sadness are the hardest, for people as well: the ten FER+ voters agree with the original
  label on 13 % of the fear faces, 33 % of the disgust faces and 41 % of the sad ones.
- Posed, acted and drawn faces are among the data; clinical photographs are not.
- Small, turned, covered or badly lit faces are beyond what it was measured on: the engine refuses them."""


def render_card(manifest: dict[str, Any]) -> str:
    """Markdown; every figure is the manifest's."""
    parts = [
        f"# {manifest['name']} {manifest['version']}",
        _summary(manifest),
        f"## Intended use\n{manifest['intended_use']}",
        f"## What it cannot do\n{LIMITS}",
        f"## Data\n{_data(manifest)}",
        f"## Licence\n{manifest['licence']}",
        f"## Figures\n{_figures(manifest)}",
        f"## Calibration\n{_calibration(manifest)}",
        f"## How far to believe it\n{_reliability(manifest)}",
        f"## Where no face can be read\n{_unreadable(manifest)}",
        f"## Training\n{_training(manifest)}",
    ]
    return "\n\n".join(parts) + "\n"


def _summary(manifest: dict[str, Any]) -> str:
    shape = manifest["input"]
    return (
        f"Seven apparent expressions ({', '.join(EMOTIONS)}) of one grey face of {shape['width']} x "
        f"{shape['height']} pixels. ONNX, {manifest['parameters']:,} parameters, "
        f"weights in {manifest['weights']}, {manifest['bytes'] / 1e6:.1f} MB, SHA-256 `{manifest['sha256']}`."
    )


def _data(manifest: dict[str, Any]) -> str:
    rows = manifest["training"]["rows"]
    return (
        f"{manifest['data']}\n\n"
        f"{rows['fitted']:,} rows were trained on and {rows['held_out']:,} held out, copies of a face "
        "on one side "
        f"only; {rows['left_out_as_copies_of_test_rows']:,} Training rows were left out as copies of "
        "a test row. "
        "Checkpoint, temperatures, confusion, abstention and the head for original labels were chosen on the "
        f"held-out rows. PublicTest is only reported{_reservation(manifest['training']['cycles'])}."
    )


def _reservation(cycles: list[Any]) -> str:
    """What has to be said where training went on after a finished cycle."""
    if len(cycles) == 1:
        return ": nothing was chosen on it"
    return (
        "; no weights were chosen on it, but its figures were known each time when training was given a "
        "further cycle"
    )


def _figures(manifest: dict[str, Any]) -> str:
    splits = manifest["metrics"]
    names = {
        "n": "faces",
        "accuracy": "accuracy, original labels",
        "macro_f1": "macro F1, original labels",
        "balanced_accuracy": "balanced accuracy, original labels",
        "label_ece": "calibration error (ECE), original labels",
        "ferplus_n": "faces with a strict FER+ majority",
        "ferplus_accuracy": "accuracy, strict FER+ majority",
        "ece": "calibration error (ECE), FER+ head",
        "abstained": "share under the abstention line",
    }
    head = _row("", *splits) + _row("---", *["---:"] * len(splits))
    body = "".join(
        _row(text, *(_number(figures[name]) for figures in splits.values())) for name, text in names.items()
    )
    heads = {"label": "the label head", "mean": "the mean of both heads"}
    return (
        f"{head}{body}\n"
        f"Original labels are predicted from {heads[manifest['evaluation']['accuracy_head']]}, always "
        "averaged over "
        "the face and its mirror image. A strict FER+ majority is at least 5 of the 10 votes for one "
        "of the seven "
        'emotions and fewer than 3 for "not a face"; it is judged against the FER+ head, which is '
        "what the product "
        f"shows.\n\n{_per_class(splits)}"
    )


def _per_class(splits: dict[str, Any]) -> str:
    name = "PublicTest" if "PublicTest" in splits else "held_out"
    rows = "".join(
        _row(
            emotion,
            _number(one["support"]),
            *(_number(one[figure]) for figure in ("precision", "recall", "f1")),
            _number(one["ferplus_support"]),
            _number(one["ferplus_recall"]),
        )
        for emotion, one in splits[name]["per_class"].items()
    )
    head = _row(name, "faces", "precision", "recall", "F1", "strict FER+ majority", "recall, FER+ head")
    return f"Per emotion on {name}:\n\n{head}{_row('---', *['---:'] * 6)}{rows}".rstrip()


def _calibration(manifest: dict[str, Any]) -> str:
    shares = ", ".join(
        f"{name} {share:.3f}" for name, share in zip(EMOTIONS, manifest["reference_shares"], strict=True)
    )
    rows = "".join(
        _row(name, *map(str, counts))
        for name, counts in zip(EMOTIONS, manifest["confusion"]["counts"], strict=True)
    )
    return (
        f"Temperatures: {manifest['temperature']} (FER+ head), {manifest['label_temperature']} (label head). "
        f"Readings whose top probability is under {manifest['abstain_below']} are *uncertain* and not "
        "scored. "
        f"Class shares that the probabilities assume: {shares}.\n\n"
        "Confusion on the held-out rows (rows: strict FER+ majority, columns: most likely emotion):\n\n"
        f"{_row('', *EMOTIONS)}{_row('---', *['---:'] * len(EMOTIONS))}{rows}".rstrip()
    )


def _judged_split(manifest: dict[str, Any]) -> str:
    return "PublicTest" if "PublicTest" in manifest["metrics"] else "held_out"


def card_plots(manifest: dict[str, Any]) -> dict[str, str]:
    """File name -> SVG of each plot that the card shows."""
    split = _judged_split(manifest)
    found = manifest["metrics"][split]["reliability"]
    title = f"{manifest['name']} {manifest['version']}, {split}"
    return {
        RELIABILITY_PLOT: reliability_diagram(found["bins"], title),
        COVERAGE_PLOT: risk_coverage_curve(found["risk_coverage"], title),
    }


def _reliability(manifest: dict[str, Any]) -> str:
    split = _judged_split(manifest)
    found = manifest["metrics"][split]["reliability"]
    errors = "".join(
        _row(name, _number(found["class_ece"][name]), _number(found["named_ece"][name])) for name in EMOTIONS
    )
    curve = "".join(
        _row(f"{point['coverage']:.0%}", _number(point["accuracy"]), _number(point["threshold"]))
        for point in found["risk_coverage"]
    )
    return (
        f"![Reliability diagram]({RELIABILITY_PLOT}) ![Risk-coverage curve]({COVERAGE_PLOT})\n\n"
        f"FER+ head on {split}. Calibration error per emotion: of its probability over all readings, and "
        "of the top probability over the readings that name it (with few of those mostly chance):\n\n"
        f"{_row('', 'class-wise ECE', 'ECE where named')}{_row('---', '---:', '---:')}{errors}\n"
        "What withholding the least sure readings would buy (at 90 % kept, "
        f"{100 * found['gain_at_90']:+.1f} points):\n\n"
        f"{_row('readings kept', 'accuracy', 'top probability from')}{_row('---:', '---:', '---:')}"
        f"{curve}".rstrip()
    )


def _unreadable(manifest: dict[str, Any]) -> str:
    shares = manifest["unreadable"]
    over = [kind for kind, share in shares.items() if share > LIMIT and kind not in UNLIMITED]
    verdict = f"Over it: {', '.join(over)}." if over else "None is over it."
    untaught = UNTAUGHT if manifest["training"].get("unreadable_rows") else shares
    rows = "".join(
        _row(kind.replace("_", " "), "no" if kind in untaught else "yes", f"{share:.1%}")
        for kind, share in shares.items()
    )
    return (
        "Share of drawn non-faces and of covered or scrambled held-out faces with a top probability of "
        f"{SURE} or more, given to the network as if a face had been found. At most {LIMIT:.0%} is wanted, "
        f"of sunglasses it is only reported. {verdict} The engine looks for a face first: `python -m bench "
        "unreadable` "
        "measures the whole of it.\n\n"
        f"{_row('', 'such pictures in training', 'sure')}{_row('---', '---', '---:')}{rows}".rstrip()
    )


def _training(manifest: dict[str, Any]) -> str:
    run = manifest["training"]
    export = run["export"]
    cycles = ", then ".join(
        f"`{one['recipe']}` ({one['epochs']} epochs, {one['minutes']} minutes)" for one in run["cycles"]
    )
    return (
        f"Residual network, channels {run['channels']}, blocks {run['blocks']} per stage, "
        "average-pooled shortcuts, "
        f"two heads. Recipe {cycles}. SGD with Nesterov momentum on a one-cycle rate, batches of "
        f"{run['batch']}; "
        "faces turned, scaled, shifted, mirrored, relit and partly covered, in small views first; weights "
        "averaged over the steps.\n\n"
        "Class imbalance: the loss of the label head weighs each row by its class frequency to the power of "
        f"-{run['imbalance_power']}. The FER+ head is left unweighted, because its shares feed the score and "
        "must stay calibrated to the shares above.\n\n"
        f"{_blend(run)}{run['epochs']} epochs in {run['minutes']} minutes in {run['precision']} on "
        f"{run['hardware']}; {run['software']}; finished {run['finished']}. The log is `training.jsonl`.\n\n"
        "The released file computes in eight-bit integers (weights in seven, so that no processor "
        "overflows), the heads in float32; ranges were measured on rows that were trained on. It names the "
        f"same emotion as the network as trained on {export['agreement']:.2%} of {export['faces']} held-out "
        "faces; "
        f"a probability differs by {export['mean_difference']:.4f} in the mean and by "
        f"{export['largest_difference']:.3f} at most. One "
        f"pass takes {manifest['speed']['milliseconds_per_pass']} ms on one core in batches of 8; a reading "
        "takes two."
    )


def _blend(run: dict[str, Any]) -> str:
    """What has to be said where the released weights are a mean of two."""
    if run.get("share_of_the_way") is None:
        return ""
    return (
        f"The released weights lie {run['share_of_the_way']:.0%} of the way from the package that the last "
        "cycle began with to where it ended, as the held-out rows chose. "
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _number(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
