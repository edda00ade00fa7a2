"""The scripts of the folder `packaging` as modules: it is no package of its own, a library has its name.
And the bare systems in which the packages are tried, each made once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = str(Path(__file__).resolve().parents[2] / "packaging")
if FOLDER not in sys.path:
    sys.path.append(FOLDER)

from tests.packaging import bare_systems  # noqa: E402
from tests.packaging.bare_systems import BareSystem, PackageInDebian, WheelInEnvironment  # noqa: E402


@pytest.fixture(scope="session")
def wheel_system(tmp_path_factory: pytest.TempPathFactory) -> WheelInEnvironment:
    return WheelInEnvironment(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageInDebian]:
    packages = sorted(bare_systems.DIST.glob("*.deb"))
    if not packages:
        pytest.skip("no .deb was made here")
    with bare_systems.package_in_debian(packages[-1]) as system:
        yield system


@pytest.fixture(params=["wheel_system", "debian"])
def system(request: pytest.FixtureRequest) -> BareSystem:
    chosen: BareSystem = request.getfixturevalue(request.param)
    return chosen
