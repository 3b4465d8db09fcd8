"""The configurations that are measured with."""

from typing import Final

from bench.places import INSTANT_PORT

_BIG: Final = 5_000_000

CHAT: Final = '{ "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
"""What OpenSPG's page asks for: one line of JSON."""


def at(port: int) -> str:
    """Return the same for another port of 127.0.0.1."""
    return CHAT.replace("localhost:11434", f"127.0.0.1:{port}")


def endpoints(count: int, hosts: int) -> str:
    """Return ``count`` chat models, each another, spread over ``hosts`` addresses where the instant server listens."""
    return "".join(
        f"llm{number}:\n  type: ollama\n  base_url: http://127.0.1.{number % hosts + 1}:{INSTANT_PORT}/\n"
        f"  model: qwen2.5:{number}b\n"
        for number in range(count)
    )


_TEXT: Final = "".join(
    f"    {number}. Read the passage, name what it speaks of, and keep to it.\n" for number in range(40)
)
_PROMPT: Final = "prompt{}:\n  text: |\n" + _TEXT
_NAMES: Final = "".join(f"  - {{{{name: entity{number}, type: Concept, weight: 0.5}}}}\n" for number in range(15))


def prompts() -> str:
    """Return 5 MB of a project's prompts beside one model: running text in blocks, which is little to a parser."""
    return _repeated(_PROMPT)


def lists() -> str:
    """Return 5 MB, a fifth of it lists of short mappings: there every few bytes are a node, which costs a parser."""
    return _repeated(_PROMPT + "examples{}:\n" + _NAMES)


def _repeated(part: str) -> str:
    return endpoints(1, 1) + "".join(part.format(number, number) for number in range(_BIG // len(part)))
