"""What a user would write in Python: ``httpx_in_turn.py ADDRESS…`` asks each in turn, for 3 seconds at most."""

import sys

import httpx

_BODY = {"model": "qwen2.5:3b", "stream": False, "messages": [{"role": "user", "content": "who are you?"}]}

for address in sys.argv[1:]:
    try:
        answer = httpx.post(f"http://{address}:11434/api/chat", json=_BODY, timeout=3, trust_env=False)
    except httpx.TransportError:
        continue
    if answer.is_success:
        sys.exit(0)
sys.exit(1)
