"""Run git as a tool of ours: nobody is asked, no hook runs, no secret comes out."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pressrun.deliver.ledger.talk import talk
from pressrun.errors import LedgerError

NO_ANSWER = -1  # Answer.code when git did not end in time
_TIMEOUT = 60.0

# A person's configuration stays in force (credential helpers, ssh, proxies, insteadOf); these
# settings of it could run programs, ask for a passphrase, change what we write or show a token to
# anybody who calls himself the server. An authority of one's own goes into http.sslCAInfo.
_OVERRIDES = (
    "core.hooksPath=/dev/null",
    "commit.gpgSign=false",
    "push.gpgSign=false",
    "push.followTags=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "i18n.commitEncoding=UTF-8",
    "protocol.ext.allow=never",
    "http.sslVerify=true",
)
# Of git's own variables only these come through: GIT_DIR and its kin would lead us into the
# repository whose hook or job has started us, and GIT_TRACE writes credentials.
_KEPT = re.compile(
    "GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|PROXY_COMMAND|SSL_(?!NO_VERIFY).*|CONFIG_.*|EXEC_PATH"
    "|ALLOW_PROTOCOL|PROTOCOL_FROM_USER)"
)
_OURS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Pressrun",
    "GIT_AUTHOR_EMAIL": "ledger@pressrun.invalid",
    "GIT_COMMITTER_NAME": "Pressrun",
    "GIT_COMMITTER_EMAIL": "ledger@pressrun.invalid",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call ended. ``talk`` is what git said to a person, in one line, without secrets."""

    code: int
    out: bytes
    talk: str


@dataclass(frozen=True, slots=True)
class Git:
    """The program git in ``folder``, which exists; ``secrets`` are kept out of every answer.

    ``settings`` and ``more`` are further configuration and environment; a call has ``timeout``
    seconds.
    """

    folder: Path
    environ: Mapping[str, str]
    secrets: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    timeout: float = _TIMEOUT

    def call(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Answer:
        """Run git; whatever its exit code is an answer. LedgerError where there is no git."""
        settings = [part for setting in (*_OVERRIDES, *self.settings) for part in ("-c", setting)]
        try:
            done = subprocess.run(
                ["git", *settings, *arguments],
                input=stdin,
                capture_output=True,
                cwd=self.folder,
                env=self._environment() | dict(env or {}),
                timeout=self.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(NO_ANSWER, b"", f"no answer within {self.timeout:g} s")
        except FileNotFoundError:
            raise LedgerError.of(
                "git is not installed, and the ledger is on a git branch.",
                "publish.yml",
                "Install git, or write `ledger: file`.",
            ) from None
        said = talk(done.stderr.decode(errors="replace"), self.secrets)
        told = said or f"git ended with code {done.returncode}"
        return Answer(done.returncode, done.stdout, told)

    def _environment(self) -> dict[str, str]:
        theirs = self.environ.items()
        kept = {k: v for k, v in theirs if not k.startswith("GIT_") or _KEPT.fullmatch(k)}
        return kept | _OURS | dict(self.more)
