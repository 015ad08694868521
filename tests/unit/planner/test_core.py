"""What a plan holds, whatever comes of carrying it out."""

from dataclasses import replace

from leadsman.planner.core import plan
from leadsman.planner.world import TemplateCheck
from unit.planner.stories import image, serving


def test_what_serves_is_watched_on_while_the_next_revision_is_tried_and_made() -> None:
    simulation, name = serving()
    simulation.edit(image(2))
    world = simulation.world()

    trial = plan(world, simulation.now)
    assert trial.trial
    accepted = TemplateCheck(digest=trial.trial.digest, accepted=True, at=simulation.now)
    record = plan(replace(world, template=accepted), simulation.now)

    assert [dossier.create is not None for dossier in record.dossiers] == [True]
    for made in (trial, record):
        assert [watch.revision for watch in made.watches] == [name]
