-- One resource for each of several callers, each under a ticket of its own: what row security shows under that ticket,
-- and what its scope says besides. Runs as the caller (wutong_plane). `questions` is a JSON array of objects:
--   ticket; patient: whose row it is (null: a row of a directory); type, id: which; depositor, categories: whose
--   deposits, and what is shared, as the ticket's scope has it.
-- What its depositor has deleted is its last version, without a body. Of a current row that is long (is_long) the body
-- is left out, as of up to 64 questions together nobody could hold them: the caller reads it by itself.
create function gate.read_v1(questions jsonb)
returns table (
  place bigint, resource_type text, resource_id uuid, version int, stored_at timestamptz, depositor_id uuid, body bytea,
  patient_id uuid, is_deleted boolean, is_long boolean)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  q record;
  most_bytes constant int := 256 * 1024;
begin
  for q in
    select * from rows from (jsonb_to_recordset(questions)
      as (ticket text, patient uuid, type text, id uuid, depositor uuid, categories text[])) with ordinality as a(
      ticket, patient, type, id, depositor, categories, place)
  loop
    perform set_config('wutong.tickets', q.ticket, true);
    if q.patient is not null then
      return query
      select q.place, r.resource_type, r.resource_id, r.version, r.stored_at, r.depositor_id,
             case when octet_length(r.body) <= most_bytes then r.body else ''::bytea end, r.patient_id, false,
             octet_length(r.body) > most_bytes
        from record.resource r
       where r.patient_id = q.patient and r.resource_type = q.type and r.resource_id = q.id
         and (r.depositor_id = q.depositor or r.category = any (q.categories));
      if not found and q.depositor is not null then
        return query
        select q.place, r.resource_type, r.resource_id, r.version, r.stored_at, r.depositor_id, r.body, r.patient_id, true,
               false
          from record.superseded r
         where r.patient_id = q.patient and r.resource_type = q.type and r.resource_id = q.id
           and r.depositor_id = q.depositor and r.is_deleted
         order by r.version desc limit 1;
      end if;
    else
      return query
      select q.place, r.resource_type, r.resource_id, r.version, r.stored_at, r.depositor_id,
             case when octet_length(r.body) <= most_bytes then r.body else ''::bytea end, null::uuid, false,
             octet_length(r.body) > most_bytes
        from record.directory r
       where r.depositor_id = q.depositor and r.resource_type = q.type and r.resource_id = q.id;
      if not found and q.depositor is not null then
        return query
        select q.place, r.resource_type, r.resource_id, r.version, r.stored_at, r.depositor_id, r.body, null::uuid, true,
               false
          from record.directory_superseded r
         where r.depositor_id = q.depositor and r.resource_type = q.type and r.resource_id = q.id and r.is_deleted
         order by r.version desc limit 1;
      end if;
    end if;
  end loop;
  perform set_config('wutong.tickets', '', true);
end $$;
