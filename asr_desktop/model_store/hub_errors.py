"""What can go wrong between us and the hub, and the sentence that says so.

name, revision, path: of the repository, its version and the file in it that were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from asr_desktop.model_store.errors import DownloadError


def explain(
    error: Exception, name: str, revision: str | None = None, path: str | None = None
) -> DownloadError:
    """The sentence for an error that huggingface_hub or its HTTP client raised."""
    from huggingface_hub import errors

    what = f"{path} of {name}" if path else name
    if isinstance(error, errors.OfflineModeIsEnabled):
        return DownloadError(
            f"{what} cannot be fetched, because downloads are switched off here (HF_HUB_OFFLINE or "
            "TRANSFORMERS_OFFLINE is set); unset it, or add the model from a folder with: asr-desktop "
            "models add"
        )
    if isinstance(error, errors.GatedRepoError):
        return DownloadError(
            f"{name} is only given to those who accepted its conditions; accept them on its page, then set "
            "HF_TOKEN to your access token."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return DownloadError(f"{name} has no version “{revision}”; leave the version out or choose another.")
    if isinstance(error, errors.EntryNotFoundError):
        return DownloadError(
            f"{name} has no file {path} at the version {revision}; it cannot be used as it is."
        )
    if isinstance(error, (errors.RepositoryNotFoundError, errors.HFValidationError)):
        return DownloadError(
            f"The hub has no model {name}; check the spelling (owner/name), and HF_TOKEN if it is a private "
            "one."
        )
    if isinstance(error, errors.HfHubHTTPError):
        status = error.response.status_code
        later = "try again later" if status == 429 or status >= 500 else "check the address of the hub"
        return DownloadError(f"The hub refused to give {what} (HTTP status {status}); {later}.")
    reason = (str(error).splitlines() or [""])[0] or type(error).__name__
    return DownloadError(
        f"{what} cannot be fetched ({reason}); check the connection and the proxy, then try again: what has "
        "arrived is kept."
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
            f"The hub's answer about {name} cannot be understood; check its address, or try again later."
        ) from error
