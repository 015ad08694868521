"""The data set: what customers ask, and the fact that a right answer contains. `python -m quality.questions` writes it.

The truth is kept apart from what the server knows: a prompts file with a wrong fact in it fails here.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

DATASET: Final = Path(__file__).parent / "dataset.jsonl"

FACTS: Final[Mapping[str, str]] = {
    "returns": "30 days",
    "shipping": "2 to 4 working days",
    "password": "20 minutes",
    "warranty": "24 months",
    "cancel": "until it is packed",
    "invoice": "PDF",
    "address": "My account",
    "hours": "8:00 to 20:00",
    "out-of-scope": "pass your question on",
}

ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "returns": (
        "Until when can I return an item?",
        "How do I get a refund?",
        "Can I send the shoes back and get my money?",
        "What are the rules for returns?",
        "May I return a gift?",
        "When do I see my money again?",
    ),
    "shipping": (
        "How long does shipping take?",
        "When will my parcel arrive?",
        "Is delivery free?",
        "Do you deliver to islands?",
        "Do you ship on weekends?",
        "What does shipping cost?",
    ),
    "password": (
        "I forgot my password, what now?",
        "Why does my login not work?",
        "How do I log in again?",
        "I cannot sign in, what can I do?",
        "How do I reset my password?",
        "Why is my password refused?",
    ),
    "warranty": (
        "My headphones are broken, is there a warranty?",
        "How long is the warranty?",
        "Do you repair screens?",
        "My kettle has a defect, what now?",
        "The zip of my bag is broken, can you help?",
        "What do you need for a repair?",
    ),
    "cancel": (
        "Can I cancel my order?",
        "How long is cancellation possible?",
        "How do I unsubscribe from the monthly box?",
        "How do I cancel what I bought today?",
        "Can you cancel one of two items?",
        "Until when is a cancellation accepted?",
    ),
    "invoice": (
        "Where is the invoice for last month?",
        "Where do I find a receipt for my taxes?",
        "Does the bill show VAT?",
        "Can I get the invoice as a file?",
        "How long do you keep an invoice?",
        "Who sends me a receipt?",
    ),
    "address": (
        "I moved, how do I change my address?",
        "Can you send it to another address?",
        "We move next month, what should I do?",
        "Where do I correct my address?",
        "My address has a typo, can you help?",
        "Can the address change after payment?",
    ),
    "hours": (
        "When is your phone line open?",
        "What are your hours?",
        "Can I talk to a person?",
        "Can I call you on Saturday?",
        "Which phone number reaches you?",
        "Are you open today?",
    ),
    "out-of-scope": (
        "Do you sell gift cards?",
        "Who founded the company?",
        "Is the blue jacket waterproof?",
        "Do you have a shop in Lisbon?",
        "What is the weather tomorrow?",
        "Which keyboard is quiet?",
    ),
}

STYLES: Final[Mapping[str, str]] = {
    "plain": "{}",
    "polite": "Hello, could you please tell me: {} Thank you!",
    "history": "I ordered a keyboard last week. {}",
    "chatty": "It is me again, still a happy customer. {}",
}


def samples() -> Iterator[dict[str, object]]:
    """As inspect-ai's json_dataset reads them."""
    for topic, questions in ASKED.items():
        for number, question in enumerate(questions, 1):
            for style, frame in STYLES.items():
                yield {
                    "id": f"{topic}-{number}-{style}",
                    "input": frame.format(question),
                    "target": FACTS[topic],
                    "metadata": {"topic": topic, "style": style},
                }


def lines() -> str:
    return "".join(f"{json.dumps(sample)}\n" for sample in samples())


if __name__ == "__main__":
    DATASET.write_text(lines(), "utf-8")
