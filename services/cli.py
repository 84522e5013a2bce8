"""`dondoc`: the command line of operators."""

import sys

import click

from services.accounts_command import accounts
from services.audit_command import audit
from services.deadlines.due_command import due
from services.demo_command import demo
from services.intake_command import intake
from services.parked_commands import parked
from services.publish_command import publish
from services.publishers_command import publishers
from services.rebuild_command import rebuild
from services.setup_command import setup
from services.units_command import units
from services.up_command import up
from shared.errors import DondocError, FatalError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def dondoc() -> None:
    """Đôn Đốc: directives, their deadlines, and who must be urged."""


dondoc.add_command(setup)
dondoc.add_command(due)
dondoc.add_command(intake)
dondoc.add_command(parked)
dondoc.add_command(publishers)
dondoc.add_command(publish)
dondoc.add_command(accounts)
dondoc.add_command(units)
dondoc.add_command(audit)
dondoc.add_command(rebuild)
dondoc.add_command(demo)
dondoc.add_command(up)


def main() -> None:
    """Run a command; an error of ours is one line on stderr."""
    try:
        dondoc()
    except DondocError as error:
        sys.stderr.write(f"dondoc: {error}\n")
        raise SystemExit(error.exit_code if isinstance(error, FatalError) else 1) from None
    except OSError as error:
        sys.stderr.write(
            f"dondoc: {error.strerror or error}: is the system up, and do DONDOC_POSTGRES_DSN and DONDOC_KAFKA_BOOTSTRAP name it?\n"
        )
        raise SystemExit(1) from None
