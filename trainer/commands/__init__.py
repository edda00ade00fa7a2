"""The commands of `asr-trainer`. Each imports what it needs when it runs: --help loads no PyTorch."""
