"""The languages Stripe's pages speak."""

LOCALES = frozenset(
    {
        "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN", "hr",
        "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl",
        "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
    }
)  # fmt: skip


def stripe_locale(locale: str) -> str:
    """The language of Stripe's page; its own choice where it does not speak ours."""
    tag = locale.replace("_", "-")
    for candidate in (tag, tag.split("-", 1)[0]):
        if candidate in LOCALES:
            return candidate
    return "auto"
