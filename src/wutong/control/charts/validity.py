"""Whether a resource is valid FHIR: asked of the record plane, whose validator is the only one."""

from typing import Any

from wutong.control.charts import client


def faults_of(token: str, resource_type: str, body: bytes) -> list[dict[str, Any]] | None:
    """The issues of its OperationOutcome that are errors; None where the record plane does not say."""
    answer = client.validate(token, resource_type, body)
    if not isinstance(answer, dict):
        return None
    issues: list[dict[str, Any]] = answer["issue"]
    return [each for each in issues if each["severity"] in {"error", "fatal"}]
