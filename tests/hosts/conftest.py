"""Fixtures that give a test the real hosts; see harness.py for how to write one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gimp_fixtures import pack_file, painter  # noqa: F401 - fixtures of the tests in GIMP
from harness import Gimp, HostMissing, KritaHost, User
from places import Places, find_places
from profiles import Templates


@pytest.fixture(scope="session")
def places() -> Places:
    return find_places()


@pytest.fixture(scope="session")
def new_user(places: Places, tmp_path_factory: pytest.TempPathFactory):
    """A function that makes a user who never used this machine before."""
    scratch = tmp_path_factory.mktemp("hosts")
    templates = Templates(places, scratch)
    return lambda: User(places, scratch, templates, binds=[tmp_path_factory.getbasetemp()])


@pytest.fixture
def user(new_user) -> Iterator[User]:
    with new_user() as someone:
        yield someone


@pytest.fixture(scope="module")
def settled_user(new_user) -> Iterator[User]:
    with new_user() as someone:
        yield someone


@pytest.fixture
def gimp(user: User) -> Gimp:
    user.install("gimp")
    return user.gimp


@pytest.fixture
def krita(user: User) -> KritaHost:
    user.install("krita")
    return user.krita


@pytest.fixture(scope="module")
def settled_gimp(settled_user: User) -> Gimp:
    settled_user.install("gimp")
    return settled_user.gimp


@pytest.fixture(scope="module")
def settled_krita(settled_user: User) -> KritaHost:
    settled_user.install("krita")
    return settled_user.krita


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item):
    try:
        return (yield)
    except HostMissing as missing:
        pytest.skip(str(missing))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    try:
        return (yield)
    except HostMissing as missing:
        pytest.skip(str(missing))


def pytest_collection_modifyitems(items: list) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.hosts)
