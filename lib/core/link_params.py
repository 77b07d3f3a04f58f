"""What a link can carry besides what this app reads: marks by which others count their visitors."""

from __future__ import annotations

PREFIXES = ("utm_", "mtm_", "pk_", "hsa_")
"""Campaigns, as Google Analytics, Matomo and HubSpot name them."""
NAMES = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl", "msclkid", "yclid", "ysclid",
        "twclid", "ttclid", "li_fat_id", "igsh", "igshid", "epik", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi",
        "napm", "n_media", "n_query", "n_rank", "n_ad",
    }
)  # fmt: skip
"""Clicks, as Facebook, Google, Microsoft, Yandex, X, TikTok, LinkedIn, Instagram, Pinterest, Mailchimp, Marketo,
HubSpot and Naver number them."""


def counts_visitors(name: str) -> bool:
    """Whether a link's parameter is such a mark: whoever posted the link did not write it, and nobody here reads it."""
    lower = name.lower()
    return lower in NAMES or lower.startswith(PREFIXES)
