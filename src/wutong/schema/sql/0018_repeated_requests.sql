-- What a client was answered to a request with a key of its own (Idempotency-Key), kept for a day in the write's own
-- transaction: sent again, it changes nothing and is answered the same (docs/flows/repeat_request.md). Only what is needed
-- to make the answer anew: ids and versions, no content, and of key and request their keyed hashes.
create table record.answered_request (
  client_id uuid not null,
  key_hash bytea not null,
  request_hash bytea not null,
  depositor_id uuid not null,
  answered_at timestamptz not null,
  kept jsonb not null,
  constraint answered_request_pk primary key (client_id, key_hash)
);
create index answered_request_by_age on record.answered_request (client_id, answered_at);
alter table record.answered_request enable row level security;
alter table record.answered_request force row level security;
create policy by_write_ticket on record.answered_request for all to wutong_plane
  using (depositor_id = (select (audit.scope_v1()).deposit_provider)
         and (select (audit.scope_v1()).write_patients) is not null)
  with check (depositor_id = (select (audit.scope_v1()).deposit_provider)
              and (select (audit.scope_v1()).write_patients) is not null);
