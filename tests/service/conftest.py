from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from yayun.service.app import create_app


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """The service as it is, with the embedded model, in this process."""
    with TestClient(create_app()) as client:
        yield client
