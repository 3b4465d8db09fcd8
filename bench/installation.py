"""netdiag installed as the image has it, in an environment of its own: what is measured, and what it takes on disk."""

import shutil
import subprocess
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[1]


@dataclass(frozen=True)
class Installation:
    """An environment with netdiag: ``folder`` is what the image has as /opt/netdiag."""

    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin/python")

    @property
    def netdiag(self) -> str:
        """Its netdiag."""
        return str(self.folder / "bin/netdiag")

    @property
    def packages(self) -> Path:
        """Where its packages lie."""
        return next(self.folder.glob("lib/python*/site-packages"))


def install(folder: Path) -> Installation:
    """Do what the Dockerfile does: a fresh environment, netdiag and what it needs compiled, pip gone again.

    Raises ``CalledProcessError`` where pip cannot get what netdiag needs.
    """
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--compile", "--no-cache-dir", str(PROJECT)], check=True)
    subprocess.run([*pip, "uninstall", "--yes", "pip", "setuptools"], check=True)
    return Installation(folder)


def without_compiled(made: Installation, folder: Path) -> Installation:
    """Copy an installation without its .pyc files; run it with ``PYTHONDONTWRITEBYTECODE``, or they come back."""
    shutil.copytree(made.folder, folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    copy = Installation(folder)
    script = Path(copy.netdiag)
    script.write_text(script.read_text().replace(made.python, copy.python))
    return copy


def sizes(made: Installation) -> Mapping[str, int]:
    """Return the bytes of the files of each package, largest first; ``.pyc`` files are counted with their package."""
    found = {entry.name: _size(entry) for entry in made.packages.iterdir()}
    found["the environment itself"] = _size(made.folder) - sum(found.values())
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _size(place: Path) -> int:
    if place.is_file() or place.is_symlink():
        return place.lstat().st_size
    return sum(each.lstat().st_size for each in place.rglob("*") if not each.is_dir() or each.is_symlink())
