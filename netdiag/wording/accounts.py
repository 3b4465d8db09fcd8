"""Rows: what an account has used up, and for how long: a rate begins anew by itself, a balance does not."""

from typing import Final

from netdiag import failures
from netdiag.wording.row import Row, code

ROWS: Final = (
    Row(
        failures.OUT_OF_CREDIT,
        "Gemini",
        r"quota exceeded for .{0,200}limit: 0\b",
        "ai.google.dev, rate limits: a free tier that has none of this model",
        frozenset({429}),
    ),
    Row(
        failures.RATE_LIMITED,
        "Gemini, Groq, OpenAI, Azure, Kimi",
        r"(?:re)?try (?:again )?(?:in|after) (?:about )?[\d.]+ ?m?s?\b|try again in (?:about )?\d|retrydelay",
        "Gemini's 'Please retry in 34s' stands beside 'You exceeded your current quota'",
        frozenset({200, 400, 403, 429, 503}),
    ),
    Row(
        failures.RATE_LIMITED,
        "DashScope",
        r"\bthrottling\b|error-code#(?:token|rate)-limit|limit_requests|limit_burst_rate",
        "help.aliyun.com/zh/model-studio/error-code: a limit for each minute, also under 'insufficient_quota'",
    ),
    Row(
        failures.RATE_LIMITED,
        "OpenAI, SiliconFlow, Volcengine Ark, Qianfan",
        r"per[ -](?:minute|min|second|hour|day)\b.{0,80}(?:limit|exceed|reach|quota)|"
        r"(?:limit|exceed|reach|quota).{0,80}per[ -](?:minute|min|second|hour|day)\b|"
        r"\b[rtiq]p[mds]\b.{0,20}(?:limit|exceed)|"
        r"[rt]pm_rate_limit|rpm limit|(?:daily|qps) request limit reached|per-day",
        "SiliconFlow answers 403 'RPM limit exceeded' to who has not proven who he is",
        frozenset({200, 400, 403, 429}),
    ),
    Row(
        failures.RATE_LIMITED,
        "new-api, Chinese providers",
        r"分钟内最多请求|请求(?:过于|太)?频繁|请求频率|限流|并发(?:数|量)?.{0,10}(?:过高|超限|超过|超出|已满)|"
        r"达到.{0,6}(?:并发|速率|频率).{0,4}(?:限制|上限)|"
        r"每(?:分钟|秒).{0,20}(?:限制|上限|超)",
        "new-api i18n/locales; docs.bigmodel.cn, error codes",
    ),
    Row(
        failures.RATE_LIMITED,
        "GLM",
        code("130[2358]"),
        "docs.z.ai, error codes: concurrency, frequency, calls of a day",
    ),
    # not a rate: no queue and no minute of waiting gives back what a week allows
    Row(
        failures.OUT_OF_CREDIT,
        "Ollama",
        r"reached your (?:hourly|daily|weekly) usage limit",
        "ollama.com: limits of its cloud",
    ),
    Row(failures.RATE_LIMITED, "MiniMax", r"\bstatus_code\W{1,6}(?:1002|1039)\b", "platform.minimax.io, error codes"),
    # 402 DeepSeek; "Arrearage" DashScope; insufficient_quota OpenAI (with 429); 30001 SiliconFlow (with 403)
    Row(
        failures.OUT_OF_CREDIT,
        "OpenAI, DeepSeek, DashScope, SiliconFlow, Anthropic",
        r"insufficient[ _](?:account )?(?:balance|quota|credit|fund|user_quota)|exceeded your current quota|"
        r"arrear|overdue|"
        r"balance is (?:insufficient|not enough|too low)|account is in good standing|not.enough.balance|"
        r"quota is not enough|billing_(?:hard_limit|not_active)|hard limit has been reached|"
        r"(?:account|billing).{0,40}(?:not active|is suspended).{0,60}billing|exceeded_current_quota",
        "the providers' error pages; one-api relay/controller/helper.go",
    ),
    Row(
        failures.OUT_OF_CREDIT,
        "DashScope, Volcengine Ark",
        r"allocationquota\.freetieronly|free (?:tier|trial|quota).{0,40}exhausted|"
        r"exhausted.{0,40}free (?:tier|trial|quota)|"
        r"setlimitexceeded|inference limit",
        "help.aliyun.com/zh/model-studio/error-code (403); volcengine.com/docs/82379/1299023",
    ),
    Row(
        failures.OUT_OF_CREDIT,
        "Tencent Hunyuan",
        r"resourcepackexhausted|chargeresourceexhausted|servicestop|lowbalance|inarrears",
        "cloud.tencent.com/document/product/1729, error codes",
    ),
    Row(
        failures.OUT_OF_CREDIT,
        "OpenRouter",
        r"requires more credits|key limit exceeded|never purchased credits|can only afford \d",
        "openrouter.ai/docs, errors (402, 403); opencode issue 12219",
    ),
    Row(
        failures.OUT_OF_CREDIT,
        "LiteLLM",
        r"budget has been exceeded|exceededbudget|budget_exceeded|exceededtokenbudget",
        "litellm/proxy/auth: BudgetExceededError",
    ),
    Row(
        failures.OUT_OF_CREDIT,
        "Kimi",
        r"reached your usage limit for this (?:billing cycle|period)|monthly usage limit",
        "kimi.com/code/docs, error reference (403, 429)",
    ),
    Row(
        failures.OUT_OF_CREDIT,
        "one-api, new-api, Chinese providers",
        r"额度.{0,8}(?:已?用[尽完]|耗尽|不足)|余额.{0,6}不足|欠费|资源包.{0,6}(?:用尽|耗尽)|预扣费额度失败|"
        r"token quota is exhausted|pre_consume_token_quota_failed",
        "recorded: one-api 8df4a26 (401); new-api i18n/locales",
    ),
    Row(failures.OUT_OF_CREDIT, "GLM", code("1113"), "docs.z.ai, error codes (429)"),
    Row(failures.OUT_OF_CREDIT, "MiniMax", r"\bstatus_code\W{1,6}1008\b", "platform.minimax.io, error codes"),
    Row(
        failures.RATE_LIMITED,
        "any",
        r"overloaded|too many requests|rate.?limit|server (?:is )?busy|capacity exceeded|\bat capacity\b|too busy|"
        r"engine is currently overloaded|"
        r"resource has been exhausted|throttl",
        "the providers' error pages",
        frozenset({200, 400, 403, 429, 500, 503, 529}),
    ),
    Row(
        failures.RATE_LIMITED,
        "one-api, new-api, Chinese providers",
        r"负载已?饱和|(?:服务|系统|模型).{0,6}(?:繁忙|过载|拥挤)|访问量过大",
        "recorded: one-api 8df4a26",
    ),
)
