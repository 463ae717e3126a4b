"""Links as numbered notes."""

from pressrun import urls


class Notes:
    """Numbers the addresses of a text, each once, in the order of their first mention."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._numbers: dict[str, int] = {}
        self._taken = 0

    def mark(self, label: str, href: str) -> str:
        """Give ``label`` with the number of its address; bare where there is none to follow."""
        url = None if href.startswith("#") else urls.absolute(self.base, href)
        if not url or label in {url, url.removeprefix("mailto:"), url.removeprefix("tel:")}:
            return label
        return f"{label} [{self._numbers.setdefault(url, len(self._numbers) + 1)}]".lstrip()

    def take(self) -> list[str]:
        """List what was numbered since the last call: ``[3] https://example.org/``."""
        new = list(self._numbers.items())[self._taken :]
        self._taken = len(self._numbers)
        return [f"[{number}] {url}" for url, number in new]
