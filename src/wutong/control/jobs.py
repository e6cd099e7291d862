"""The worker's door: background jobs in, one flow call each. Runs on Procrastinate, in PostgreSQL."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import close_old_connections, connections
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from wutong.control.flows.forget_tokens import forget_tokens
from wutong.control.flows.manage_group import tell_of_new_member
from wutong.control.flows.remind_of_consent import remind_of_consent
from wutong.control.flows.send_notice import send_notice as send
from wutong.control.flows.tell_officers import tell_officer as tell
from wutong.control.flows.tell_patient import tell_of_look
from wutong.core import env, jobspec

_FIRST_WAIT, _LONGEST_WAIT = 5, 3600
_MOST_ATTEMPTS = 80  # about three days; then a notice is given up and other work kept as failed, for the office to see


class _Patience(BaseRetryStrategy):
    """Twice as long after each failure, an hour at most: a relay that was down for a night is tried again soon."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        if job.attempts >= _MOST_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": min(_FIRST_WAIT * 2 ** min(job.attempts, 10), _LONGEST_WAIT)})


_RETRY = _Patience()

app = App(connector=PsycopgConnector(conninfo=env.read(env.JOBS_DSN, env.dsn)))


@contextmanager
def _own_connections() -> Iterator[None]:
    """Jobs run in threads of their own: a thread that ends its job gives its connection back."""
    close_old_connections()
    try:
        yield
    finally:
        connections.close_all()


@app.task(name=jobspec.TELL_PATIENT_OF_LOOK.task, queue=jobspec.TELL_PATIENT_OF_LOOK.queue, retry=_RETRY)
@_own_connections()
def tell_patient_of_look(person_id: str, look_id: str) -> None:
    """A look began: write its notice."""
    tell_of_look(UUID(person_id), UUID(look_id))


@app.task(name=jobspec.SEND_NOTICE.task, queue=jobspec.SEND_NOTICE.queue, retry=_RETRY, pass_context=True)
@_own_connections()
def send_notice(context: JobContext, person_id: str, notice_id: str) -> None:
    """A notice waits: send it, or on the last attempt give it up."""
    before = context.job.attempts
    send(UUID(person_id), UUID(notice_id), attempts=before + 1, is_last=before >= _MOST_ATTEMPTS)


@app.task(name=jobspec.TELL_OFFICER.task, queue=jobspec.TELL_OFFICER.queue, retry=_RETRY)
@_own_connections()
def tell_officer(person_id: str, grant_id: str, account_id: str) -> None:
    """An emergency access waits for its review: tell a privacy officer."""
    tell(UUID(person_id), UUID(grant_id), UUID(account_id))


@app.task(name=jobspec.TELL_OF_MEMBER.task, queue=jobspec.TELL_OF_MEMBER.queue, retry=_RETRY)
@_own_connections()
def tell_of_member(membership_id: str) -> None:
    """A provider joined a group: tell everybody who allows the group; whom an earlier try told is not told again."""
    tell_of_new_member(UUID(membership_id))


@app.periodic(cron="17 * * * *")
@app.task(name="forget_expired_tokens", queue="upkeep")
@_own_connections()
def forget_expired_tokens(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's signature of a periodic task
    """Tokens that ended long ago go."""
    forget_tokens()


@app.periodic(cron="23 1 * * *")  # UTC: in the morning of the territory, when an SMS wakes nobody
@app.task(name="remind_of_ending_consents", queue="upkeep")
@_own_connections()
def remind_of_ending_consents(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's signature of a periodic task
    """Consents that end soon are told; a day on which no worker ran is made up for on the next."""
    remind_of_consent()


@app.periodic(cron="* * * * *")
@app.task(name="retry_stalled_jobs", queue="upkeep")
async def retry_stalled_jobs(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's signature of a periodic task
    """Jobs of a worker that died are done again; each is written so that twice is as once."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


def run_worker() -> None:
    """Work until told to stop. What was done is forgotten (the trail and the notices tell of it); failures are kept."""
    asyncio.run(_work())


async def _work() -> None:
    async with app.open_async():
        await app.run_worker_async(concurrency=4, install_signal_handlers=True, delete_jobs="successful")
