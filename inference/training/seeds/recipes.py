"""How the sources trained their networks, as far as they say."""

from dataclasses import dataclass

from inference.training.seeds import architectures, transferred
from inference.training.seeds.specification import Architecture

OPTIMISERS = ("adam", "nadam", "sgd")


@dataclass(frozen=True)
class Views:
    """Random changes of a training face: degrees, shares of the side, and factors of brightness."""

    rotation: float = 0.0
    shift_across: float = 0.0
    shift_down: float = 0.0
    shear: float = 0.0
    zoom: float = 0.0
    brightness: tuple[float, float] = (1.0, 1.0)
    mirror: bool = False


UNCHANGED = Views()
# 000 names these kinds without a number: the middle of what the other sources state
MOODVISION_VIEWS = Views(10.0, 0.1, 0.1, shear=0.05, brightness=(0.8, 1.2), mirror=True)
# Keras's shear_range is in degrees: the sources' 0.05 and 0.2 do nothing that could be seen
VIT_VIEWS = Views(5.0, 0.05, shear=0.05, brightness=(1.0, 1.3), mirror=True)
CASE_STUDY_VIEWS = Views(10.0, 0.1, 0.1, zoom=0.1, mirror=True)


@dataclass(frozen=True)
class SeedRecipe:
    """`standardised`: each pixel by its mean and deviation over the training rows, else grey / 255.

    `balanced`: rows weigh by the inverse frequency of their class. `mixup`: alpha, 0 for none. `patience`:
    epochs without a better held-out loss after which the rate is multiplied by `drop`; 0 for never.
    """

    name: str
    source: str
    architecture: Architecture
    epochs: int
    batch: int = 64
    optimiser: str = "adam"
    rate: float = 1e-3
    views: Views = UNCHANGED
    standardised: bool = False
    balanced: bool = False
    mixup: float = 0.0
    patience: int = 0
    drop: float = 0.5

    @property
    def pretrained(self) -> bool:
        return bool(self.architecture.backbone)


def _moodvision(name: str, architecture: Architecture, rate: float = 1e-3) -> SeedRecipe:
    """000: weights of the classes as in its table (they are the balanced ones); optimiser not said."""
    return SeedRecipe(name, "000", architecture, epochs=50, rate=rate, views=MOODVISION_VIEWS, balanced=True)


SEED_RECIPES = {
    recipe.name: recipe
    for recipe in (
        SeedRecipe("baseline_cnn", "002", architectures.baseline_cnn(), 50, views=CASE_STUDY_VIEWS),
        _moodvision("moodvision_cnn", architectures.moodvision_cnn()),
        SeedRecipe(
            "vit_initial",
            "001",
            architectures.vit_initial(),
            20,
            rate=1e-4,
            views=VIT_VIEWS,
            mixup=0.2,
        ),
        SeedRecipe("vit_deep", "001", architectures.vit_deep(), 20, optimiser="nadam", standardised=True),
        SeedRecipe("vgg_style", "002", architectures.vgg_style(), 100, views=CASE_STUDY_VIEWS),
        SeedRecipe(
            "oslomet_sequential", "004", architectures.oslomet_sequential(), 50, batch=32, patience=20
        ),
        _moodvision("vgg16_transfer", transferred.vgg16_transfer()),
        _moodvision("vgg16_dropout", transferred.vgg16_dropout(), rate=1e-4),
        _moodvision("resnet50_transfer", transferred.resnet50_transfer()),
        _moodvision("resnet50_dropout", transferred.resnet50_dropout(), rate=1e-4),
    )
}
