"""Where the templates are that Pressrun brings along."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def packed_templates() -> Traversable:
    """Give the folder of the packed templates, one folder for each.

    The wheel carries them inside the package; in a checkout they are at the top level.
    """
    inside = resources.files("pressrun") / "email_templates"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "email_templates"
