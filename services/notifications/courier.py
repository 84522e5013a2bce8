"""The process that sends notices by mail and webhook: only those whose events are in Kafka, each as often as it takes."""

import asyncio
import logging
import signal

import uvloop
from aiohttp import web

from services.notifications.delivering.channel import Channel
from services.notifications.delivering.dispatch import SCHEMA, Courier, Pace
from services.notifications.delivering.endings import Endings
from services.notifications.mail.channel import MailChannel
from services.notifications.settings import CourierSettings
from services.notifications.webhooks.channel import WebhookChannel
from services.notifications.webhooks.configuration import WebhookSettings
from shared.environment import Environment
from shared.errors import FatalError
from shared.health import serving_health
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, create_pool, is_transient
from shared.processes import run_main, set_up_logs, stop_process

logger = logging.getLogger(__name__)

WAIT_SECONDS = 0.5
POOL = 24


def open_channels(pool: Pool, settings: CourierSettings, webhooks: WebhookSettings) -> list[Channel]:
    """Return the channels that this installation has."""
    channels: list[Channel] = [WebhookChannel(pool, webhooks, settings.public_url)]
    if settings.mail:
        channels.append(MailChannel(settings.mail.server, settings.mail.sender, settings.public_url))
    else:
        logger.warning("DONDOC_SMTP is not set: no mail is sent")
    return channels


async def run_courier(environment: Environment, settings: CourierSettings, webhooks: WebhookSettings) -> None:
    """Deliver until SIGTERM; what is under way is finished first."""
    pool = await _open_pool(environment)
    pace = Pace(settings.lease_seconds, settings.attempt_seconds, settings.retry_scale)
    endings = Endings(Ledger(pool), environment.clock, scale=settings.retry_scale)
    courier = Courier(pool, endings, open_channels(pool, settings, webhooks), pace)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, courier.stop)

    async def ready(_request: web.Request) -> web.Response:
        status = "ready" if courier.is_ready else "not ready"
        return web.json_response({"status": status}, status=200 if courier.is_ready else 503)

    async with serving_health(environment, ready):
        await courier.run(environment.dsn)
    await pool.close()


async def _open_pool(environment: Environment) -> Pool:
    while True:
        try:
            return await create_pool(environment.dsn, schema=SCHEMA, size=POOL)
        except Exception as error:
            if not is_transient(error):
                raise
            logger.warning("waiting for PostgreSQL: %s", error or type(error).__name__)
            await asyncio.sleep(WAIT_SECONDS)


def main() -> None:
    """Run the courier until SIGTERM."""
    set_up_logs()
    work = run_courier(Environment.read(), CourierSettings.read(), WebhookSettings.read())
    try:
        uvloop.run(work)
    except FatalError:
        raise
    except Exception as error:  # noqa: BLE001  one line, and a code that has it started again
        stop_process(error)


if __name__ == "__main__":
    run_main(main)
