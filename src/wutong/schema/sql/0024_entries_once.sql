-- As before (0020), but what is put is read once, column by column, and not once to tell entries from events, once to
-- add what goes without saying and once to make a row of it. A column that is added to the tables is named here as well.
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
      is_ticket, usable_until, txid)
    select e.person_id, e.at, e.entry_id, e.event, e.outcome, e.reason, e.act, e.caller_kind, e.caller_id, e.session_id,
           e.provider_id, e.profession, e.purpose, e.ground, e.look_id, coalesce(e.categories, '{}'),
           coalesce(e.patient_ids, '{}'), e.depositor_id, e.request_id, coalesce(e.detail, '{}'), e.directory_type,
           e.directory_id, good_until is not null and e.outcome = 'allowed', good_until, pg_current_xact_id()
      from jsonb_to_recordset(entries) as e (
        person_id uuid, at timestamptz, entry_id uuid, event text, outcome text, reason text, act text,
        caller_kind text, caller_id uuid, session_id uuid, provider_id uuid, profession text, purpose text, ground text, look_id uuid,
        categories text[], patient_ids uuid[], depositor_id uuid, request_id uuid, detail jsonb, directory_type text,
        directory_id uuid)
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
