"""Reviews: of incidents, and of glasses that were broken for one. Nobody reviews what he did himself."""

from datetime import datetime

from leadsman.api.reasons import Reason
from leadsman.planner.decisions.approvals import is_author
from leadsman.planner.decisions.glass import REVIEW, to_review, unreviewed
from leadsman.planner.decisions.hearing import Hearing, Refusal
from leadsman.planner.governance import Act
from leadsman.planner.incidents.holding import is_closed
from leadsman.planner.records.book import Book, Record
from leadsman.planner.records.cast import Cast
from leadsman.planner.world import World


def reviewed(world: World, book: Book, parts: Cast, act: Act) -> Record | None:
    """The revision that an incident is about, or else the one that matters now."""
    found = next((one for one in world.incidents if one.name == act.spec.incident), None)
    if found is None or found.spec is None:
        return None
    named = book.records.get(found.spec.revision or "")
    choices = (named, parts.candidate, parts.serving, *book.records.values())
    return next((one for one in choices if one is not None and one.is_readable and one.attempt is not None), None)


def is_about_an_incident(heard: Hearing) -> Refusal | None:
    """One that is there, is not closed, and is about what it says; or one for which a glass was broken."""
    if heard.act.spec.decision != REVIEW:
        return None
    name = heard.act.spec.incident
    if heard.record is None:
        message = f"there is no incident {name} about it, and no glass was broken for it"
        return Refusal(reason=Reason.NOT_APPLICABLE, message=message)
    found = next((one for one in heard.world.incidents if one.name == name), None)
    is_over = found is not None and is_closed(heard.book, found)
    if is_over and to_review(heard.book.records.values(), name) is None:
        return Refusal(reason=Reason.NOT_APPLICABLE, message=f"incident {name} is closed already")
    return None


def review_since(heard: Hearing) -> datetime | None:
    """When the glass was broken, or else the incident opened."""
    name = heard.act.spec.incident
    if broken := to_review(heard.book.records.values(), name):
        return broken.decision.at
    return next((one.created_at for one in heard.world.incidents if one.name == name), None)


def none_is_unreviewed(heard: Hearing) -> Refusal | None:
    broken = next(unreviewed(heard.book.records.values()), None)
    if broken is None:
        return None
    message = f"{broken.decision.name} of {broken.record.name} is to be reviewed first, by somebody else"
    return Refusal(reason=Reason.GLASS_UNREVIEWED, message=message)


def reviews_anothers(heard: Hearing) -> Refusal | None:
    """Neither who broke it, nor who made the change."""
    broken = to_review(heard.book.records.values(), heard.act.spec.incident)
    actor = heard.act.spec.actor.username if heard.act.spec.actor is not None else ""
    broke_it = broken is not None and actor == broken.decision.actor.username
    about = (heard.about, reviewed(heard.world, heard.book, heard.cast, heard.act))
    made_it = any(is_author(heard.world, one, heard.act) for one in about if one is not None)
    if not (broke_it or made_it):
        return None
    message = "who broke the glass, or made the change, does not review it: ask somebody else"
    return Refusal(reason=Reason.OWN_CHANGE, message=message)
