"""An answer has the shape of OpenAI's chat completions."""

import time

import pytest

from contract.api import Api, Reply

QUESTION = "How long does shipping take?"
SAID = {"role": "user", "content": QUESTION}


def test_a_question_is_answered_with_200_and_json(answered: Reply) -> None:
    assert answered.status == 200
    assert answered.headers["content-type"].startswith("application/json")


def test_the_answer_is_a_chat_completion_with_an_id(answered: Reply) -> None:
    assert answered.json["object"] == "chat.completion"
    assert answered.json["id"].startswith("chatcmpl-")


def test_created_is_now_in_seconds(api: Api) -> None:
    now = time.time()  # noqa: TID251 - what is checked is a clock

    assert abs(api.ask(QUESTION).json["created"] - now) < 300


def test_there_is_one_choice_by_the_assistant_and_it_says_something(answered: Reply) -> None:
    [choice] = answered.json["choices"]

    assert choice["index"] == 0
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"].strip()


def test_an_answer_ends_because_it_is_complete(answered: Reply) -> None:
    assert answered.json["choices"][0]["finish_reason"] == "stop"


def test_tokens_are_counted_and_add_up(answered: Reply) -> None:
    usage = answered.json["usage"]

    assert usage["prompt_tokens"] > 0
    assert usage["completion_tokens"] > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_a_longer_question_has_more_tokens(api: Api) -> None:
    short, long = (api.ask(text).json["usage"]["prompt_tokens"] for text in (QUESTION, QUESTION * 20))

    assert long > short


def test_the_model_of_an_answer_is_one_that_is_listed(api: Api, answered: Reply) -> None:
    listed = api.send("GET", "/v1/models").json

    assert listed["object"] == "list"
    assert answered.json["model"] in {model["id"] for model in listed["data"]}


def test_the_version_that_answered_is_named(answered: Reply) -> None:
    assert answered.headers["x-model-version"]


def test_a_request_id_comes_back_as_it_was_sent(api: Api) -> None:
    reply = api.post({"messages": [SAID]}, headers={"x-request-id": "contract-4711"})

    assert reply.headers["x-request-id"] == "contract-4711"


def test_without_a_request_id_there_is_one(answered: Reply) -> None:
    assert answered.headers["x-request-id"]


def test_ids_of_answers_differ(api: Api) -> None:
    assert len({api.ask(QUESTION).json["id"] for _ in range(5)}) == 5


def test_fields_that_are_not_known_are_ignored(api: Api) -> None:
    assert api.ask(QUESTION, temperature=0, user="contract", seed=7).status == 200


def test_the_whole_conversation_may_be_sent(api: Api) -> None:
    before = [
        {"role": "system", "content": "You help customers."},
        {"role": "user", "content": "Hello!"},
        {"role": "assistant", "content": "Hello, how can I help?"},
    ]

    assert api.post({"messages": [*before, SAID]}).status == 200


@pytest.mark.parametrize(
    "text", ["Wie lange dauert der Versand? 🚚", "配送需要多长时间?", 'quote " and \\ and \n', "?"]
)
def test_any_text_may_be_asked(api: Api, text: str) -> None:
    reply = api.ask(text)

    assert reply.status == 200
    assert reply.json["choices"][0]["message"]["content"]


def test_feedback_on_an_answer_is_understood(api: Api) -> None:
    """Whichever pod gets it: one that did not give the answer says 404."""
    verdict = {"id": api.ask(QUESTION).json["id"], "verdict": "up"}

    assert api.post(verdict, "/v1/feedback").status in {200, 404}


@pytest.mark.parametrize(
    "verdict", [{"id": "chatcmpl-1", "verdict": "maybe"}, {"verdict": "up"}], ids=["word", "no-id"]
)
def test_feedback_that_says_nothing_is_refused(api: Api, verdict: object) -> None:
    assert api.post(verdict, "/v1/feedback").status == 400
