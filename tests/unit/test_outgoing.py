"""Whom clients trust."""

from pathlib import Path

import pytest

from plaudit.outgoing import tls_context
from plaudit.settings import SetupError


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_said(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "authorities.pem"
    if content is not None:
        named.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(named))
    with pytest.raises(SetupError, match=rf"SSL_CERT_FILE.*{named.name}"):
        tls_context.__wrapped__()
