"""The files with places that are packed beside these modules."""

from importlib import resources
from string import Template


def filled(file: str, /, **places: str) -> bytes:
    """Fill every place of the file; the colours are the same in all of them."""
    folder = resources.files("pressrun.render.beside")
    palette = folder.joinpath("palette.css").read_text(encoding="utf-8")
    text = folder.joinpath(file).read_text(encoding="utf-8")
    return Template(text).substitute(places, palette=palette).encode()
