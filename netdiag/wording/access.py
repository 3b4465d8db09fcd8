"""Rows: who may call from where, with which key, and how a login has to be sent."""

from typing import Final

from netdiag import failures
from netdiag.wording.row import DENIED, Row, code

PLACES: Final = (
    Row(
        failures.LOGIN_WANTED,
        "nginx, Caddy, Apache",
        r"www-authenticate\W{1,3}basic\b",
        "recorded: nginx 1.22.1 with auth_basic; RFC 7617",
        frozenset({401}),
    ),
    Row(
        failures.SIGN_IN_WANTED,
        "Ollama",
        r"signin_url|signed? ?in to ollama|ollama signin",
        "ollama server/routes.go: cloud models without an account",
        frozenset({401, 403}),
    ),
    Row(
        failures.ORIGIN_REFUSED,
        "any",
        r"\bcors\b|cross-origin|origin\b.{0,40}not allowed",
        "gateways' words",
        frozenset({400, 403}),
    ),
    Row(
        failures.LOCATION_REFUSED,
        "OpenAI",
        r"unsupported_country_region_territory|country, region, or territory not supported",
        "platform.openai.com, error codes (403)",
    ),
    Row(
        failures.LOCATION_REFUSED,
        "Gemini, Groq, OpenRouter, Anthropic",
        r"user location is not supported|please check your network settings|not available in your (?:region|country)|"
        r"(?:country|region|territory)\b.{0,40}(?:is )?not (?:supported|allowed|available)|"
        r"(?:unsupported|restricted|blocked) (?:country|region|location)|"
        r"(?:country|region)\b.{0,20}(?:blocked|denied|forbidden|restricted)",
        "gemini-cli issue 1993; users' reports of Groq's 403",
    ),
    Row(
        failures.LOCATION_REFUSED,
        "one-api, new-api",
        r"只能在指定网段使用|不在令牌允许访问的列表|key.{0,30}allowed only from approved ip",
        "one-api middleware/auth.go; new-api middleware/auth.go",
    ),
    Row(
        failures.LOCATION_REFUSED,
        "OpenAI, Gemini, Azure, any",
        r"ip_not_authorized|"
        r"\bip (?:address )?.{0,60}(?:not (?:authorized|allowed|permitted|in the (?:white|allow) ?list)|restrict)|"
        r"(?:ip|地址).{0,12}(?:白名单|不被允许|不允许|受限)|requests from referer .{0,60}blocked|"
        r"virtual network/firewall rules|public access is disabled",
        "OpenAI's error codes; Google's API_KEY_IP_ADDRESS_BLOCKED; Azure's network rules",
        DENIED,
    ),
    Row(
        failures.LOCATION_REFUSED,
        "Cloudflare",
        r"just a moment\.\.\.|attention required! \| cloudflare|sorry, you have been blocked|cf-error-details|"
        r"enable javascript and cookies to continue|\berror (?:code: )?10(?:0[6-9]|1[0-2]|20)\b",
        "recorded page behind nginx 1.22; Cloudflare's 1xxx errors",
        frozenset({403, 429, 503}),
    ),
    Row(
        failures.LOCATION_REFUSED,
        "firewalls",
        r"web page blocked|fortiguard|access to the requested (?:site|url|page) is (?:denied|blocked|restricted)|"
        r"your request has been blocked as it may cause potential threats|request blocked\b.{0,200}cloudfront|"
        r"the requested url was rejected\. please consult|访问(?:请求)?.{0,30}(?:被|已)(?:拦截|阻断|阻止)|"
        r"请求.{0,30}策略阻断|可能对网站.{0,4}(?:安全)?威胁",
        "the pages of FortiGate, Aliyun's WAF, CloudFront, F5 and Sangfor",
        frozenset({200, 403, 405, 418, 493, 503}),
    ),
    Row(
        failures.LOCATION_REFUSED,
        "any",
        r"所在(?:的)?(?:国家|地区|区域)|地区.{0,8}(?:不支持|受限|限制)|(?:国家|区域).{0,6}不(?:支持|允许)",
        "Chinese gateways",
        DENIED,
    ),
    Row(
        failures.KEY_HEADER,
        "Azure OpenAI",
        r"access denied due to (?:missing|invalid) subscription key|"
        r"access token is missing, invalid, audience is incorrect",
        "zotero-gpt issue 412, genaiscript issue 781: a key in Authorization, which older paths take for a token",
        frozenset({401}),
    ),
)
"""Before all about keys and models: what something in front of a service says, or that wants another kind of login."""

KEYS: Final = (
    Row(
        failures.KEY_DISABLED,
        "one-api, new-api",
        r"用户已被(?:封禁|禁用)|该?令牌(?:状态不可用|已被?(?:禁用|停用))|token status is unavailable|"
        r"user has been (?:banned|disabled)",
        "one-api middleware/auth.go, model/token.go; new-api i18n/locales",
    ),
    Row(
        failures.KEY_DISABLED,
        "OpenAI, Anthropic, Groq, Gemini, LiteLLM",
        r"account_deactivated|"
        r"account (?:has been |is |was )?(?:deactivated|disabled|locked|banned|terminated|inactive)|"
        r"organi[sz]ation has been (?:disabled|restricted)|(?:key|consumer|project).{0,60}has been suspended|"
        r"(?:key|token) (?:is|was|has been) (?:inactive|blocked|disabled|revoked|deleted|reported as leaked)|"
        r"access was terminated",
        "platform.openai.com, error codes; one-api monitor/manage.go; litellm/proxy/auth",
    ),
    Row(
        failures.KEY_DISABLED,
        "GLM",
        code("11(?:10|12|21)"),
        "docs.z.ai, error codes: account inactive or locked",
    ),
    Row(
        failures.KEY_DISABLED,
        "any",
        r"账[号户](?:已)?.{0,10}(?:禁用|封禁|停用|冻结|锁定)|密钥(?:已)?.{0,6}(?:禁用|停用|吊销)",
        "Chinese providers",
    ),
    # before those of a key that has expired: these leave open what is wrong with it
    Row(
        failures.KEY_REFUSED,
        "new-api, DashScope, LiteLLM, Kimi",
        r"(?:过期|失效)\W{0,2}(?:或者?|/|、).{0,12}(?:不正确|无效|错误|不存在)|"
        r"(?:不正确|无效|错误|不存在)\W{0,2}(?:或者?|/|、).{0,6}(?:过期|失效)|"
        r"(?:invalid|incorrect) ?/ ?expired|expired ?/ ?(?:invalid|incorrect)|"
        r"(?:invalid|incorrect|wrong|missing|not found).{0,40}\b(?:or|and)\b.{0,20}expired|"
        r"expired.{0,12}\bor\b.{0,24}(?:invalid|incorrect|wrong|not found)",
        "'令牌已过期或验证不正确' (GLM); Model Studio: 'Invalid access token or token expired'",
        DENIED,
    ),
    Row(
        failures.KEY_EXPIRED,
        "one-api, new-api",
        r"该?令牌已过期|this token has expired",
        "recorded: one-api 8df4a26; new-api i18n/locales",
    ),
    Row(
        failures.KEY_EXPIRED,
        "OpenAI, Gemini, LiteLLM, any",
        r"(?:key|token|密钥|令牌).{0,40}(?:expired|过期)|expired (?:api )?(?:key|token)",
        "users' reports; litellm/proxy/auth: 'Expired Key'",
        DENIED,
    ),
    Row(failures.KEY_EXPIRED, "GLM", code("1003"), "docs.z.ai, error codes", frozenset({401})),
    Row(
        failures.KEY_REFUSED,
        "OpenAI, DeepSeek, Gemini, DashScope, Volcengine Ark, any",
        r"invalid_?api_?key|incorrect api key|invalid (?:x-)?(?:api.?key|token\b(?! count))|"
        r"api.?key.{0,40}(?:is |not )?(?:invalid|valid|missing|incorrect|required)|x-api-key header is required|"
        r"authentication fails|invalid.authentication|authentication_?error|\bunauthorized\b|\bunauthenticated\b|"
        r"not authenticated|no (?:cookie )?auth credentials|"
        r"could not validate credentials|invalid_iam_token|access.?token (?:is )?invalid",
        "providers' error pages; FastAPI's 'Not authenticated' (403); recorded: Xinference 4.1.0, FastChat 0.2.36",
        DENIED,
    ),
    Row(
        failures.KEY_REFUSED,
        "LiteLLM",
        r"no_db_connection|no connected db|invalid proxy server token|token_not_found_in_db",
        "recorded: LiteLLM 1.108.7: a key that is not its master key, and no database with others; litellm/proxy/auth",
        frozenset({400, 401}),
    ),
    Row(
        failures.KEY_REFUSED,
        "MiniMax",
        r"\bstatus_code\W{1,6}(?:1004|2049)\b",
        "platform.minimax.io, error codes (HTTP 200)",
        DENIED,
    ),
    Row(
        failures.KEY_REFUSED,
        "one-api, new-api, any",
        r"无效的?(?:令牌|密钥|api ?key|access token)|未提供(?:令牌|密钥|api ?key)|令牌(?:验证失败|无效)|"
        r"密钥.{0,8}(?:无效|错误|不正确|不存在)|api ?key.{0,8}(?:无效|错误|不正确)|access token 无效|"
        r"身份验证(?:失败|错误)|未授权|无效的?(?:凭证|认证|身份)|鉴权失败|认证失败|token not provided",
        "recorded: one-api 8df4a26; new-api i18n/locales",
        DENIED,
    ),
)
