"""Files to transcribe: a queue, and folders that are watched for new files."""

from __future__ import annotations

from asr_desktop.jobs.file_queue import FileQueue
from asr_desktop.jobs.folder_watcher import FolderWatcher
from asr_desktop.jobs.job import FileJob, JobOptions, JobState
from asr_desktop.jobs.outputs import ExistingOutput

__all__ = ["ExistingOutput", "FileJob", "FileQueue", "FolderWatcher", "JobOptions", "JobState"]
