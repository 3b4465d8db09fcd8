"""The folder as a whole."""

import re

from examples.files import EXAMPLES


def test_the_table_names_each_file():
    """README's table has a row for each file, and no row for one that is not there."""
    table = re.findall(r"^\| \[[^]]+\]\(([^)]+)\)", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    files = (str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*") if path.is_file())
    assert sorted(table) == sorted(set(files) - {"README.md"})
