"""Certificates and the one key of all of them, made by ``make.sh`` here: invented, published, trusted by nobody."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent

AUTHORITY: Final = FOLDER / "authority.pem"
"""The certificate of the lab's own authority: what ``SSL_CERT_FILE`` must name for the others to be accepted."""
