"""Files to transcribe: a queue, and folders that are watched for new files."""
