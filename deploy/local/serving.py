"""What the small servers of a local system share."""

import asyncio
import signal


async def until_stopped() -> None:
    """Return at SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
