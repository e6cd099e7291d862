-- What a person keeps to themselves is taken out where rows are read (docs/decisions/0037): a row carries marks among its
-- tokens (`~` and a label, or the id of an episode that it belongs to), a ticket those that are closed, with single items.

-- Of a decision that allows reading rows: the marks that it does not open; null where the person closes none.
alter table audit.entry add column closed text[];
-- As before (0004); where something is closed, the ticket of a directory's row opens what an open row of these names.
alter table audit.entry
  drop constraint entry_directory,
  add constraint entry_directory check (
    (directory_type is null) = (directory_id is null)
    and (directory_type is null or directory_type in ('Organization', 'Practitioner', 'PractitionerRole', 'Location')
         and (closed is not null or patient_ids = '{}' and categories = '{}') and depositor_id is null));
alter type audit.scope add attribute closed text[];

-- As before (0024), with what is closed.
create or replace function audit.opened_v1(name text) returns audit.scope
language plpgsql stable as $$
declare
  parts constant text[] := string_to_array(name, '|');
  person constant uuid := nullif(parts[1], '');
  decided_at constant timestamptz := parts[2];
  id constant uuid := parts[3];
  asked_act text;
  depositor uuid;
  patients uuid[];
  categories text[];
  row_type text;
  row_id uuid;
  closed text[];
  opened audit.scope;
begin
  -- Committed by an earlier transaction: the top-level transaction id, since a savepoint's would deceive.
  if person is not null then
    select e.act, e.depositor_id, e.patient_ids, e.categories, e.directory_type, e.directory_id, e.closed
      into asked_act, depositor, patients, categories, row_type, row_id, closed
      from audit.entry e
     where e.person_id = person and e.at = decided_at and e.entry_id = id and e.is_ticket
       and e.usable_until > clock_timestamp() and e.txid is distinct from pg_current_xact_id_if_assigned();
  else
    select e.act, e.depositor_id, e.patient_ids, e.categories, e.directory_type, e.directory_id
      into asked_act, depositor, patients, categories, row_type, row_id
      from audit.event e
     where e.at = decided_at and e.entry_id = id and e.is_ticket
       and e.usable_until > clock_timestamp() and e.txid is distinct from pg_current_xact_id_if_assigned();
  end if;
  if not found then
    return opened;
  end if;
  if depositor is not null then
    opened.deposit_provider := depositor;
    opened.read_patients := '{}';  -- none, which row security need not ask further about
    if asked_act = 'write' then
      opened.write_patients := patients;
    end if;
    if asked_act = 'write' or person is not null or patients <> '{}' then
      opened.deposit_patients := patients;  -- else null: of all
    end if;
  elsif asked_act = 'count' then
    opened.count_patients := patients;
    opened.count_categories := categories;
  else
    opened.read_patients := patients;
    opened.read_categories := categories;
    opened.read_person := person;
    opened.directory_type := row_type;
    opened.directory_id := row_id;
    opened.closed := closed;
  end if;
  return opened;
end $$;

-- As before (0024), with what is closed.
create or replace function audit.put_v1(entry jsonb, good_until timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  entries constant jsonb := case jsonb_typeof(entry) when 'array' then entry else jsonb_build_array(entry) end;
  put bigint := 0;
begin
  if entries @? '$[*].person_id ? (@ != null)' then  -- an event alone does not wait for the entries' table
    insert into audit.entry (
      person_id, at, entry_id, event, outcome, reason, act, caller_kind, caller_id, session_id, provider_id, profession,
      purpose, ground, look_id, categories, patient_ids, depositor_id, request_id, detail, directory_type, directory_id,
      closed, is_ticket, usable_until, txid)
    select e.person_id, e.at, e.entry_id, e.event, e.outcome, e.reason, e.act, e.caller_kind, e.caller_id, e.session_id,
           e.provider_id, e.profession, e.purpose, e.ground, e.look_id, coalesce(e.categories, '{}'),
           coalesce(e.patient_ids, '{}'), e.depositor_id, e.request_id, coalesce(e.detail, '{}'), e.directory_type,
           e.directory_id, e.closed, good_until is not null and e.outcome = 'allowed', good_until, pg_current_xact_id()
      from jsonb_to_recordset(entries) as e (
        person_id uuid, at timestamptz, entry_id uuid, event text, outcome text, reason text, act text,
        caller_kind text, caller_id uuid, session_id uuid, provider_id uuid, profession text, purpose text, ground text, look_id uuid,
        categories text[], patient_ids uuid[], depositor_id uuid, request_id uuid, detail jsonb, directory_type text,
        directory_id uuid, closed text[])
     where e.person_id is not null;
    get diagnostics put = row_count;
  end if;
  if put = jsonb_array_length(entries) then
    return;
  end if;
  insert into audit.event (
    at, entry_id, event, outcome, reason, act, caller_kind, caller_id, session_id, provider_id, profession, purpose,
    ground, look_id, categories, patient_ids, depositor_id, request_id, detail, directory_type, directory_id,
    is_ticket, usable_until, txid)
  select e.at, e.entry_id, e.event, e.outcome, e.reason, e.act, e.caller_kind, e.caller_id, e.session_id, e.provider_id,
         e.profession, e.purpose, e.ground, e.look_id, coalesce(e.categories, '{}'), coalesce(e.patient_ids, '{}'),
         e.depositor_id, e.request_id, coalesce(e.detail, '{}'), e.directory_type, e.directory_id,
         good_until is not null and e.outcome = 'allowed', good_until, pg_current_xact_id()
    from jsonb_to_recordset(entries) as e (
      person_id uuid, at timestamptz, entry_id uuid, event text, outcome text, reason text, act text, caller_kind text,
      caller_id uuid, session_id uuid, provider_id uuid, profession text, purpose text, ground text, look_id uuid,
      categories text[], patient_ids uuid[], depositor_id uuid, request_id uuid, detail jsonb, directory_type text,
      directory_id uuid)
   where e.person_id is null;
end $$;

-- As before (0024), less what is closed. Of its own deposits nothing is closed to a system.
drop policy by_ticket on record.resource;
create policy by_ticket on record.resource for select to wutong_plane using (
  exists (select from audit.scope_v1() as s
           where patient_id = any (s.read_patients) and category = any (s.read_categories)
                 and (s.closed is null or not ('~' || resource_id::text = any (s.closed) or tokens && s.closed))
              or depositor_id = s.deposit_provider and (patient_id = any (s.deposit_patients)) is not false));

-- As before (0018), less earlier versions that are closed by marks of their own.
drop policy by_person_ticket on record.superseded;
create policy by_person_ticket on record.superseded for select to wutong_plane using (
  patient_id = any ((select (audit.scope_v1()).read_patients)::uuid[])
  and category = any ((select (audit.scope_v1()).read_categories)::text[])
  and ((select (audit.scope_v1()).closed) is null or not tokens && (select (audit.scope_v1()).closed)::text[])
  and (select true from record.resource r where r.patient_id = superseded.patient_id
          and r.resource_type = superseded.resource_type and r.resource_id = superseded.resource_id));

-- The owner, as whom named_v1 runs, sees of the rows what the ticket of a person opens, where something is closed.
create policy named_by_person_ticket on record.resource for select to current_user using (
  exists (select from audit.scope_v1() as s
           where patient_id = any (s.read_patients) and category = any (s.read_categories)
             and not ('~' || resource_id::text = any (s.closed) or tokens && s.closed)));

-- As before (0021); where something is closed, what an open row names.
create or replace function record.named_v1() returns table (depositor_id uuid, resource_type text, resource_id uuid)
language plpgsql stable rows 50 security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened audit.scope := audit.scope_v1();
begin
  return query select distinct r.depositor_id, r.resource_type, r.resource_id from record.directory_reference r
   where r.patient_id = any (opened.read_patients) and r.category = any (opened.read_categories)
     and (opened.closed is null
          or exists (select from record.resource n
                      where n.patient_id = r.patient_id and n.depositor_id = r.depositor_id
                        and position(convert_to(r.resource_type || '/' || r.resource_id, 'UTF8') in n.body) > 0));
end $$;

-- As before (0004); where something is closed, if an open row names it.
drop policy by_reference_ticket on record.directory;
create policy by_reference_ticket on record.directory for select to wutong_plane using (
  resource_type = (select (audit.scope_v1()).directory_type)
  and resource_id = (select (audit.scope_v1()).directory_id)
  and ((select (audit.scope_v1()).closed) is null
       or depositor_id in (select n.depositor_id from record.named_v1() n
                            where n.resource_type = directory.resource_type and n.resource_id = directory.resource_id)));
drop policy by_reference_ticket on record.directory_superseded;
create policy by_reference_ticket on record.directory_superseded for select to wutong_plane using (
  resource_type = (select (audit.scope_v1()).directory_type)
  and resource_id = (select (audit.scope_v1()).directory_id)
  and ((select (audit.scope_v1()).closed) is null
       or depositor_id in (select n.depositor_id from record.named_v1() n
                            where n.resource_type = directory_superseded.resource_type
                              and n.resource_id = directory_superseded.resource_id)));
