"""Why a download failed, in words: pip and requests both tell it in those of urllib3."""

import re

# The first pattern that is found tells; later ones are found in consequence of earlier ones too.
_CAUSES = (
    (r"DO NOT MATCH THE HASHES|hash of downloaded file", "what came is not the published file"),
    (r"No space left on device", "no space left on the disk"),
    (r"(SSL|ssl) module( in Python)? is not available", "this Python has no SSL; use one that has"),
    (r"TLS CA certificate bundle", "the CA bundle that REQUESTS_CA_BUNDLE or PIP_CERT names is not there"),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "the server's certificate is not trusted; name your CA bundle in REQUESTS_CA_BUNDLE (for pip: PIP_CERT)",
    ),
    (
        r"(?i)proxy|InvalidURL|failed to parse",
        "the proxy does not answer, or its address is wrong; check HTTPS_PROXY and NO_PROXY",
    ),
    (r"(?i)timeout|timed out", "no answer in time"),
    (r"(?i)connection ?broken|connection ?error|Max retries exceeded|IncompleteRead", "no connection, or it broke off"),
)


def cause_of(text: str) -> str:
    """Return the cause that an error's text tells of, in a few words without addresses; "" where it is none known."""
    return next((words for pattern, words in _CAUSES if re.search(pattern, text)), "")
