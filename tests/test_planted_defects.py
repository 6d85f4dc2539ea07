"""Each defect that can be planted still finds its place; planting all of them is `make mutate`."""

import pytest

from tests.mutations.__main__ import ROOT
from tests.mutations.defects import DEFECTS, Defect


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.kind}: {defect.name}")
def test_its_place_is_there_once_and_so_are_its_tests(defect: Defect) -> None:
    assert (ROOT / defect.file).read_text().count(defect.old) == 1
    assert [name for name in defect.tests if not (ROOT / name.partition("::")[0]).exists()] == []
