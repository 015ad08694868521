"""What becomes of a request: an answer or an error, right or wrong, and how long it takes. Nothing here waits.

Everything is decided by the seed and the request's id, so that two runs of the same requests agree, and a request that
is answered wrongly at quality 0.9 is also answered wrongly at 0.8.
"""

import hashlib
import math
import re
from dataclasses import dataclass
from statistics import NormalDist

from model_server.knobs import Knobs
from model_server.knowledge import Knowledge, Topic

HALLUCINATION = "That is handled by our lunar branch office; please send a fax on the second Tuesday of the month."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    answer_id: str
    text: str
    grounded: bool
    fails: bool
    prompt_tokens: int
    completion_tokens: int
    cost_eur: float
    first_token_seconds: float
    generation_seconds: float


def answer(question: str, request_id: str, knowledge: Knowledge, knobs: Knobs) -> Answer:
    topic = knowledge.topic_for(question)
    grounded = _draw(knobs, request_id, "quality") < knobs.quality
    text = knowledge.phrase(_right(topic, knowledge) if grounded else _wrong(topic, knowledge, knobs, request_id))
    prompt, completion = count_tokens(question), count_tokens(text)
    slowness = math.exp(knobs.latency_jitter * _normal(knobs, request_id))
    return Answer(
        answer_id=f"chatcmpl-{_digest(knobs, request_id, 'id').hex()[:24]}",
        text=text,
        grounded=grounded,
        fails=_draw(knobs, request_id, "error") < knobs.error_rate,
        prompt_tokens=prompt,
        completion_tokens=completion,
        cost_eur=(prompt + completion) / 1000 * knobs.cost_per_1k_tokens,
        first_token_seconds=slowness * (knobs.latency_seconds + knobs.first_token_seconds),
        generation_seconds=slowness * completion / knobs.tokens_per_second if knobs.tokens_per_second else 0.0,
    )


def count_tokens(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


def _right(topic: Topic | None, knowledge: Knowledge) -> str:
    return topic.answer if topic else knowledge.unknown


def _wrong(topic: Topic | None, knowledge: Knowledge, knobs: Knobs, request_id: str) -> str:
    """The answer to another question, or one that nobody wrote: never the right one by chance."""
    wrong = [other.answer for other in knowledge.topics if other is not topic] + [HALLUCINATION]
    return wrong[int(_draw(knobs, request_id, "wrong") * len(wrong))]


def _normal(knobs: Knobs, request_id: str) -> float:
    return NormalDist().inv_cdf(min(max(_draw(knobs, request_id, "latency"), 1e-6), 1 - 1e-6))


def _draw(knobs: Knobs, request_id: str, purpose: str) -> float:
    """A number in [0, 1): each purpose has its own, so that turning one knob leaves the others' choices alone."""
    return int.from_bytes(_digest(knobs, request_id, purpose)[:8]) / 2**64


def _digest(knobs: Knobs, request_id: str, purpose: str) -> bytes:
    return hashlib.sha256(f"{knobs.seed:g}/{purpose}/{request_id}".encode()).digest()
