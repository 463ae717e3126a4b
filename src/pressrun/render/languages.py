"""What a language's tag tells: its main language, and which way it runs."""

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})


def primary(language: str) -> str:
    """Give the language of a tag without region or script: de for de-AT."""
    return language.lower().split("-")[0]


def direction(language: str) -> str:
    """Say which way a language runs, by its tag: ltr or rtl."""
    main, *rest = language.lower().split("-")
    return "rtl" if main in _RIGHT_TO_LEFT or {"arab", "hebr"} & {*rest} else "ltr"
