"""What else the words of a refusal tell: which field, how many tokens, how long to wait, who stands behind. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from netdiag import failures

_NAMES_A_FIELD: Final = re.compile(
    r"(?i)unrecogni[sz]ed|not permitted|forbidden|unsupported|not supported|not allowed|is allowed|"
    r"unexpected|unknown|"
    r"not support|is too short|not of type|should be|must be|invalid|deserializ|extra (?:inputs|fields)|cannot both be|"
    r"cannot find field|"
    r"不支持|无效|不合法|参数错误"
)
_INSTEAD: Final = re.compile(
    r"(?i)(?:please )?use ['\"`]?\w{1,80}['\"`]? instead|instead,? (?:please )?use ['\"`]?\w{1,80}"
)
"""What is recommended, which is not what was refused: "Use 'max_completion_tokens' instead" (OpenAI, o1 and later)."""


def field(said: str, named: Sequence[str], sent: Collection[str]) -> str:
    """Return the one of the ``sent`` fields that a refusal is about; empty where it is about none of them.

    ``named`` are the fields that the refusal names as such (its ``param``, or FastAPI's ``loc``), the innermost first.
    """
    if not _NAMES_A_FIELD.search(said):
        return ""
    if certain := next((name for name in named if name in sent), ""):
        return certain
    text = _INSTEAD.sub("", said)
    places = ((_place(name, text), -len(name), name) for name in sent)
    return min((each for each in places if each[0] >= 0), default=(0, 0, ""))[2]


def _place(name: str, text: str) -> int:
    """Return where a field's name stands by itself in a text, or -1."""
    match = re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", text)
    return match.start() if match else -1


def only_value(said: str) -> str:
    """Return the only value that a field may have, as OpenAI's and Kimi's thinking models say it; empty for none."""
    match = re.search(
        r"(?i)only (?:the default \()?([\d.]{1,6}[\d])?(\d)?\)?(?: value)? is (?:supported|allowed)", said
    )
    return (match[1] or match[2] or "") if match else ""


class Limit(NamedTuple):
    """How many tokens a model takes: in all, or (``of_answer``) in its answer."""

    tokens: int
    of_answer: bool


_OF_CONTEXT: Final = (
    r"(?:context (?:length|window|size)|max_model_len|max_seq_len)\D{0,20}(\d{2,})",
    r"model token limit\D{0,4}(\d{2,})",
    r"\(tpm\): limit (\d{2,})",
    r"less than (\d{2,}) tokens",
)
_OF_ANSWER: Final = (
    r"max_(?:completion_|new_)?tokens\D{0,12}\d+ ?> ?(\d{2,})",
    r"supports at most (\d{2,}) (?:completion|output) tokens",
    r"max_(?:completion_|new_)?tokens.{0,60}?(?:less than or equal to|at most|between \d+ and|<=)\W{0,3}(\d{2,})",
    r"max_(?:completion_|new_)?tokens.{0,20}?(?:不能大于|不能超过|不超过|小于等于|最大值为|最大为|上限为)\W{0,3}(\d{2,})",
    r"max_(?:completion_|new_)?tokens.{0,40}?\[\d+, ?(\d{2,})\]",
    r"maximum value for `?max_(?:completion_|new_)?tokens`?\D{0,20}(\d{2,})",
)


def limit(said: str) -> Limit | None:
    """Return how many tokens a refusal says a model takes, or ``None`` where it names no number."""
    for patterns, of_answer in ((_OF_ANSWER, True), (_OF_CONTEXT, False)):
        for pattern in patterns:
            if match := re.search(pattern, said, re.IGNORECASE | re.DOTALL):
                return Limit(int(match[1][:9]), of_answer)
    return None


def wait(said: str) -> str:
    """Return for how long a refusal asks to be left alone, as ``34 s``; empty where it does not say."""
    match = re.search(
        r"(?i)(?:re)?try (?:again )?(?:in|after) (?:about )?(?:(\d+)m)?(\d+)(?:\.\d+)? ?(ms|s|sec|$)?", said
    )
    if not match or match[3] == "ms":
        return ""
    return f"{int(match[1] or 0) * 60 + int(match[2])} s"


_PLACES: Final = (
    r"cannot connect to host ([\w.-]{1,253}:\d{1,5})",
    r"(?:dial tcp|econnrefused|connect call failed \(')\s{0,2}([\w.-]{1,253}(?::|', )\d{1,5})",
    r"(?:post|get) \\?\"https?://([\w.-]{1,253}(?::\d{1,5})?)/",
    r"upstream: \\?\"https?://([\w.-]{1,253}(?::\d{1,5})?)/",
    r"host='([\w.-]{1,253}', port=\d{1,5})",
)


def upstream(said: str) -> str:
    """Return ``host:port`` of the service that a gateway could not call, where it names it."""
    for pattern in _PLACES:
        if match := re.search(pattern, said, re.IGNORECASE):
            return re.sub(r"', (?:port=)?", ":", match[1])
    return ""


def is_loopback(place: str) -> bool:
    """Tell whether ``host:port`` is the machine or the container that says it."""
    return bool(re.match(r"(?i)(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0)(?::|\Z)", place))


def option(said: str) -> str:
    """Return the option with which a refusal says that its server is to be started; empty where it names none."""
    match = re.search(r"(?<![\w-])(--(?:is-)?(?:embeddings?|rerank(?:ing)?))\b", said)
    return match[1] if match else ""


def is_about_channels(said: str) -> bool:
    """Tell whether a gateway speaks of its own channels, as one-api and new-api call the services behind them."""
    return bool(re.search(r"(?i)渠道|\bchannels?\b", said))


_ABOUT_PATHS: Final = re.compile(
    r"(?i)\A\W*\Z|\A(?:\d{3} )?(?:page |file |resource )?not ?found(?:\W*\Z|\. )|\burls?\b|\bpath\b|\broutes?\b|"
    r"\bmethod\b|\bendpoint\b|\bpage\b|\bresource\b|\b(?:cannot )?(?:get|post) /|backend not found|not ?found\W*\Z|"
    r"路径|接口|地址|页面|资源"
)


def is_about_paths(said: str) -> bool:
    """Tell whether the words of a 404 say, or leave it open, that it is the path that is not there."""
    return _ABOUT_PATHS.search(said) is not None


def names(said: str, model: str) -> bool:
    """Tell whether a refusal names the model that was asked for, which must be long enough to be no word by chance."""
    return len(model) > 2 and re.search(rf"(?<![\w-]){re.escape(model)}(?![\w-])", said) is not None


def is_page(text: str) -> bool:
    """Tell whether a text is a web page, or a part of one, as some servers send for an error: it begins with a tag."""
    return re.match(r"\s*\ufeff?<[!?a-zA-Z]", text) is not None


def title(text: str) -> str:
    """Return the title of a web page and its first heading, where ``text`` is one."""
    if not is_page(text):
        return ""
    found = (re.search(rf"(?is)<{tag}[^>]{{0,200}}>(.{{1,200}}?)</{tag}>", text) for tag in ("title", "h1"))
    return ": ".join(dict.fromkeys(" ".join(match[1].split()) for match in found if match))


def told(failure: str, said: str, *, page: bool = False) -> Mapping[str, str]:
    """Return what the words of a refusal tell of its ``failure``, by the names that findings have for it.

    ``upstream``, ``upstream_port``, ``upstream_loopback`` or ``_elsewhere`` or ``_unsaid``, ``option``, ``only``,
    ``limit``, ``fewer``, ``retry_after``, ``channel`` and ``reason`` (findings/terms.yaml). ``page`` says that it came
    as a web page.
    """
    if failure == failures.UPSTREAM_FAILED:
        place = upstream(said)
        kind = "loopback" if is_loopback(place) else "elsewhere" if place else "unsaid"
        port = place.rpartition(":")[2] if ":" in place else "80"
        return {"upstream": place, "upstream_port": port, f"upstream_{kind}": "yes", "reason": f"upstream_{kind}"}
    if failure in (failures.FORBIDDEN, failures.LOCATION_REFUSED):
        kind = "page" if page else "words" if said.strip() else "silent"
        return {"reason": f"forbidden_{kind}"}
    if failure == failures.MODEL_NOT_FOUND and is_about_channels(said):
        return {"channel": "yes"}
    if failure == failures.TOO_MANY_TOKENS and (most := limit(said)):
        # an answer may be as long as its own limit; of a context half is left for the question
        fewer = most.tokens if most.of_answer else most.tokens // 2
        return {"limit": str(most.tokens), "fewer": str(fewer)}
    name, find = _BY_FAILURE.get(failure, ("", option))
    found = find(said) if name else ""
    return {name: found} if found else {}


_BY_FAILURE: Final = {
    failures.CANNOT_EMBED: ("option", option),
    failures.CANNOT_RERANK: ("option", option),
    failures.RATE_LIMITED: ("retry_after", wait),
    failures.FIELD_REFUSED: ("only", only_value),
}
