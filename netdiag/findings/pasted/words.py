"""What a pasted text can tell beside the failures of a call (:mod:`netdiag.failures`): a closed vocabulary."""

from typing import Final

# other parts of OpenSPG, and KAG itself
OWN_PART: Final = "own_part"
OWN_VERSIONS: Final = "own_versions"
KEY_WANTED: Final = "key_wanted"
STREAMED: Final = "streaming"
NO_DESCRIPTION: Final = "description"
BATCH: Final = "batch"
NOT_IMPLEMENTED: Final = "not_implemented"
NO_DIRECTORY: Final = "no_directory"
DIMENSIONS: Final = "dimensions"
# what stands before the service
FIREWALL: Final = "firewall"
GATEWAY: Final = "gateway"
CLOUDFLARE: Final = "cloudflare"
PROXY_REFUSED: Final = "proxy_refused"
BODY_TOO_LARGE: Final = "body_too_large"
# what leaves several failures possible
PATH: Final = "path"
NO_JSON: Final = "no_json"
STATUS: Final = "status"
LATE: Final = "late"
NOT_CONNECTED: Final = "not_connected"
ANY_CONNECTION: Final = "any_connection"
# what hides the cause
HIDDEN_POOL: Final = "no_cause_shown"
HIDDEN_BY_PROXY: Final = "hidden_by_proxy"
HIDDEN_EMBEDDING: Final = "hidden_embedding"
HIDDEN_BY_RETRIES: Final = "hidden_by_retries"
HIDDEN_BY_JAVA: Final = "hidden_by_java"
HIDDEN: Final = "hidden"
