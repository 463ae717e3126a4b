"""axe-core, the checker of accessibility, fetched once and kept outside of the repository.

https://github.com/dequelabs/axe-core
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
from functools import cache

from support.browser import Browser
from support.require import require
from support.tools import ROOT

_VERSION = "4.14.1"
_SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
_FOLDER = ROOT / ".tools"
# Both want landmarks of a page. An email lies within the page of a mail program, which has its own.
_OF_PAGES = ("landmark-one-main", "region")
_ASKED = """
axe.run(document, {rules: %s}).then(found => found.violations.map(each =>
    `${each.id} (${each.impact}): ${each.help}: ${each.nodes.map(node => node.html).join(' | ')}`))
"""


@cache
def _source() -> str:
    """Give the script; skip, or fail where it is required, when it cannot be fetched."""
    package = _FOLDER / f"axe-core-{_VERSION}.tgz"
    if not package.exists() and shutil.which("npm"):
        _FOLDER.mkdir(exist_ok=True)
        command = ["npm", "pack", "--silent", f"axe-core@{_VERSION}"]
        subprocess.run(command, cwd=_FOLDER, check=False, capture_output=True, timeout=120)
    require("axe-core", present=package.exists())
    digest = hashlib.sha512(package.read_bytes()).digest()
    assert base64.b64encode(digest).decode() == _SHA512, "this is another axe-core"
    with tarfile.open(package) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script
        return script.read().decode()


def violations(browser: Browser, html: str, *, dark: bool) -> list[str]:
    """Give what axe-core has to say of a document."""
    browser.look(700, dark=dark)
    browser.show(html)
    browser.evaluate(_source() + "\n;0")
    rules = {name: {"enabled": False} for name in _OF_PAGES}
    return list(browser.evaluate(_ASKED % json.dumps(rules)))
