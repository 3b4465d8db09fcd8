"""Scenarios about what services and gateways say: the way is clear, and words decide where the status would mislead."""

from typing import Final, NamedTuple

from netdiag.lab.scenarios.configurations import served
from netdiag.lab.topology import Scenario, World

_CHAT: Final = """\
chat_llm:
  type: maas
  base_url: http://localhost:3000/v1
  api_key: sk-lab-invented-key
  model: {model}
"""


class Said(NamedTuple):
    """A service that says ``trouble`` of ``model``, told as ``code``; title and story are in English and Chinese."""

    name: str
    trouble: str
    model: str
    code: str
    title: tuple[str, str]
    en: str
    zh: str


def scenario_of(said: Said) -> Scenario:
    """Return the scenario of a service on port 3000 of the host that says this."""
    return Scenario(
        said.name,
        title=dict(zip(("en", "zh"), said.title, strict=True)),
        story={"en": said.en, "zh": said.zh},
        world=World(services=served(said.trouble, 3000)),
        file_name="kag_config.yaml",
        config=_CHAT.format(model=said.model),
        expect_exit=1,
        expect_codes=frozenset({said.code}),
    )


_SAID: Final = (
    Said(
        "free-tier-used-up",
        "dashscope-free-tier",
        "qwen-plus",
        "ND418",
        ("A free tier that is used up", "免费额度用尽"),
        "DashScope answers 403: the model's free tier is exhausted, and the account is set to use nothing else.",
        "DashScope 返回 403：模型的免费额度已用尽，而账户设置为仅使用免费额度。",
    ),
    Said(
        "rate-worded-as-quota",
        "gemini-rate",
        "gemini-2.5-flash",
        "ND417",
        ("A rate that sounds like a quota", "说成额度的速率限制"),
        "Gemini says that the current quota is exceeded, and to retry in 34 seconds: it is the "
        "rate of a minute, and nothing has to be paid.",
        "Gemini 的说明写的是超出当前配额，同时要求 34 秒后重试：这是每分钟的速率限制，不需要充值。",
    ),
    Said(
        "tokens-of-a-minute",
        "dashscope-rate",
        "qwen-plus",
        "ND417",
        ("The tokens of a minute", "每分钟的 token 上限"),
        "DashScope's code is insufficient_quota; the page that it names is about tokens for each minute.",
        "DashScope 的错误码是 insufficient_quota，但它指向的页面讲的是每分钟 token 限制。",
    ),
    Said(
        "key-expired-or-wrong",
        "glm-key-open",
        "glm-4-flash",
        "ND404",
        ("A key that has expired or is wrong", "密钥过期或不正确"),
        "The provider says that the key has expired or is wrong. Which of the two is left open, "
        "so netdiag does not decide it.",
        "服务商的说明是令牌已过期或验证不正确，没有说明是哪一种，netdiag 也不作判断。",
    ),
    Said(
        "model-of-glm",
        "glm-model",
        "glm-4-flsh",
        "ND403",
        ("A model that GLM does not have", "GLM 没有的模型"),
        "GLM's code 1211 and its Chinese words mean that the model's name is wrong.",
        "GLM 的错误码 1211 及其中文说明表示模型名称有误。",
    ),
    Said(
        "endpoint-of-openrouter",
        "openrouter-model",
        "meta/llama-x:free",
        "ND403",
        ("A model without endpoints", "没有端点的模型"),
        "OpenRouter answers 404, as for a wrong path, and says that no endpoints are found for "
        "the model. The path is right.",
        "OpenRouter 返回 404，与路径错误时相同，但说明写的是没有该模型的端点。路径没有错。",
    ),
    Said(
        "deployment-of-azure",
        "azure-deployment",
        "gpt-4",
        "ND403",
        ("A deployment that Azure does not have", "Azure 没有的部署"),
        "Azure answers 404 DeploymentNotFound: the name of the deployment is wrong, not the path.",
        "Azure 返回 404 DeploymentNotFound：错的是部署名称，不是路径。",
    ),
    Said(
        "header-of-azure",
        "azure-key",
        "gpt-4o",
        "ND468",
        ("A key in the wrong header", "放错请求头的密钥"),
        "Azure's older paths want the key in a header of its own, and take what KAG sends for a "
        "token that has expired.",
        "Azure 的旧路径要求使用自己的请求头，它把 KAG 发送的密钥当作已过期的令牌。",
    ),
    Said(
        "model-not-open",
        "ark-not-open",
        "doubao-pro",
        "ND419",
        ("A model that was not activated", "没有开通的模型"),
        "Volcengine Ark answers 404, and says that the account has not activated the model.",
        "火山方舟返回 404，说明账户没有开通该模型。",
    ),
    Said(
        "country-refused",
        "openai-country",
        "gpt-4o-mini",
        "ND459",
        ("A country that is not served", "不支持的国家或地区"),
        "The provider answers 403 because of the country that the call comes from. The key was not looked at.",
        "服务商因调用所在的国家或地区返回 403，与密钥无关。",
    ),
    Said(
        "firewall-page",
        "cloudflare-page",
        "gpt-4o-mini",
        "ND459",
        ("A firewall's page", "防火墙的页面"),
        "Cloudflare shows its page with 403 in place of the service's answer. No key changes that.",
        "Cloudflare 用 403 页面代替了服务的应答。换密钥没有用。",
    ),
    Said(
        "account-deactivated",
        "account-deactivated",
        "gpt-4o-mini",
        "ND467",
        ("An account that was deactivated", "被停用的账户"),
        "The provider answers 401, as for a wrong key, and says that the account was deactivated.",
        "服务商返回 401，与密钥错误时相同，但说明写的是账户已停用。",
    ),
    Said(
        "memory-of-lm-studio",
        "lm-studio-memory",
        "qwen2.5-72b",
        "ND458",
        ("A model that LM Studio cannot load", "LM Studio 无法加载的模型"),
        "LM Studio lists the model, and says 404 model_not_found because it lacks the memory to load it.",
        "LM Studio 列出了该模型，却因内存不足无法加载而返回 404 model_not_found。",
    ),
    Said(
        "temperature-of-gpt-5",
        "openai-temperature",
        "gpt-5-mini",
        "ND421",
        ("A temperature that is fixed", "固定的 temperature"),
        "KAG always sends a temperature, 0.7 unless it is set, and the model takes 1 only.",
        "KAG 总会发送 temperature，未设置时为 0.7，而该模型只接受 1。",
    ),
    Said(
        "temperature-of-kimi",
        "kimi-temperature",
        "kimi-k2.5",
        "ND421",
        ("Another temperature that is fixed", "另一个固定的 temperature"),
        "Kimi says of its thinking model that only 1 is allowed.",
        "Kimi 的思考模型只允许 1。",
    ),
    Said(
        "answer-of-4096",
        "output-4096",
        "claude-3-haiku",
        "ND420",
        ("An answer that may be half as long", "回答长度上限只有一半"),
        "KAG 0.8 asks for up to 8192 tokens, and the model answers with 4096 at most. The limit "
        "that it names is what is to be written.",
        "KAG 0.8 请求最多 8192 个 token，而该模型最多回答 4096 个。应当写它给出的上限。",
    ),
    Said(
        "extra-field",
        "extra-forbidden",
        "mistral-small",
        "ND421",
        ("A list of fields that are refused", "被拒绝的字段列表"),
        "The answer is a list of errors, each with its place in the request; what KAG sends too much is named in it.",
        "返回的是错误列表，每项都给出请求中的位置，其中指出了 KAG 多发送的字段。",
    ),
)

SCENARIOS: Final = tuple(map(scenario_of, _SAID))
