"""What the assistant knows, from the prompts file: change it, and the answers change."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast


class InvalidPrompts(Exception):
    """The prompts file cannot be used: the message says where and why."""


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    keywords: frozenset[str]
    answer: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    template: str
    unknown: str
    topics: Sequence[Topic]

    def topic_for(self, question: str) -> Topic | None:
        """The topic that shares most words with the question; of two alike the one that comes first in the file."""
        words = frozenset(re.findall(r"\w+", question.lower()))
        best = max(self.topics, key=lambda topic: len(topic.keywords & words), default=None)
        return best if best and best.keywords & words else None

    def phrase(self, answer: str) -> str:
        return self.template.replace("{answer}", answer)


def read_knowledge(file: Path) -> Knowledge:
    try:
        document: object = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidPrompts(f"{file} cannot be read: {error}") from error
    try:
        return _knowledge(document)
    except (TypeError, ValueError) as error:
        raise InvalidPrompts(f"{file}: {error}") from error


def _knowledge(document: object) -> Knowledge:
    top = _object(document, "the file")
    template = _text(top, "template")
    if "{answer}" not in template:
        raise ValueError("template must contain {answer}")
    topics = tuple(_topic(item) for item in _array(top, "topics"))
    if not topics:
        raise ValueError("topics is empty: the assistant would know nothing")
    return Knowledge(template, _text(top, "unknown"), topics)


def _topic(document: object) -> Topic:
    item = _object(document, "a topic")
    keywords = frozenset(str(word).lower() for word in _array(item, "keywords"))
    return Topic(_text(item, "name"), keywords, _text(item, "answer"))


def _object(document: object, what: str) -> dict[str, object]:
    if not isinstance(document, dict):
        raise TypeError(f"{what} must be a JSON object")
    return cast("dict[str, object]", document)


def _array(parent: dict[str, object], name: str) -> list[object]:
    value = parent.get(name)
    if not isinstance(value, list):
        raise TypeError(f"{name} must be a list")
    return cast("list[object]", value)


def _text(parent: dict[str, object], name: str) -> str:
    value = parent.get(name)
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name} must be a text, and not empty")
    return value
