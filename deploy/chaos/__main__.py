"""`python -m deploy.chaos`: exit code 0 only when nothing was lost, doubled, reordered, early or missed, and all recovered."""

import argparse
import logging
import secrets
import shutil
import sys
from pathlib import Path

from deploy.chaos.ground import open_ground
from deploy.chaos.reporting import is_good, summary, write_json
from deploy.chaos.run import BEAT_SECONDS, PARTITIONS, Plan, Result, run_chaos
from deploy.local.serve import stopping_in_order
from deploy.local.stack import Stack
from shared.environment import number
from shared.errors import DondocError, FatalError

BUILD = Path(__file__).parents[2] / "build"
FAULTS = 20
FACTS = 20_000
SEEDS = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Run, write `build/chaos.json`, print the summary, and return the exit code; an error of ours is one line with the seed."""
    options = _parser().parse_args(arguments)
    for name in ("aiokafka", "kafka"):  # that connections end is what is meant to happen; each client would tell it all the time
        logging.getLogger(name).setLevel(logging.CRITICAL)
    plan = Plan(options.seed, options.faults, options.facts, options.beat)
    print(f"chaos with seed {plan.seed} (the same again: {plan.command})", flush=True)
    try:
        return _run(plan, options.out)
    except DondocError as error:
        sys.stderr.write(f"dondoc: seed {plan.seed}: {error} (the same again: {plan.command})\n")
        return error.exit_code if isinstance(error, FatalError) else 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is left behind.", flush=True)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.chaos", description="let everything fail in turn while facts flow, and check")
    parser.add_argument("--faults", type=int, default=number("FAULTS", FAULTS), help="how many faults (FAULTS)")
    parser.add_argument("--facts", type=int, default=number("FACTS", FACTS), help="how many facts (FACTS)")
    parser.add_argument("--seed", type=int, default=number("SEED", secrets.randbelow(SEEDS)), help="of facts and faults (SEED)")
    parser.add_argument(
        "--beat", type=float, default=BEAT_SECONDS, help="seconds between faults when all recovers at once: the pace of facts"
    )
    parser.add_argument("--out", type=Path, default=BUILD / "chaos.json", help="where the figures go")
    return parser


def _run(plan: Plan, out: Path) -> int:
    logs = out.with_name(f"{out.stem}-logs")
    with stopping_in_order(), open_ground({"DONDOC_CLOCK": "stepped", "DONDOC_PARTITIONS": str(PARTITIONS)}) as ground:
        try:
            result = run_chaos(plan, ground, _say)
            is_to_keep = not is_good(result)
        except BaseException:
            _keep_logs(ground.stack, logs)
            raise
        if is_to_keep:
            _keep_logs(ground.stack, logs)
    return _tell(result, out, logs)


def _tell(result: Result, out: Path, logs: Path) -> int:
    write_json(result, out)
    print(summary(result), flush=True)
    if is_good(result):
        return 0
    print(f"  the processes' logs are in {logs}; the same again: {result.plan.command}", flush=True)
    return 1


def _keep_logs(stack: Stack, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(stack.logs, to)
    for broker in stack.infrastructure.brokers:
        shutil.copy(broker.process.log, to / f"{broker.process.name}.log")
    shutil.copy(stack.infrastructure.postgres.process.log, to)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
