"""What the tests of the store write, and in whose name."""

from collections.abc import Callable
from typing import Any

CANARY = "sk-canary-5f3a9e"
CONTENT = f"""\
# localhost is the container itself
chat_llm: &chat_llm
  api_key: {CANARY}
  base_url: http://localhost:11434/v1
  type: ollama
""".encode()
FIXED = CONTENT.replace(b"//localhost", b"//172.17.0.1")
HOST = (b"//localhost", b"//172.17.0.1")
NOBODY = 65534

Act = Callable[..., tuple[int, Any]]
Mounted = Callable[..., tuple[str, ...]]
