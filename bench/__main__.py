"""`python -m bench [--list] [--quick] [NAME...]`: one JSON line for each benchmark."""

import argparse
import json
import os
import sys
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault(
    "REDIS_PREFIX", f"moodvision_bench_{os.getpid()}"
)  # our workers' queue, and nobody else's


def main() -> int:
    import django

    django.setup()
    from bench.catalogue import BENCHMARKS

    options = _options(list(BENCHMARKS))
    if options.list:
        for benchmark in BENCHMARKS.values():
            print(f"{benchmark.name:18}{benchmark.summary}")
        return 0
    return _run_all(options.names or list(BENCHMARKS), is_quick=options.quick)


def _options(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Prints one JSON line per benchmark."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which; default: all of {', '.join(names)}")
    parser.add_argument("--list", action="store_true", help="says what there is")
    parser.add_argument("--quick", action="store_true", help="sizes that show that it works, not how fast")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(names)):
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    return options


def _run_all(names: list[str], *, is_quick: bool) -> int:
    from django.conf import settings

    from bench import redis_keys
    from moodvision import embedded

    services = embedded.hold(
        settings.VAR_DIR, postgres=settings.USES_EMBEDDED_POSTGRES, redis=settings.USES_EMBEDDED_REDIS
    )
    try:
        with services:
            try:
                failures = [name for name in names if not _run(name, is_quick=is_quick)]
            finally:
                redis_keys.drop_ours()
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
    return 1 if failures else 0


def _run(name: str, *, is_quick: bool) -> bool:
    from bench.catalogue import BENCHMARKS
    from bench.harness import BenchError, Figures
    from inference.engine.errors import ModelPackageError
    from inference.training.errors import TrainingError
    from moodvision.serving import NotReadyError

    line: Figures = {"benchmark": name, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    line |= {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2), "is_quick": is_quick}
    try:
        line |= BENCHMARKS[name].run(is_quick=is_quick)
    except (BenchError, ModelPackageError, NotReadyError, TrainingError) as error:
        line["error"] = str(error)
    print(json.dumps(line), flush=True)
    return "error" not in line


if __name__ == "__main__":
    sys.exit(main())
