"""Requests made up from the service's own schema, good and bad: none may get a server error, or be answered otherwise
than the schema says."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from yayun.service.app import create_app

schema = schemathesis.openapi.from_asgi("/openapi.json", create_app())


@schema.parametrize()
@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None, derandomize=True)
def test_no_request_makes_the_service_fail(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=[not_a_server_error])
