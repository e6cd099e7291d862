-- What a ticket opens is found once for a statement that reads current rows, and not once a condition: to look up a ticket
-- takes three times as long as to find a row by its key (docs/decisions/0027).

-- What one ticket opens, nothing where it opens nothing: what audit.ticket_v1 and audit.opened_v1 (0020) said one after the
-- other, without carrying the whole entry from one to the other. For audit.scope_v1 alone, whose settings hold here.
drop function audit.opened_v1(audit.entry);
create function audit.opened_v1(name text) returns audit.scope
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
  opened audit.scope;
begin
  -- Committed by an earlier transaction: the top-level transaction id, since a savepoint's would deceive.
  if person is not null then
    select e.act, e.depositor_id, e.patient_ids, e.categories, e.directory_type, e.directory_id
      into asked_act, depositor, patients, categories, row_type, row_id
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
  end if;
  return opened;
end $$;
revoke all on function audit.opened_v1(text) from public;

-- As before (0020). Plans are made once: where the time is known, the planner would choose the partition anew for each
-- ticket, which takes ten times as long as to look in it.
create or replace function audit.scope_v1() returns audit.scope
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  names constant text := nullif(current_setting('wutong.tickets', true), '');
  nothing audit.scope;
  opened audit.scope;
  added audit.scope;
  is_any_patient boolean := false;
begin
  if names is null then
    return nothing;
  end if;
  if position(',' in names) = 0 then
    return audit.opened_v1(names);
  end if;
  -- Several tickets are one depositor's, for one upload. Tickets of two persons are never added up: one person's
  -- categories must not open another's.
  for added in
    select o.* from unnest(string_to_array(names, ',')) as n, audit.opened_v1(n) as o
  loop
    if added.deposit_provider is null
       or opened.deposit_provider is not null and opened.deposit_provider <> added.deposit_provider then
      return nothing;
    end if;
    opened.deposit_provider := added.deposit_provider;
    opened.read_patients := '{}';
    opened.deposit_patients := coalesce(opened.deposit_patients, '{}') || added.deposit_patients;
    if added.write_patients is not null then
      opened.write_patients := coalesce(opened.write_patients, '{}') || added.write_patients;
    end if;
    is_any_patient := is_any_patient or added.deposit_patients is null;
  end loop;
  if is_any_patient then
    opened.deposit_patients := null;
  end if;
  return opened;
end $$;

-- A person ticket shows rows of its patients in its categories; a deposit ticket its depositor's, of its patients or (null)
-- of all. The function takes nothing from the row, so that what it answers is kept while a statement goes through the table.
drop policy by_person_ticket on record.resource;
drop policy by_deposit_ticket on record.resource;
create policy by_ticket on record.resource for select to wutong_plane using (
  exists (select from audit.scope_v1() as s
           where patient_id = any (s.read_patients) and category = any (s.read_categories)
              or depositor_id = s.deposit_provider and (patient_id = any (s.deposit_patients)) is not false));
