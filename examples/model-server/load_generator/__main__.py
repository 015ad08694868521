"""`python -m load_generator`: bounded load on a model server, and what came of it.

Exit codes: 0 there were answers, 1 there was none, 2 wrong use or a target that is not allowed, 130 interrupted.
"""

import argparse
import ipaddress
import json
import sys
from collections.abc import Callable, Sequence

from load_generator.outcomes import render
from load_generator.sending import Load, Plan
from load_generator.targets import Network, Target, TargetRefused, from_pod, from_url


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        targets = _targets(options)
    except TargetRefused as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 2
    load = Load(_plan(options, targets))
    interrupted = False
    try:
        load.run()
    except KeyboardInterrupt:
        interrupted = True
    results = load.results
    print(json.dumps(results.document(load.elapsed)) if options.json else render(results, load.elapsed))
    if interrupted:
        return 130
    return 0 if results.answered else 1


def _targets(options: argparse.Namespace) -> list[Target]:
    extra: list[Network] = options.allow_target
    pods: list[str] = options.pods or []
    urls: list[str] = options.url or []
    return [from_url(url, extra) for url in urls] + [from_pod(pod, extra) for pod in pods]


def _plan(options: argparse.Namespace, targets: Sequence[Target]) -> Plan:
    return Plan(
        targets=targets,
        rate=options.rate,
        duration=options.duration,
        max_requests=options.max_requests,
        concurrency=options.concurrency,
        timeout=options.timeout,
        feedback=options.feedback_from_truth,
        run_id=options.run_id,
        requests_per_connection=options.requests_per_connection,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="load_generator", description=__doc__, allow_abbrev=False)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", action="append", help="http://host:port; may be repeated: they take turns")
    where.add_argument("--pods", nargs="+", metavar="ADDRESS", help="pod addresses, with or without :port (8080)")
    parser.add_argument("--rate", type=_number(0.01, 1000), default=10.0, help="requests a second, up to 1000 [10]")
    parser.add_argument("--duration", type=_number(0.1, 3600), default=60.0, help="seconds, up to 3600 [60]")
    parser.add_argument("--max-requests", type=_whole(1_000_000), default=3000, help="up to 1000000 [3000]")
    parser.add_argument("--concurrency", type=_whole(256), default=16, help="requests at once, up to 256 [16]")
    parser.add_argument(
        "--timeout", type=_number(0.1, 120), default=10.0, help="seconds for each request, up to 120 [10]"
    )
    parser.add_argument(
        "--requests-per-connection", type=_whole(100_000), default=1, help="1 spreads over a Service's pods [1]"
    )
    parser.add_argument("--feedback-from-truth", action="store_true", help="thumbs up where right, down where wrong")
    parser.add_argument(
        "--run-id", default="load", help="start of the request ids: the same run again, the same answers"
    )
    parser.add_argument(
        "--allow-target",
        type=_network,
        action="append",
        default=[],
        metavar="CIDR",
        help="a network that is yours to load",
    )
    parser.add_argument("--json", action="store_true", help="the summary as JSON")
    return parser


def _number(least: float, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least:g} to {most:g}")
        return value

    return number


def _whole(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not 1 <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from 1 to {most}")
        return value

    return number


def _network(text: str) -> Network:
    return ipaddress.ip_network(text)


if __name__ == "__main__":
    sys.exit(main())
