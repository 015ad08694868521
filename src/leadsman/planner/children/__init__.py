"""What objects does a service consist of, and are they as they should be?"""

from leadsman.planner.children.config_map import copy_name, lost
from leadsman.planner.children.content import content
from leadsman.planner.children.deployment import deployment
from leadsman.planner.children.operations import Wanted, foreign, operations, strangers
from leadsman.planner.children.ownership import without_foreign_pods
from leadsman.planner.children.rendering import carried, sealed
from leadsman.planner.children.service import preview_name

__all__ = [
    "Wanted",
    "carried",
    "content",
    "copy_name",
    "deployment",
    "foreign",
    "lost",
    "operations",
    "preview_name",
    "sealed",
    "strangers",
    "without_foreign_pods",
]
