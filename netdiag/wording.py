"""What a service's refusal means, by its status and its own words: servers agree on neither. Pure.

``SIGNS`` was read in the error pages of OpenAI, DeepSeek, DashScope and SiliconFlow and in the answers users paste, and
recorded from Ollama, vLLM and llama-cpp-python. The first sign that fits counts.
"""

import re
from typing import Final, NamedTuple

from netdiag import failures


class Sign(NamedTuple):
    """A failure is told by a message that ``says`` matches, or by one of ``statuses`` alone; ``only`` narrows it."""

    failure: str
    says: str = ""
    statuses: frozenset[int] = frozenset()
    only: frozenset[int] = frozenset()


BAD: Final = frozenset({200, 400, 413, 422})
"""Statuses of a request that is read and refused; 200 is what some gateways put in front of an error."""

SIGNS: Final = (
    # 402 DeepSeek; "Arrearage" DashScope; insufficient_quota OpenAI (with 429); 30001 SiliconFlow (with 403)
    Sign(
        failures.OUT_OF_CREDIT,
        r"insufficient[ _](?:balance|quota|credit|user_quota)|exceeded your current quota|arrear|overdue-payment|"
        r"balance is (?:insufficient|not enough)|account is in good standing|欠费|余额不足|额度不足",
        statuses=frozenset({402}),
    ),
    Sign(failures.KEY_EXPIRED, r"(?:key|token|密钥|令牌).{0,40}(?:expired|过期)|expired (?:api )?(?:key|token)"),
    Sign(failures.ORIGIN_REFUSED, r"\bcors\b|cross-origin|origin\b.{0,40}not allowed", only=frozenset({400, 403})),
    # before "no such model": "embedding models do not support chat" is about a model that is there
    Sign(
        failures.CANNOT_EMBED,
        r"(?:does|do) not support embeddings?|not support embeddings api|embedding=true|not an embedding model|"
        r"start (?:it|the server) with [`'\"]?--embedding",
    ),
    Sign(
        failures.CANNOT_CHAT,
        r"(?:does|do) not support (?:chat|generate|completions?)\b|not support chat completions api|not a chat model",
    ),
    Sign(
        failures.MODEL_NOT_FOUND,
        r"model.{0,200}?(?:not found|not exist|not_found|no such)|(?:unknown|invalid) model|model is required|"
        r"model_not_found|no models? (?:is |are )?loaded",
        only=BAD | {404},
    ),
    # "Model.AccessDenied", "AccessDenied.Unpurchased": DashScope
    Sign(
        failures.MODEL_FORBIDDEN,
        r"model\.accessdenied|accessdenied\.unpurchased|access to (?:the )?model (?:is )?denied|model access denied|"
        r"(?:eligible|authorized|access) (?:for|to).{0,20} model|model disabled",
        only=frozenset({400, 401, 403}),
    ),
    Sign(
        failures.KEY_REFUSED,
        r"invalid_?api_?key|incorrect api key|invalid (?:api.?key|token)|api.?key.{0,20}(?:is |not )?(?:invalid|valid)|"
        r"authentication fails|unauthorized",
        statuses=frozenset({401}),
        only=frozenset({200, 400, 401, 403}),
    ),
    # llama.cpp: {"error":{"code":503,"message":"Loading model",…}}
    Sign(failures.MODEL_LOADING, r"loading model|(?:still|currently|is) loading|正在加载|加载中"),
    Sign(
        failures.TOO_MANY_TOKENS,
        r"maximum context length|max_model_len|max_seq_len|context (?:length|window|size)|available context|"
        r"range of \[?max_tokens|max_(?:completion_|new_)?tokens.{0,60}(?:greater|large|exceed|less|at most|must be)|"
        r"prompt_tokens.{0,30}must be less",
        only=BAD | {500},
    ),
    Sign(
        failures.RATE_LIMITED, r"overloaded|too many requests|rate.?limit|server busy", statuses=frozenset({429, 529})
    ),
    Sign(failures.PATH_NOT_FOUND, r"unexpected endpoint or method", statuses=frozenset({404, 405})),
    Sign(failures.FORBIDDEN, statuses=frozenset({403})),
    Sign(failures.PROXY_FAILED, statuses=frozenset({407})),
    Sign(failures.SERVICE_UNAVAILABLE, statuses=frozenset({503})),
)


def meaning(status: int, message: str) -> str | None:
    """Return the failure word that a refusal means, or ``None`` where neither its status nor its words tell more.

    ``key_refused`` stands for all that can be wrong with a key.
    """
    lowered = message.lower()
    for sign in SIGNS:
        if status in sign.statuses:
            return sign.failure
        if sign.says and (not sign.only or status in sign.only) and re.search(sign.says, lowered):
            return sign.failure
    return None
