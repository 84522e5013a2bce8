"""`dondoc rebuild`: a service's tables made anew from the topics, compared with the live ones, and put in their place."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

import click
import uvloop

from services.deadlines import rebuilding as deadlines
from services.deadlines.settings import Settings
from services.directives import rebuilding as directives
from services.directives import registrar_rebuilding as registrar
from services.directives.settings import read_limits
from services.notifications import rebuilding as notifications
from services.notifications.escalation_worker import read_days
from services.schemas import sources_of
from shared.clock import office_now
from shared.environment import Environment
from shared.processes import collect_less_often
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.rebuilding import Rebuild, Rebuilt


def _plan_registrar(environment: Environment) -> RebuildPlan:
    now = partial(office_now, environment.clock)
    return registrar.plan_rebuild(sources_of(registrar.SCHEMA), environment.partitions, now, read_limits())


def _plan_directives(_environment: Environment) -> RebuildPlan:
    return directives.plan_rebuild(sources_of(directives.SCHEMA))


def _plan_deadlines(environment: Environment) -> RebuildPlan:
    policy = Settings.read().policy
    return deadlines.plan_rebuild(sources_of(deadlines.SCHEMA), environment.partitions, policy, environment.clock)


def _plan_notifications(_environment: Environment) -> RebuildPlan:
    return notifications.plan_rebuild(sources_of(notifications.SCHEMA), read_days())


PLANS: Mapping[str, Callable[[Environment], RebuildPlan]] = {
    "registrar": _plan_registrar,
    "directives": _plan_directives,
    "deadlines": _plan_deadlines,
    "notifications": _plan_notifications,
}


@click.command()
@click.argument("service", type=click.Choice(list(PLANS)))
@click.option("--afresh", is_flag=True, help="Begin anew where an earlier rebuild has left something.")
@click.option("--accept-differences", is_flag=True, help="Take the rebuilt tables also where they differ from the live ones.")
@click.pass_context
def rebuild(context: click.Context, service: str, *, afresh: bool, accept_differences: bool) -> None:
    """Make a service's tables anew from Kafka while it goes on serving; exit 1 where they differ from the live ones."""
    environment = Environment.read()
    collect_less_often()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        making = Rebuild(PLANS[service], environment, click.echo)
        rebuilt = runner.run(making.run(afresh=afresh, accepts_differences=accept_differences))
    _tell(service, rebuilt)
    if not rebuilt.is_in_place:
        context.exit(1)


def _tell(service: str, rebuilt: Rebuilt) -> None:
    for line in rebuilt.certificate.lines():
        click.echo(line)
    if rebuilt.certificate.reason:
        click.echo(f"not compared: {rebuilt.certificate.reason}")
    if rebuilt.certificate.differences:
        click.echo(f"{len(rebuilt.certificate.differences)} of {len(rebuilt.certificate.entries)} compared tables and partitions differ")
    end = (
        "in place"
        if rebuilt.is_in_place
        else "NOT in place: look why, then run it again with --accept-differences to take the rebuilt tables"
    )
    click.echo(f"{service}: {rebuilt.records:,} records in {rebuilt.seconds:.1f} s; the rebuilt tables are {end}")
