import pytest

from tests.isolation.twins import Twin, make_twin


@pytest.fixture
def twins(db: None) -> tuple[Twin, Twin]:
    return make_twin("north"), make_twin("south")
