"""What can go wrong between us and the hub, and the sentence that says so.

name, revision, path: of the repository, its version and the file in it that were asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from asr_desktop.base.sentences import Sentence
from asr_desktop.model_store.errors import DownloadError

_NUMBER = re.compile(r"^\[Errno -?\d+\]\s*")
"""The system's number before its own words, which tells people nothing."""


def explain(
    error: Exception, name: str, revision: str | None = None, path: str | None = None
) -> DownloadError:
    """The sentence for an error that huggingface_hub or its HTTP client raised."""
    from huggingface_hub import errors

    what = Sentence("{path} of {name}", path=path, name=name) if path else name
    if isinstance(error, errors.OfflineModeIsEnabled):
        return DownloadError(
            Sentence(
                "{what} cannot be downloaded, because downloads are turned off (HF_HUB_OFFLINE or "
                "TRANSFORMERS_OFFLINE is set); unset it, or add the model from a folder with: "
                "asr-desktop models add",
                what=what,
            )
        )
    if isinstance(error, errors.GatedRepoError):
        return DownloadError(
            Sentence(
                "{name} is only available to those who accepted its conditions; accept them on its "
                "page, then set HF_TOKEN to your access token.",
                name=name,
            )
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return DownloadError(
            Sentence(
                "{name} has no version “{revision}”; leave the version out or choose another.",
                name=name,
                revision=revision,
            )
        )
    if isinstance(error, errors.EntryNotFoundError):
        return DownloadError(
            Sentence(
                "{name} has no file {path} at the version {revision}; it cannot be used as it is.",
                name=name,
                path=path,
                revision=revision,
            )
        )
    if isinstance(error, (errors.RepositoryNotFoundError, errors.HFValidationError)):
        return DownloadError(
            Sentence(
                "The hub has no model {name}; check the spelling (owner/name), and HF_TOKEN if it is "
                "private.",
                name=name,
            )
        )
    if isinstance(error, errors.HfHubHTTPError):
        status = error.response.status_code
        later = (
            Sentence("try again later")
            if status == 429 or status >= 500
            else Sentence("check the address of the hub")
        )
        return DownloadError(
            Sentence(
                "The hub refused to send {what} (HTTP status {status}); {later}.",
                what=what,
                status=status,
                later=later,
            )
        )
    reason = _NUMBER.sub("", (str(error).splitlines() or [""])[0]) or type(error).__name__
    return DownloadError(
        Sentence(
            "{what} cannot be downloaded ({reason}); check the connection and the proxy, then try "
            "again: the partial download is kept.",
            what=what,
            reason=reason,
        )
    )


def network_errors() -> tuple[type[Exception], ...]:
    """Everything that talking to the hub raises: refusals, and lines that broke or never stood."""
    import httpx2
    from huggingface_hub import errors

    return (
        httpx2.HTTPError,
        httpx2.InvalidURL,
        httpx2.StreamError,
        errors.OfflineModeIsEnabled,
        errors.HFValidationError,
        errors.EntryNotFoundError,
        errors.FileMetadataError,
        OSError,
    )


@contextmanager
def explained(name: str, revision: str | None, path: str | None = None) -> Iterator[None]:
    """Where the hub is talked to: what goes wrong there becomes a DownloadError."""
    try:
        yield
    except network_errors() as error:
        raise explain(error, name, revision, path) from error
    except (KeyError, TypeError, ValueError) as error:
        raise DownloadError(
            Sentence(
                "The hub sent an unreadable answer about {name}; check its address, or try again later.",
                name=name,
            )
        ) from error
