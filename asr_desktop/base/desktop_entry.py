"""Values of desktop entries, for the applications menu and for starting at login.

https://specifications.freedesktop.org/desktop-entry-spec
"""

from __future__ import annotations

import shlex


def exec_argument(part: str) -> str:
    """An argument of the Exec key: quoted where that is needed, then escaped as a string. A per cent sign is
    written twice, because one begins a field code."""
    escaped = part.replace("%", "%%")
    if shlex.quote(part) == part:
        return escaped
    for sign in '\\"`$':
        escaped = escaped.replace(sign, f"\\{sign}")
    return f'"{escaped}"'.replace("\\", "\\\\")
