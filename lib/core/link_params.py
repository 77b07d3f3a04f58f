"""Tracking parameters in links: not settings of this app, but marks that let other sites count visitors."""

from __future__ import annotations

PREFIXES = ("utm_", "mtm_", "pk_", "hsa_")
"""Campaign parameters of Google Analytics, Matomo and HubSpot."""
NAMES = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl", "msclkid", "yclid", "ysclid",
        "twclid", "ttclid", "li_fat_id", "igsh", "igshid", "epik", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi",
        "napm", "n_media", "n_query", "n_rank", "n_ad",
    }
)  # fmt: skip
"""Click identifiers of Facebook, Google, Microsoft, Yandex, X, TikTok, LinkedIn, Instagram, Pinterest, Mailchimp,
Marketo, HubSpot and Naver."""


def counts_visitors(name: str) -> bool:
    """Whether a link's parameter is a tracking mark: added by some site, not by the link's author, and ignored here."""
    lower = name.lower()
    return lower in NAMES or lower.startswith(PREFIXES)
