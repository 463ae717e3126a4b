"""Where the ledger's branch lives, and how to log in there without showing a secret."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from pressrun.deliver.ledger.git_command import Git
from pressrun.errors import LedgerError

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")

# git's questions are "Username for 'https://host': " and "Password for 'https://user@host': ".
# The answer goes to the remote's own host only: a redirect must not carry the token elsewhere.
ASKPASS = """\
#!/bin/sh
case "$1" in
"Username for '$PRESSRUN_GIT_SCHEME://$PRESSRUN_GIT_HOST'"*) printf '%s\\n' "$PRESSRUN_GIT_USER" ;;
"Password for '$PRESSRUN_GIT_SCHEME://"*"@$PRESSRUN_GIT_HOST'"*)
    printf '%s\\n' "$PRESSRUN_GIT_SECRET" ;;
*) exit 1 ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Login:
    """A remote's address without any password, and the environment in which git can log in."""

    url: str
    secrets: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)

    def equip(self, git: Git) -> Git:
        """Return ``git`` with this login."""
        return replace(git, secrets=self.secrets, settings=self.settings, more=self.environ)


def address(root: Path, remote: str, git: Git) -> str:
    """Return the address of a remote's name, a URL or a path, all as publish.yml may have them.

    LedgerError for a name that the publication's repository does not know.
    """
    if not _NAME.fullmatch(remote):
        return _absolute(remote, root)
    answer = git.call("-C", str(root), "remote", "get-url", "--push", remote)
    if answer.code:
        raise LedgerError.of(
            f'The ledger\'s remote "{remote}" is unknown here: {answer.talk}.',
            "publish.yml",
            f"Add it with `git remote add {remote} URL`, or give `remote:` below `ledger:` a URL.",
        )
    top = git.call("-C", str(root), "rev-parse", "--show-toplevel")
    return _absolute(_text(answer.out), Path(_text(top.out) or root))


def login(url: str, environ: Mapping[str, str], askpass: Path) -> Login:
    """Return how to log in at ``url``: with its own password, else with a token, else as git does.

    ``askpass`` is where the script ASKPASS lies.
    """
    secrets = tuple(filter(None, map(environ.get, ("PUBLISH_GIT_TOKEN", "GITHUB_TOKEN"))))
    parts = urlsplit(url) if re.match("https?://", url) else None
    if not parts or not parts.hostname:
        return Login(url, secrets)
    secret = unquote(parts.password or "") or _token(parts, environ)
    host = parts.netloc.rpartition("@")[2]
    bare = parts._replace(netloc=host).geturl() if parts.password is not None else url
    # A person's setting for this one address would count more than ours for all.
    verified = (f"http.{bare}.sslVerify=true",)
    if not secret or (parts.scheme == "http" and parts.hostname not in _LOOPBACK):
        return Login(bare, secrets, verified)
    answers = {
        "GIT_ASKPASS": str(askpass),
        "PRESSRUN_GIT_SCHEME": parts.scheme,
        "PRESSRUN_GIT_HOST": host,
        "PRESSRUN_GIT_USER": unquote(parts.username or "") or "x-access-token",
        "PRESSRUN_GIT_SECRET": secret,
    }
    # Without a helper nothing stores the token on the disk.
    settings = (*verified, "credential.helper=", "credential.useHttpPath=false")
    return Login(bare, (*secrets, secret), settings, answers)


def _token(parts: SplitResult, environ: Mapping[str, str]) -> str:
    """Return the token for a host; GitHub's is for the server that issued it, and nobody else."""
    if token := environ.get("PUBLISH_GIT_TOKEN"):
        return token
    server = urlsplit(environ.get("GITHUB_SERVER_URL") or "https://github.com")
    return environ.get("GITHUB_TOKEN", "") if parts.hostname == server.hostname else ""


def _absolute(remote: str, folder: Path) -> str:
    """Return a path as seen from ``folder``; leave ``scheme://`` and ``host:path`` alone."""
    if re.match(r"[^/]*:", remote):
        return remote
    return str(folder.absolute() / remote)


def _text(out: bytes) -> str:
    return out.decode(errors="surrogateescape").removesuffix("\n")
