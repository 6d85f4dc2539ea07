"""Every benchmark, in the order in which they run."""

from bench import (
    access_log,
    commit_to_screen,
    duty,
    estimation,
    explanations,
    peer,
    robustness,
    rotation,
    rules,
    stages,
    triage_cost,
    unreadable,
    worker,
)
from bench.harness import Benchmark

BENCHMARKS = {
    benchmark.name: benchmark
    for benchmark in (
        Benchmark("stages", "milliseconds of each stage of a reading, on one core", stages.run),
        Benchmark("peer", "our classifier against a public one: milliseconds a face, accuracy", peer.run),
        Benchmark("estimation", "shares and intervals of 100,000 patient-weeks: seconds", estimation.run),
        Benchmark("robustness", "accuracy lost to light, blur, JPEG, size, tilt and covers", robustness.run),
        Benchmark("unreadable", "how often it is sure of what shows no readable face", unreadable.run),
        Benchmark("worker", "check-ins read per second and core, in batches and one at a time", worker.run),
        Benchmark("access_log", "log entries per second and clinic; a million verified", access_log.run),
        Benchmark(
            "commit_to_screen", "from a submitted check-in to the alert on open screens", commit_to_screen.run
        ),
        Benchmark("duty", "10,000 due timers of alerts: judged and their messages queued", duty.run),
        Benchmark("triage_cost", "what policies, keys and log cost on the triage page", triage_cost.run),
        Benchmark("rules", "all rules over 10,000 patients: seconds", rules.run),
        Benchmark("rotation", "rows sealed again per second while keys are rotated", rotation.run),
        Benchmark("explanations", "which map of a face is faithful, and what it costs", explanations.run),
    )
}
