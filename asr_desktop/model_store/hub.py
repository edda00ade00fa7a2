"""Access to the model hub: the files of a repository, their addresses, and search.

Requests are made through huggingface_hub, so its environment variables apply: HF_ENDPOINT (a mirror),
HF_TOKEN, HF_HUB_OFFLINE, HF_HUB_DOWNLOAD_TIMEOUT, and the usual proxy variables. It is imported on first
use: transcription does not need it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from asr_desktop.base.errors import DownloadError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import parse_json

# Errors of requests to the hub, and their messages.
#
# name, revision, path: the requested repository, its version, and the file in it.

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
    """All exceptions of requests to the hub: refusals and connection errors."""
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
    """Turn exceptions of requests to the hub into DownloadError."""
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


TIMEOUT_SECONDS = 20.0  # for answers about repositories; they are small
ANSWER_SECONDS = 60.0
MOST_ANSWER_BYTES = 32_000_000  # a repository of a hundred thousand files
FAMILIES = frozenset(
    {"wav2vec2", "hubert", "wavlm", "data2vec-audio", "wav2vec2-conformer", "unispeech", "unispeech-sat"}
)
"""Networks that take the waveform and give CTC labels; the hub tags repositories with them."""

_LOOKED_THROUGH = 200
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIT_OBJECT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class HubFile:
    """A file of a repository at one commit.

    size_bytes, sha256, git_object: None where the hub does not say. Large files (LFS) have a sha256, small
    ones the id of the git object, a SHA-1 over "blob <size>\\0" and the content.
    """

    path: str
    size_bytes: int | None = None
    sha256: str | None = None
    git_object: str | None = None


@dataclass(frozen=True)
class Repository:
    """The files of a repository at one commit, and the data of its model card."""

    name: str
    commit: str
    files: tuple[HubFile, ...]
    licence: str | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundModel:
    """A repository that a search found."""

    name: str
    downloads: int
    licence: str | None
    languages: tuple[str, ...]


class Hub:
    """A hub. endpoint: its address; None is huggingface_hub's own, which HF_ENDPOINT changes."""

    def __init__(self, endpoint: str | None = None) -> None:
        self.endpoint = endpoint

    def repository(self, name: str, revision: str | None = None) -> Repository:
        """The repository "owner/name" at a branch, tag or commit; None is its default branch.

        Raises DownloadError.
        """
        from huggingface_hub.hf_api import ModelInfo
        from huggingface_hub.utils import validate_repo_id

        with explained(f"{name}", revision):
            validate_repo_id(name)
            version = f"/revision/{quote(revision, safe='')}" if revision else ""
            info = ModelInfo(**self._answer(f"/api/models/{name}{version}", {"blobs": "true"}))
        if not info.sha or not _GIT_OBJECT.fullmatch(info.sha):
            raise DownloadError(
                Sentence("The hub did not report the version of {name}; try again later.", name=name)
            )
        card = info.card_data.to_dict() if info.card_data else {}
        return Repository(
            name=name,
            commit=info.sha,
            files=tuple(_hub_file(sibling) for sibling in info.siblings or ()),
            licence=_licence(card, info.tags),
            languages=_languages(card),
        )

    def described(self, repository: Repository, paths: Sequence[str]) -> list[HubFile]:
        """The files at these paths, all with a size and, as far as the hub knows one, a sum to check.

        Mirrors may list a repository without sizes and sums; then each file is asked for its own.
        """
        from huggingface_hub import get_hf_file_metadata

        known = {file.path: file for file in repository.files}
        described = []
        for path in paths:
            file = known.get(path, HubFile(path))
            if file.size_bytes is None or not (file.sha256 or file.git_object):
                with explained(repository.name, repository.commit, path):
                    found = get_hf_file_metadata(
                        self.url(repository, path),
                        token=None,
                        timeout=TIMEOUT_SECONDS,
                        headers=self._headers(),
                        endpoint=self.endpoint,
                    )
                etag = found.etag or ""
                if found.commit_hash not in (None, repository.commit):
                    raise DownloadError(
                        Sentence(
                            "The hub sent a different version of {repository} than requested; try again "
                            "later.",
                            repository=repository.name,
                        )
                    )
                file = replace(
                    file,
                    size_bytes=found.size,
                    sha256=etag if _SHA256.fullmatch(etag) else None,
                    git_object=etag if _GIT_OBJECT.fullmatch(etag) else None,
                )
            described.append(file)
        return described

    def url(self, repository: Repository, path: str) -> str:
        """Where a file lies, at the repository's commit."""
        from huggingface_hub import hf_hub_url

        return hf_hub_url(repository.name, path, revision=repository.commit, endpoint=self.endpoint)

    @contextmanager
    def stream(self, url: str, start: int) -> Iterator[Any]:
        """The answer to a request for a file's bytes from `start` on, open for reading (httpx's Response).

        Raises what huggingface_hub and its HTTP client raise; see `hub_errors.explain`.
        """
        from huggingface_hub import constants, get_session
        from huggingface_hub.utils import hf_raise_for_status

        # Uncompressed, so that a position in the answer is a position in the file.
        headers = {**self._headers(), "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
        with get_session().stream("GET", url, headers=headers, timeout=timeout) as response:
            hf_raise_for_status(response)
            yield response

    def search(self, text: str, language: str | None = None, limit: int = 20) -> list[FoundModel]:
        """Repositories of networks that the program can use, whose name holds `text`, most downloaded first.

        language: as the hub tags it, such as "de". Raises DownloadError.
        """
        from huggingface_hub.hf_api import ModelInfo

        wanted = {
            "search": text,
            "filter": language or "",
            "pipeline_tag": "automatic-speech-recognition",
            "sort": "downloads",
            "limit": str(_LOOKED_THROUGH),  # most of what recognises speech there is of other families
            "cardData": "true",
        }
        with explained("The list of models", None):
            # Not through HfApi.list_models, which tries for half a minute before it gives up.
            answer = self._answer("/api/models", {name: value for name, value in wanted.items() if value})
            models = [ModelInfo(**entry) for entry in answer]
        found = []
        for model in models:
            if FAMILIES.intersection(model.tags or ()):
                card = model.card_data.to_dict() if model.card_data else {}
                licence = _licence(card, model.tags)
                found.append(FoundModel(model.id, model.downloads or 0, licence, _languages(card)))
        return found[:limit]

    def _answer(self, path: str, parameters: dict[str, str]) -> Any:
        """The JSON answer of the hub. Reading stops with an error if the answer is larger than any list of
        files, or does not end in time."""
        from huggingface_hub import constants, get_session
        from huggingface_hub.utils import hf_raise_for_status

        url = f"{self.endpoint or constants.ENDPOINT}{path}"
        ends_at = time.monotonic() + ANSWER_SECONDS
        answered = bytearray()
        with get_session().stream(
            "GET", url, params=parameters, headers=self._headers(), timeout=TIMEOUT_SECONDS
        ) as response:
            if response.status_code >= 400:
                response.read()
            hf_raise_for_status(response)
            for piece in response.iter_bytes():
                answered += piece
                if len(answered) > MOST_ANSWER_BYTES or time.monotonic() > ends_at:
                    raise DownloadError(
                        Sentence(
                            "The hub's answer never ends; check its address ({url}), or try again later.",
                            url=url,
                        )
                    )
        return parse_json(bytes(answered))

    @staticmethod
    def _headers() -> dict[str, str]:
        from huggingface_hub.utils import build_hf_headers

        from asr_desktop import __version__

        return dict(build_hf_headers(library_name="asr-desktop", library_version=__version__))


def _hub_file(sibling: Any) -> HubFile:
    lfs = sibling.lfs
    # Of an LFS file the git object is only the pointer's.
    return HubFile(
        path=sibling.rfilename,
        size_bytes=lfs.size if lfs else sibling.size,
        sha256=lfs.sha256 if lfs else None,
        git_object=None if lfs else sibling.blob_id,
    )


def _licence(card: dict[str, Any], tags: Sequence[str] | None) -> str | None:
    stated = card.get("license")
    if isinstance(stated, list):
        stated = ", ".join(map(str, stated))
    if stated:
        return str(stated)
    tagged = (tag.removeprefix("license:") for tag in tags or () if tag.startswith("license:"))
    return next(tagged, None)


def _languages(card: dict[str, Any]) -> tuple[str, ...]:
    stated = card.get("language")
    if isinstance(stated, str):
        return (stated,)
    return tuple(str(language) for language in stated) if isinstance(stated, list) else ()
