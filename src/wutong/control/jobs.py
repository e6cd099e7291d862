"""The worker's door: background jobs in, one flow call each. Runs on Procrastinate, in PostgreSQL."""

import asyncio
from uuid import UUID

from django.db import close_old_connections
from procrastinate import App, PsycopgConnector, RetryStrategy

from wutong.control.flows.forget_tokens import forget_tokens
from wutong.control.flows.send_notice import send_notice as send
from wutong.control.flows.tell_patient import tell_of_look
from wutong.core import env, jobspec

_RETRY = RetryStrategy(max_attempts=20, exponential_wait=3)

app = App(connector=PsycopgConnector(conninfo=env.read(env.JOBS_DSN, env.dsn)))


@app.task(name=jobspec.TELL_PATIENT_OF_LOOK.task, queue=jobspec.TELL_PATIENT_OF_LOOK.queue, retry=_RETRY)
def tell_patient_of_look(person_id: str, look_id: str) -> None:
    """A look began: write its notice."""
    close_old_connections()
    tell_of_look(UUID(person_id), UUID(look_id))


@app.task(name=jobspec.SEND_NOTICE.task, queue=jobspec.SEND_NOTICE.queue, retry=_RETRY)
def send_notice(person_id: str, notice_id: str) -> None:
    """A notice waits: send it."""
    close_old_connections()
    send(UUID(person_id), UUID(notice_id))


@app.periodic(cron="17 * * * *")
@app.task(name="forget_expired_tokens", queue="upkeep")
def forget_expired_tokens(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's signature of a periodic task
    """Tokens that ended long ago go."""
    close_old_connections()
    forget_tokens()


@app.periodic(cron="*/5 * * * *")
@app.task(name="retry_stalled_jobs", queue="upkeep")
async def retry_stalled_jobs(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's signature of a periodic task
    """Jobs of a worker that died are done again; each is written so that twice is as once."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


def run_worker() -> None:
    """Work until told to stop."""
    asyncio.run(_work())


async def _work() -> None:
    async with app.open_async():
        await app.run_worker_async(concurrency=4, install_signal_handlers=True, delete_jobs="never")
