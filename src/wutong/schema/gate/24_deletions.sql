-- The one way out of the rows that are read and searched: the last version moves to the superseded ones, with a marker
-- behind it. Needs a write ticket for the patient (or of the depositor, for a row of its directory). The marker's version;
-- null where there is no such row (any more).
create function gate.delete_v1(patient uuid, kind text, id uuid, at timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  last_version int;
begin
  if patient is null then
    with gone as (
      delete from record.directory d
       where d.depositor_id = (audit.scope_v1()).deposit_provider and d.resource_type = kind and d.resource_id = id
      returning *),
    kept as (
      insert into record.directory_superseded
        (depositor_id, resource_type, resource_id, version, stored_at, body, is_deleted, stored_by, replaced_at, tokens,
         strings, date_names, date_begins, date_ends, amount_names, amount_lows, amount_highs, amount_units)
      select g.depositor_id, g.resource_type, g.resource_id, g.version, g.stored_at, g.body, false, g.stored_by, at,
             g.tokens, g.strings, g.date_names, g.date_begins, g.date_ends, g.amount_names, g.amount_lows,
             g.amount_highs, g.amount_units
        from gone g),
    marked as (
      insert into record.directory_superseded
        (depositor_id, resource_type, resource_id, version, stored_at, body, is_deleted)
      select g.depositor_id, g.resource_type, g.resource_id, g.version + 1, at, '', true from gone g)
    select g.version into last_version from gone g;
    return last_version + 1;
  end if;
  if kind = 'Patient' then
    -- Uploads about a patient hold its row (for key share) until they are done.
    perform from record.resource r
      where r.patient_id = patient and r.resource_type = kind and r.resource_id = id for update;
    if exists (select from record.resource r where r.patient_id = patient and r.resource_type <> kind) then
      raise exception 'other rows of this patient are stored' using errcode = 'WU003';
    end if;
  end if;
  with gone as (
    delete from record.resource r where r.patient_id = patient and r.resource_type = kind and r.resource_id = id
    returning *),
  kept as (
    insert into record.superseded
      (patient_id, resource_type, resource_id, version, depositor_id, category, clinical_at, stored_at, body, is_deleted,
       stored_by, replaced_at, tokens, strings, date_names, date_begins, date_ends, amount_names, amount_lows,
       amount_highs, amount_units)
    select g.patient_id, g.resource_type, g.resource_id, g.version, g.depositor_id, g.category, g.clinical_at,
           g.stored_at, g.body, false, g.stored_by, at, g.tokens, g.strings, g.date_names, g.date_begins, g.date_ends,
           g.amount_names, g.amount_lows, g.amount_highs, g.amount_units
      from gone g),
  marked as (
    insert into record.superseded
      (patient_id, resource_type, resource_id, version, depositor_id, category, stored_at, body, is_deleted)
    select g.patient_id, g.resource_type, g.resource_id, g.version + 1, g.depositor_id, null, at, '', true from gone g)
  select g.version into last_version from gone g;
  return last_version + 1;
end $$;
