-- Several entries are put by one statement: `entry` is one, or an array of them. What makes a ticket (is_ticket,
-- usable_until, txid) is the functions' own to say, as before. An entry is read once, and not once a column as in
-- `(function(x)).*`.
create or replace function audit.append_v1(entry jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform audit.put_v1(entry, null);
end $$;

create or replace function audit.decide_v1(entry jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform audit.put_v1(entry, clock_timestamp() + interval '60 seconds');
end $$;

drop function audit.put_v1(jsonb);
create function audit.put_v1(entry jsonb, good_until timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  entries constant jsonb := case jsonb_typeof(entry) when 'array' then entry else jsonb_build_array(entry) end;
  unsaid constant jsonb := '{"categories": [], "patient_ids": [], "detail": {}}';
  said constant jsonb := jsonb_build_object('usable_until', good_until, 'txid', pg_current_xact_id()::text);
begin
  if exists (select from jsonb_array_elements(entries) as e where e ->> 'person_id' is null) then
    insert into audit.event
    select made.* from jsonb_array_elements(entries) as e,
      jsonb_populate_record(null::audit.event, unsaid || e || said || jsonb_build_object(
        'is_ticket', good_until is not null and e ->> 'outcome' = 'allowed')) as made
     where e ->> 'person_id' is null;
  end if;
  if exists (select from jsonb_array_elements(entries) as e where e ->> 'person_id' is not null) then
    insert into audit.entry
    select made.* from jsonb_array_elements(entries) as e,
      jsonb_populate_record(null::audit.entry, unsaid || e || said || jsonb_build_object(
        'is_ticket', good_until is not null and e ->> 'outcome' = 'allowed')) as made
     where e ->> 'person_id' is not null;
  end if;
end $$;
revoke all on function audit.put_v1(jsonb, timestamptz) from public;
