"""Providers and their system clients."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.models import Provider, SystemClient
from wutong.control.people.texts import refuse_spaces, refuse_unfit
from wutong.core import clock, sealing
from wutong.core.events import Event

Kind = Provider.Kind


@transaction.atomic
def register_provider(
    *, actor: Actor, code: str, name_en: str, name_zh: str, kind: str, is_deemed: bool = False
) -> UUID:
    """Add a healthcare provider."""
    refuse_unfit(Provider, code=code, name_en=name_en, name_zh=name_zh)
    refuse_spaces("code", code)
    provider = Provider.objects.create(code=code, name_en=name_en, name_zh=name_zh, kind=kind, is_deemed=is_deemed)
    append(Event.PROVIDER_CREATE, actor=actor, detail={"provider": code, "kind": kind, "deemed": is_deemed})
    return provider.provider_id


@transaction.atomic
def create_client(*, actor: Actor, provider_id: UUID, name: str, may_register_patients: bool) -> tuple[UUID, str]:
    """Make a system client; its id and its secret, which is shown this once and stored as a hash."""
    refuse_unfit(SystemClient, name=name)
    secret = sealing.new_token()
    client = SystemClient.objects.create(
        provider_id=provider_id,
        name=name,
        secret_hash=sealing.token_hash(secret),
        may_register_patients=may_register_patients,
        created_at=clock.now(),
    )
    detail = {"client": str(client.client_id), "provider": str(provider_id), "registers": may_register_patients}
    append(Event.CLIENT_CREATE, actor=actor, detail=detail)
    return client.client_id, secret
