import statistics
from pathlib import Path

import pytest
from load_generator.questions import QUESTIONS, Question
from model_server.answers import answer
from model_server.knobs import Knobs
from model_server.knowledge import InvalidPrompts, Knowledge, read_knowledge

IDS = [f"load-{number}" for number in range(2000)]
ASKED = QUESTIONS[0].text


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.fact)
def test_each_question_is_answered_right_at_full_quality_and_wrong_at_none(
    question: Question, knowledge: Knowledge
) -> None:
    for request_id in IDS[:100]:
        right = answer(question.text, request_id, knowledge, Knobs(quality=1))
        wrong = answer(question.text, request_id, knowledge, Knobs(quality=0))

        assert question.is_answered_by(right.text)
        assert right.grounded
        assert not question.is_answered_by(wrong.text)
        assert not wrong.grounded


def test_two_runs_agree_and_another_seed_does_not(knowledge: Knowledge) -> None:
    def run(seed: float) -> list[object]:
        return [answer(ASKED, name, knowledge, Knobs(quality=0.5, error_rate=0.5, seed=seed)) for name in IDS[:50]]

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_the_share_of_right_answers_and_of_errors_is_the_knobs(share: float, knowledge: Knowledge) -> None:
    answers = [answer(ASKED, name, knowledge, Knobs(quality=share, error_rate=share)) for name in IDS]

    assert statistics.mean(given.grounded for given in answers) == pytest.approx(share, abs=0.04)
    assert statistics.mean(given.fails for given in answers) == pytest.approx(share, abs=0.04)
    assert any(given.grounded != given.fails for given in answers), "each has its own draw"


def test_what_is_wrong_at_some_quality_is_wrong_at_each_lower_one(knowledge: Knowledge) -> None:
    def wrong(quality: float) -> set[str]:
        return {name for name in IDS if not answer(ASKED, name, knowledge, Knobs(quality=quality)).grounded}

    assert wrong(0.9) < wrong(0.7) < wrong(0.2)


def test_latency_has_the_base_for_its_median_and_a_long_tail(knowledge: Knowledge) -> None:
    knobs = Knobs(latency_seconds=0.5, first_token_seconds=0.5, latency_jitter=0.5)
    times = [answer(ASKED, name, knowledge, knobs).first_token_seconds for name in IDS]

    assert statistics.median(times) == pytest.approx(1.0, rel=0.1)
    assert statistics.quantiles(times, n=100)[94] == pytest.approx(2.276, rel=0.15)  # exp(0.5 * 1.645)


def test_tokens_take_time_and_cost_money(knowledge: Knowledge) -> None:
    knobs = Knobs(tokens_per_second=10, latency_jitter=0, cost_per_1k_tokens=5)
    given = answer(ASKED, "a", knowledge, knobs)

    assert given.generation_seconds == pytest.approx(given.completion_tokens / 10)
    assert given.cost_eur == pytest.approx((given.prompt_tokens + given.completion_tokens) * 0.005)
    assert answer(ASKED, "a", knowledge, Knobs(tokens_per_second=0)).generation_seconds == 0


def test_another_prompt_gives_another_answer(tmp_path: Path, knowledge: Knowledge) -> None:
    file = tmp_path / "prompts.json"
    topic = '{"name": "returns", "keywords": ["Return"], "answer": "Within 14 days."}'
    file.write_text(f'{{"template": "Sure: {{answer}}", "unknown": "No idea.", "topics": [{topic}]}}')
    other = read_knowledge(file)

    assert answer(ASKED, "a", other, Knobs()).text == "Sure: Within 14 days."
    assert answer("What is the meaning of life?", "a", other, Knobs()).text == "Sure: No idea."
    assert answer(ASKED, "a", knowledge, Knobs()).text != answer(ASKED, "a", other, Knobs()).text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be read"),
        ("[]", "must be a JSON object"),
        ('{"template": "no place", "unknown": "?", "topics": [{}]}', "{answer}"),
        ('{"template": "{answer}", "unknown": "?", "topics": []}', "topics is empty"),
        (
            '{"template": "{answer}", "unknown": "", "topics": [{"name": "a", "keywords": [], "answer": "b"}]}',
            "unknown must",
        ),
        ('{"template": "{answer}", "unknown": "?", "topics": [{"keywords": "a"}]}', "keywords must be a list"),
    ],
)
def test_prompts_that_cannot_be_used_say_where_and_why(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "prompts.json"
    file.write_text(content)

    with pytest.raises(InvalidPrompts) as refused:
        read_knowledge(file)

    assert says in str(refused.value)
    assert str(file) in str(refused.value)
