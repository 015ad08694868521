"""What customers ask, and the fact that a right answer contains: the truth is kept apart from the server's prompts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    fact: str

    def is_answered_by(self, answer: str) -> bool:
        return self.fact in answer


QUESTIONS = (
    Question("Until when can I return an item?", "30 days"),
    Question("How do I get a refund?", "five days after it arrives"),
    Question("How long does shipping take?", "2 to 4 working days"),
    Question("Is delivery free?", "from 50 euros"),
    Question("I forgot my password, what now?", "20 minutes"),
    Question("My headphones are broken, is there a warranty?", "24 months"),
    Question("Can I cancel my order?", "until it is packed"),
    Question("Where is the invoice for last month?", "PDF"),
    Question("I moved, how do I change my address?", "My account"),
    Question("When is your phone line open?", "8:00 to 20:00"),
)
