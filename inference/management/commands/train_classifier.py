import json
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.engine.package import as_name, as_version
from inference.training.errors import TrainingError
from inference.training.packaging import NAME, VERSION
from inference.training.recipes import RECIPES, get_recipe
from inference.training.seeds.options import add_options, order_of, refuse_for_others
from inference.training.seeds.recipes import SEED_RECIPES
from inference.training.sources.reading import FORMS

NAMES = sorted([*RECIPES, *SEED_RECIPES])


class Command(BaseCommand):
    help = (
        "Trains the classifier, exports it to ONNX and writes its manifest, card and log; needs no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help=FORMS)
        parser.add_argument("--recipe", required=True, help=f"one of: {', '.join(NAMES)}")
        parser.add_argument("--out", type=Path, required=True, help="the folder to write the package to")
        parser.add_argument("--epochs", type=int, help="instead of the recipe's")
        parser.add_argument(
            "--minutes", type=float, help="end after this time, the learning rate following the clock"
        )
        parser.add_argument(
            "--start", type=Path, help="the --out of a finished run to begin a further cycle with"
        )
        parser.add_argument(
            "--initial-weights", type=Path, help="a released package to begin with, of the recipe's network"
        )
        parser.add_argument(
            "--more-data", type=Path, help="faces of your own as further Training rows, in any of those forms"
        )
        parser.add_argument(
            "--named",
            nargs=2,
            metavar=("NAME", "VERSION"),
            default=(NAME, VERSION),
            help=f"of the package; default: {NAME} {VERSION}. A model of your own needs its own",
        )
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--resume", action="store_true", help="go on from the last finished epoch")
        parser.add_argument(
            "--workers", type=int, default=1, help="processes of one thread that share each batch"
        )
        parser.add_argument("--limit", type=int, help="take that many random rows only, to try things out")
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
        if missing:
            raise CommandError(
                f"training needs {' and '.join(missing)}: `.venv/bin/pip install {' '.join(missing)}`"
            )
        try:
            manifest = self._train(options)
        except TrainingError as error:
            raise CommandError(str(error)) from None
        except OSError as error:  # a folder that may not be made, a disk that is full
            raise CommandError(f"{options['out']} cannot be written ({error})") from None
        self.stdout.write(json.dumps({"out": str(options["out"]), "metrics": manifest["metrics"]}))

    def _train(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["recipe"] not in NAMES:
            raise TrainingError(
                f"there is no recipe {options['recipe']!r}; choose one of: {', '.join(NAMES)}"
            )
        for name in ("epochs", "minutes", "limit", "workers"):
            if options[name] is not None and options[name] <= 0:
                raise TrainingError(f"--{name} must be above 0")
        if options["recipe"] in SEED_RECIPES:
            return self._train_seed(options)
        refuse_for_others(options)
        recipe = get_recipe(options["recipe"])
        if options["start"] and options["initial_weights"]:
            raise TrainingError("--start and --initial-weights exclude each other")
        if options["workers"] > 1:
            os.environ.update(OMP_NUM_THREADS="1")  # a pool of threads would not survive the copying
        # imported here: the product runs without PyTorch, and so do this command's help and first refusals
        from inference.training.fit import Plan
        from inference.training.train import Order, train

        plan = Plan(options["seed"], options["epochs"] or recipe.epochs, options["minutes"])
        order = Order(
            data=options["data"],
            out=options["out"],
            recipe=recipe,
            plan=plan,
            start=options["start"],
            initial_weights=options["initial_weights"],
            more_data=options["more_data"],
            resume=options["resume"],
            limit=options["limit"],
            workers=options["workers"],
            named=named_as(options["named"]),
        )
        return train(order, self.stderr.write)

    def _train_seed(self, options: dict[str, Any]) -> dict[str, Any]:
        """Of a source document: a report instead of a package."""
        order = order_of(SEED_RECIPES[options["recipe"]], options)
        from inference.training.seeds.train import train_seed

        return train_seed(order, self.stderr.write)


def named_as(given: Sequence[str]) -> tuple[str, str]:
    """What list_models and the score's confusions know a model by."""
    name, version = given
    try:
        return as_name(name), as_version(version)
    except ValueError as error:
        raise TrainingError(f"--named: {error}") from None
