"""`asr-desktop licences`: the included components and their licences."""

from __future__ import annotations

from typing import Annotated

import typer

from asr_desktop.base.licences import AS_A_WHOLE, components, notice


def licences(
    with_texts: Annotated[bool, typer.Option("--texts", help="Show the license texts as well.")] = False,
) -> None:
    """List everything that the program includes, and its licenses."""
    if with_texts:
        print(notice())
        return
    parts = components()
    width = max(len(f"{part.name} {part.version}") for part in parts)
    for part in parts:
        print(f"{part.name} {part.version}".ljust(width), part.licence, sep="  ")
    print(f"\n{AS_A_WHOLE}")
