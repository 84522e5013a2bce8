"""The gateway: the web of all three services in one process, on one port; run by `python -m services.gateway`."""

from fastapi import FastAPI

from services.deadlines.web import part as deadlines
from services.directives.web import part as directives
from services.notifications.web import part as notifications
from services.unit_directory import UnitDirectory
from shared.environment import Environment
from shared.identity.settings import PeopleSettings
from shared.processes import run_main, set_up_logs
from shared.web.app import build_web, serve
from shared.web.door import Door


def build_gateway(environment: Environment) -> FastAPI:
    """Return the app of all services; its first page is the overview of directives."""
    units = UnitDirectory(environment.dsn)
    door = Door(PeopleSettings.read(), environment.dsn, find_unit=units.find, name_units=units.names)
    return build_web([directives(environment), deadlines(environment), notifications(environment)], door)


def main() -> None:
    """Serve until SIGTERM."""
    set_up_logs()
    environment = Environment.read()
    serve(build_gateway(environment), environment)


if __name__ == "__main__":
    run_main(main)
