"""What people get wrong about the ports of a Service."""

from typing import Final

from integration.api.mistake import Mistake

_TARGET = (
    "is a number from 1 to 65535 without quotes, or a container port's name: lower-case letters, digits and single "
    "dashes, with a letter"
)
_PORT = {"name": "again", "port": 80}

PORTS: Final = (
    Mistake(
        "two ports of one number",
        {"spec.service.ports.+": _PORT},
        "spec.service.ports: Invalid value: two ports of one number and protocol: leave one out, or give it another "
        "number",
    ),
    *(
        Mistake(
            f"a target port {port!r}",
            {"spec.service.ports.0.targetPort": port},
            f"spec.service.ports[0].targetPort: Invalid value: {_TARGET}",
        )
        for port in ("8080", "Http", "http_1", "a--b", "-http", "http-")
    ),
    Mistake("a target port beyond the last", {"spec.service.ports.0.targetPort": 65536}, "less than or equal to 65535"),
    Mistake("a target port of nothing", {"spec.service.ports.0.targetPort": 0}, "should be greater than or equal to 1"),
    Mistake(
        "a target port of many words",
        {"spec.service.ports.0.targetPort": "metrics-for-prom"},
        "spec.service.ports[0].targetPort: Too long: may not be more than 15 bytes",
    ),
    Mistake(
        "a protocol that is a sentence",
        {"spec.service.ports.1.appProtocol": "HTTP 2!"},
        'spec.service.ports[1].appProtocol: Invalid value: "HTTP 2!": must be a name of at most 63 letters, digits, -, '
        "_ and ., which may have a domain before it, such as team or example.com/team",
    ),
)
