"""`python -m moodvision.embedded status|stop [VAR_DIR]`: a look at the embedded services, or their end."""

import argparse
import os
import sys
from pathlib import Path

from moodvision.embedded import EmbeddedError, status, stop_now

DEFAULT_VAR = Path(__file__).resolve().parents[2] / "var"


def _describe(var_dir: Path) -> str:
    found = status(var_dir)
    lines = [f"keeper: {found.keeper or 'none'}"]
    for name, server in sorted(found.servers.items()):
        lines.append(f"{name}: {server['state']} {server['pid'] or ''} {server['error']}".rstrip())
    lines += [f"held by process {holder.pid}: {', '.join(holder.services)}" for holder in found.holders]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m moodvision.embedded", description=__doc__)
    parser.add_argument("action", choices=["status", "stop"])
    parser.add_argument("var_dir", nargs="?", type=Path)
    options = parser.parse_args()
    var_dir = options.var_dir or Path(os.environ.get("MOODVISION_VAR", DEFAULT_VAR))
    try:
        if options.action == "stop":
            stop_now(var_dir)
        sys.stdout.write(_describe(var_dir))
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
