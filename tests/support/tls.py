"""Certificates that nobody vouches for, and servers that show them."""

import ssl
import subprocess
from pathlib import Path
from typing import Any

from support.require import require


def certificate(folder: Path, names: str, **process: Any) -> Path:
    """Make cert.pem and key.pem in ``folder``, and return the path of the first.

    ``names`` is an OpenSSL subjectAltName such as IP:127.0.0.1; ``process`` is for its subprocess.
    """
    require("openssl")
    made = folder / "cert.pem"
    files = ("-keyout", str(made.with_name("key.pem")), "-out", str(made))
    subject = ("-subj", "/CN=test", "-addext", f"subjectAltName={names}", "-days", "2")
    subprocess.run(
        ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *subject),
        check=True,
        capture_output=True,
        **process,
    )
    return made


def server_tls(certificate: Path) -> ssl.SSLContext:
    """Return what a server needs to show a certificate that was made here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context
