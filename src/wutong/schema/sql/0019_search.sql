-- What each row can be found by, written with it (docs/decisions/0019): texts, dates and amounts beside the tokens, as
-- parallel arrays; and by which transaction it was stored and replaced, so that the pages of a search show one moment.
alter table record.resource
  add column strings text[] not null default '{}',
  add column date_names text[] not null default '{}',
  add column date_begins timestamptz[] not null default '{}',
  add column date_ends timestamptz[] not null default '{}',     -- the first instant after it
  add column amount_names text[] not null default '{}',
  add column amount_lows numeric[] not null default '{}',
  add column amount_highs numeric[] not null default '{}',
  add column amount_units text[] not null default '{}',         -- "system|code|unit"
  add column stored_by xid8 not null default pg_current_xact_id();

alter table record.superseded
  add column clinical_at timestamptz,
  add column tokens text[] not null default '{}',
  add column strings text[] not null default '{}',
  add column date_names text[] not null default '{}',
  add column date_begins timestamptz[] not null default '{}',
  add column date_ends timestamptz[] not null default '{}',
  add column amount_names text[] not null default '{}',
  add column amount_lows numeric[] not null default '{}',
  add column amount_highs numeric[] not null default '{}',
  add column amount_units text[] not null default '{}',
  add column stored_by xid8 not null default pg_current_xact_id(),
  add column replaced_by xid8 not null default pg_current_xact_id(),
  add column replaced_at timestamptz not null default clock_timestamp();

alter table record.directory
  add column strings text[] not null default '{}',
  add column date_names text[] not null default '{}',
  add column date_begins timestamptz[] not null default '{}',
  add column date_ends timestamptz[] not null default '{}',
  add column amount_names text[] not null default '{}',
  add column amount_lows numeric[] not null default '{}',
  add column amount_highs numeric[] not null default '{}',
  add column amount_units text[] not null default '{}',
  add column stored_by xid8 not null default pg_current_xact_id();

alter table record.directory_superseded
  add column tokens text[] not null default '{}',
  add column strings text[] not null default '{}',
  add column date_names text[] not null default '{}',
  add column date_begins timestamptz[] not null default '{}',
  add column date_ends timestamptz[] not null default '{}',
  add column amount_names text[] not null default '{}',
  add column amount_lows numeric[] not null default '{}',
  add column amount_highs numeric[] not null default '{}',
  add column amount_units text[] not null default '{}',
  add column stored_by xid8 not null default pg_current_xact_id(),
  add column replaced_by xid8 not null default pg_current_xact_id(),
  add column replaced_at timestamptz not null default clock_timestamp();

-- The identifiers of a system's own deposits: row security lets an index serve `=` of text, and nothing richer. Keys are
-- only ever added; whether a row has the identifier still, its tokens say. Keyed by what it is asked by (scale rule 2).
create table record.deposit_key (
  depositor_id uuid not null,
  resource_type text not null,
  value text not null,        -- "=17", or "#" and the keyed hash of an identity number
  resource_id uuid not null,
  patient_id uuid,            -- null: a row of the depositor's directory
  constraint deposit_key_pk primary key (depositor_id, resource_type, value, resource_id)
);
alter table record.deposit_key enable row level security;
alter table record.deposit_key force row level security;
create policy by_deposit_ticket on record.deposit_key for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and ((select (audit.scope_v1()).deposit_patients) is null
       or patient_id is null
       or patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[])));
create policy insert_by_write_ticket on record.deposit_key for insert to wutong_plane with check (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and (select (audit.scope_v1()).write_patients) is not null
  and (patient_id is null
       or patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[])));

-- Without a patient, what was stored last comes first.
create index directory_by_depositor on record.directory (depositor_id, resource_type, stored_at);
