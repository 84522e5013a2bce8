"""The gateway: the web of all three services in one process, on one port; run by `python -m services.gateway`."""

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from services.deadlines.web import part as deadlines
from services.directives.web import part as directives
from services.notifications.web import part as notifications
from shared.environment import Environment
from shared.processes import run_main, set_up_logs
from shared.web.app import build_web, serve


def build_gateway(environment: Environment) -> FastAPI:
    """Return the app of all services; its front page is the operator's page of tasks."""
    app = build_web([directives(environment), deadlines(environment), notifications(environment)])
    app.add_api_route("/", _front, include_in_schema=False)
    return app


async def _front() -> RedirectResponse:
    return RedirectResponse("/tasks", status_code=307)


def main() -> None:
    """Serve until SIGTERM."""
    set_up_logs()
    environment = Environment.read()
    serve(build_gateway(environment), environment)


if __name__ == "__main__":
    run_main(main)
