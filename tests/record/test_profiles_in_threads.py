"""Uploads are checked in several threads at once, from the first request on."""

import subprocess
import sys

_PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
sys.setswitchinterval(1e-6)
from wutong.record.profiles import check
subject = {"reference": "Patient/1"}
kinds = {
    "Observation": {"status": "final", "code": {"text": "x"}, "subject": subject, "valueQuantity": {"unit": "kg"}},
    "Condition": {"code": {"coding": [{"code": "1"}]}, "subject": subject, "onsetPeriod": {"start": "2024"}},
    "Encounter": {"status": "finished", "class": {"code": "AMB"}, "subject": subject, "period": {"end": "2024"}},
    "Procedure": {"status": "completed", "subject": subject, "performedPeriod": {"start": "2024"}},
}
with ThreadPoolExecutor(16) as pool:
    found = list(pool.map(lambda item: check({"resourceType": item[0], **item[1]}), list(kinds.items()) * 16))
print(sum(len(each) for each in found))
"""


def test_the_first_checks_may_come_all_at_once() -> None:
    for _ in range(4):
        done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "0"
