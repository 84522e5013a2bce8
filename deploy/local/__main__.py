"""`python -m deploy.local up | memory`: run the system here, or measure what it takes."""

import argparse
import sys

from deploy.local.serve import PORT, report_memory, serve
from shared.errors import DondocError, FatalError


def main() -> int:
    """Run the command and return its exit code; an error of ours is one line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="the system, empty, on the real clock, until Ctrl-C")
    up.add_argument("--port", type=int, help=f"of console and API, 0 a free one (PORT, else {PORT})")
    memory = commands.add_parser("memory", help="start it, let it idle, print the memory it takes")
    memory.add_argument("--idle", type=float, default=10.0, help="seconds")
    options = parser.parse_args()
    try:
        if options.command == "up":
            serve(options.port)
        else:
            report_memory(options.idle)
    except DondocError as error:
        sys.stderr.write(f"dondoc: {error}\n")
        return error.exit_code if isinstance(error, FatalError) else 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
