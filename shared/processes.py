"""How our processes start and end: logs on stderr, one clear line when they cannot go on."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from shared.errors import FatalError

logger = logging.getLogger(__name__)

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def set_up_logs(level: int = logging.INFO) -> None:
    """Log to stderr, one line an entry; the libraries' chatter only from WARNING on."""
    logging.basicConfig(level=level, format=FORMAT, stream=sys.stderr, force=True)
    for name in ("faust", "mode", "aiokafka", "kafka", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def collect_less_often() -> None:
    """Raise the collector's thresholds: a run makes some 100,000 objects and drops them together, none of them in cycles.

    With the usual thresholds a third of a projection's time went to collecting.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def stop_process(error: BaseException) -> NoReturn:
    """End this process at once with one line; every effect is a transaction, so nothing is half done."""
    code = error.exit_code if isinstance(error, FatalError) else 1
    if not isinstance(error, FatalError):
        logger.critical("stopping", exc_info=error)
    sys.stderr.write(f"dondoc: {type(error).__name__ if code == 1 else 'stopped'}: {error}\n")
    sys.stderr.flush()
    os._exit(code)


def run_main(main: Callable[[], object]) -> NoReturn:
    """Run a process's main function; a FatalError becomes its one line and its exit code."""
    try:
        main()
    except FatalError as error:
        sys.stderr.write(f"dondoc: {error}\n")
        raise SystemExit(error.exit_code) from None
    raise SystemExit(0)
