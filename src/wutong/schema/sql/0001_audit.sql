-- The trail. Appended through functions, edited by nobody. Entries about a person and events without one are two
-- tables, because the person's id leads every key (scale rules 1, 13).
create table audit.entry (
  person_id uuid not null,
  at timestamptz not null,
  entry_id uuid not null,
  event text not null,
  outcome text not null constraint entry_outcome check (outcome in ('allowed', 'refused')),
  reason text,
  act text,
  caller_kind text,
  caller_id uuid,
  session_id uuid,
  provider_id uuid,
  profession text,
  purpose text,
  ground text,
  look_id uuid,
  categories text[] not null default '{}',
  patient_ids uuid[] not null default '{}',
  depositor_id uuid,
  request_id uuid,
  detail jsonb not null default '{}',
  is_ticket boolean not null default false,
  usable_until timestamptz,
  txid xid8 not null default pg_current_xact_id(),
  constraint entry_pk primary key (person_id, at, entry_id)
) partition by range (at);
create index entry_by_look on audit.entry (person_id, look_id) where look_id is not null;

create table audit.event (
  at timestamptz not null,
  entry_id uuid not null,
  event text not null,
  outcome text not null constraint event_outcome check (outcome in ('allowed', 'refused')),
  reason text,
  act text,
  caller_kind text,
  caller_id uuid,
  session_id uuid,
  provider_id uuid,
  profession text,
  purpose text,
  ground text,
  look_id uuid,
  categories text[] not null default '{}',
  patient_ids uuid[] not null default '{}',
  depositor_id uuid,
  request_id uuid,
  detail jsonb not null default '{}',
  is_ticket boolean not null default false,
  usable_until timestamptz,
  txid xid8 not null default pg_current_xact_id(),
  constraint event_pk primary key (at, entry_id)
) partition by range (at);

-- A time no partition was made for is still kept.
create table audit.entry_rest partition of audit.entry default;
create table audit.event_rest partition of audit.event default;

-- A look: one caller of one provider at one person, for one purpose, within thirty minutes.
create table audit.look (
  person_id uuid not null,
  look_id uuid not null,
  account_id uuid not null,
  provider_id uuid not null,
  profession text not null,
  purpose text not null,
  ground text not null,
  reason text not null default '',
  opened_at timestamptz not null,
  closes_at timestamptz not null,
  constraint look_pk primary key (person_id, look_id)
);
create index look_by_caller on audit.look (person_id, account_id, provider_id, purpose, closes_at);

create function audit.make_partitions_v1(first_month date, months int) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  month date;
  base text;
begin
  for i in 0 .. months - 1 loop
    month := (date_trunc('month', first_month) + make_interval(months => i))::date;
    foreach base in array array['entry', 'event'] loop
      if to_regclass(format('audit.%I', base || to_char(month, '_YYYY_MM'))) is null then
        execute format(
          'create table audit.%I partition of audit.%I for values from (%L) to (%L)',
          base || to_char(month, '_YYYY_MM'), base,
          month::text || ' 00:00:00+00', (month + interval '1 month')::date::text || ' 00:00:00+00');
      end if;
    end loop;
  end loop;
end $$;

-- Both planes append; whether an entry is a ticket is not theirs to say.
create function audit.append_v1(entry jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  entry := entry || jsonb_build_object('is_ticket', false, 'usable_until', null);
  perform audit.put_v1(entry);
end $$;

-- The decision point alone (role pdp): an allowed decision is a ticket, for one minute of the database's own clock.
create function audit.decide_v1(entry jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  entry := entry || jsonb_build_object(
    'is_ticket', entry ->> 'outcome' = 'allowed',
    'usable_until', clock_timestamp() + interval '60 seconds');
  perform audit.put_v1(entry);
end $$;

create function audit.put_v1(entry jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  entry := jsonb_build_object('categories', '[]'::jsonb, 'patient_ids', '[]'::jsonb, 'detail', '{}'::jsonb)
    || entry || jsonb_build_object('txid', pg_current_xact_id()::text);
  if entry ->> 'person_id' is null then
    insert into audit.event select (jsonb_populate_record(null::audit.event, entry)).*;
  else
    insert into audit.entry select (jsonb_populate_record(null::audit.entry, entry)).*;
  end if;
end $$;
revoke all on function audit.put_v1(jsonb) from public;

-- What the tickets named in this transaction open. The setting `wutong.tickets` holds them as
-- `person_id|at|entry_id` (person_id empty for a ticket without a person), separated by commas.
create type audit.scope as (
  read_patients uuid[],      -- a person ticket: rows of these patients ...
  read_categories text[],    -- ... in these categories
  read_person uuid,
  deposit_provider uuid,     -- own-deposit tickets: rows of this depositor ...
  deposit_patients uuid[],   -- ... of these patients; null: of all
  write_patients uuid[]      -- patients that this transaction may write to
);

create function audit.ticket_v1(name text) returns audit.entry
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  parts text[] := string_to_array(name, '|');
  found_entry audit.entry;
begin
  if parts[1] <> '' then
    select e.* into found_entry from audit.entry e
     where e.person_id = parts[1]::uuid and e.at = parts[2]::timestamptz and e.entry_id = parts[3]::uuid;
  else
    select null::uuid, e.* into found_entry from audit.event e
     where e.at = parts[2]::timestamptz and e.entry_id = parts[3]::uuid;
  end if;
  -- Committed by an earlier transaction: the top-level transaction id, since a savepoint's would deceive.
  if found_entry.is_ticket and found_entry.usable_until > clock_timestamp()
     and found_entry.txid is distinct from pg_current_xact_id_if_assigned() then
    return found_entry;
  end if;
  return null;
end $$;
revoke all on function audit.ticket_v1(text) from public;

create function audit.scope_v1() returns audit.scope
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  names text[] := string_to_array(nullif(current_setting('wutong.tickets', true), ''), ',');
  nothing audit.scope;
  opened audit.scope;
  ticket audit.entry;
  is_any_patient boolean := false;
begin
  if names is null then
    return nothing;
  end if;
  foreach ticket slice 0 in array array(select audit.ticket_v1(n) from unnest(names) as n) loop
    if ticket.entry_id is null then
      return nothing;
    end if;
    if ticket.depositor_id is null then
      -- Tickets of two persons are never added up: one person's categories must not open another's.
      if array_length(names, 1) > 1 then
        return nothing;
      end if;
      opened.read_patients := ticket.patient_ids;
      opened.read_categories := ticket.categories;
      opened.read_person := ticket.person_id;
    else
      if opened.deposit_provider is distinct from ticket.depositor_id and opened.deposit_provider is not null then
        return nothing;
      end if;
      opened.deposit_provider := ticket.depositor_id;
      if ticket.act = 'write' then
        opened.write_patients := coalesce(opened.write_patients, '{}') || ticket.patient_ids;
        opened.deposit_patients := coalesce(opened.deposit_patients, '{}') || ticket.patient_ids;
      elsif ticket.person_id is null and ticket.patient_ids = '{}' then
        is_any_patient := true;
      else
        opened.deposit_patients := coalesce(opened.deposit_patients, '{}') || ticket.patient_ids;
      end if;
    end if;
  end loop;
  if is_any_patient then
    opened.deposit_patients := null;
  end if;
  return opened;
end $$;
