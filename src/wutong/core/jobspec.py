"""What one plane may ask the other to do later: names and arguments of background jobs, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class JobSpec:
    """A job's task name and queue; its arguments are JSON values."""

    task: str
    queue: str


TELL_PATIENT_OF_LOOK = JobSpec("tell_patient_of_look", "notices")  # {person_id, look_id}; from gate.open_look_v1
SEND_NOTICE = JobSpec("send_notice", "notices")  # {person_id, notice_id}
TELL_OFFICER = JobSpec("tell_officer", "notices")  # {person_id, grant_id, account_id}
TELL_OF_MEMBER = JobSpec("tell_of_member", "notices")  # {membership_id}
