"""`python -m model_server`: settings from the environment, SIGTERM to drain.

MODEL_NAME, MODEL_VERSION  what it says it is          LISTEN_ADDRESS, LISTEN_PORT  127.0.0.1 and 8080
PROMPTS_FILE               what it knows               KNOBS_FILE                   knobs as JSON, read again on change
KNOB_<NAME>                how it behaves: see `python -m model_server --help`
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from model_server.assistant import Assistant, Model
from model_server.knobs import KNOBS, PREFIX, InvalidKnob, Panel, from_environment
from model_server.knowledge import InvalidPrompts, Knowledge, read_knowledge
from model_server.server import Server
from model_server.telemetry import Telemetry

PROMPTS = Path(__file__).parent / "prompts.json"


def main() -> int:
    if len(sys.argv) > 1:
        print(usage())
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    try:
        return asyncio.run(run(os.environ))
    except (InvalidKnob, InvalidPrompts) as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: {error}: choose a free port with LISTEN_PORT", file=sys.stderr)
    return 2


def usage() -> str:
    lines = [f"{PREFIX}{name.upper():<22} {knob.metadata['what']} [{knob.default:g}]" for name, knob in KNOBS.items()]
    return f"{__doc__}\n" + "\n".join(lines)


async def run(environment: Mapping[str, str]) -> int:
    knobs_file = environment.get("KNOBS_FILE")
    panel = Panel(from_environment(environment), Path(knobs_file) if knobs_file else None)
    server = build(environment, read_knowledge(Path(environment.get("PROMPTS_FILE") or PROMPTS)), panel)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await server.start()
    print(f"{server.assistant.model} listens on port {server.port}; {panel.current}", flush=True)
    await stop.wait()
    print("draining", flush=True)
    await server.drain()
    return 0


def build(environment: Mapping[str, str], knowledge: Knowledge, panel: Panel) -> Server:
    model = Model(environment.get("MODEL_NAME") or "support-llm", environment.get("MODEL_VERSION") or "dev")
    port = environment.get("LISTEN_PORT") or "8080"
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise InvalidKnob(f"LISTEN_PORT is {port!r}; it must be a number from 0 to 65535")
    assistant = Assistant(model, knowledge, panel, Telemetry(model.name, model.version))
    return Server(assistant, environment.get("LISTEN_ADDRESS") or "127.0.0.1", int(port))


if __name__ == "__main__":
    sys.exit(main())
