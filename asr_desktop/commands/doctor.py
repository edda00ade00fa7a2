"""`asr-desktop doctor`: what is installed, what works, where things lie, what to do about each lack."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Annotated

import typer

from asr_desktop.doctor import Finding, Report, State, examine

_MARKS = {State.OK: "✓", State.LACKING: "!", State.BLOCKING: "✗"}
_COLOURS = {
    State.OK: typer.colors.GREEN,
    State.LACKING: typer.colors.YELLOW,
    State.BLOCKING: typer.colors.RED,
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check the installation and suggest fixes.

    The exit code is 1 only if transcription does not work.
    """
    report = examine()
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    if not report.can_transcribe:
        raise typer.Exit(1)


def _show(report: Report) -> None:
    width = max(len(finding.name) for finding in report.findings)
    for topic, findings in groupby(report.findings, key=lambda finding: finding.topic):
        typer.echo(topic)
        for finding in findings:
            _show_finding(finding, width)
    verdict = "works" if report.can_transcribe else "does not work; fix the items marked ✗"
    typer.echo(f"\nTranscription {verdict}.")


def _show_finding(finding: Finding, width: int) -> None:
    mark = typer.style(_MARKS[finding.state], fg=_COLOURS[finding.state])
    typer.echo(f"  {mark} {finding.name:<{width}}  {finding.value}")
    if finding.advice:
        typer.echo(f"    {'':<{width}}  → {finding.advice}")
