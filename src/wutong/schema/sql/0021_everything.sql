-- A ticket for a person's rows opens, beside them, the rows of directories that these rows name: what its holder may read
-- by id (docs/decisions/0010), all at once (docs/decisions/0021). The table of names itself stays closed.
create policy named_by_person_ticket on record.directory_reference for select to current_user using (
  patient_id = any ((select (audit.scope_v1()).read_patients)::uuid[])
  and category = any ((select (audit.scope_v1()).read_categories)::text[]));

-- It runs as the owner, whom row security binds too. In the schema of the tables, since their policies stand on it.
create function record.named_v1() returns table (depositor_id uuid, resource_type text, resource_id uuid)
language plpgsql stable rows 50 security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened audit.scope := audit.scope_v1();
begin
  return query select distinct r.depositor_id, r.resource_type, r.resource_id from record.directory_reference r
   where r.patient_id = any (opened.read_patients) and r.category = any (opened.read_categories);
end $$;

create policy by_person_ticket on record.directory for select to wutong_plane using (
  cardinality(coalesce((select (audit.scope_v1()).read_patients), '{}')) > 0
  and (depositor_id, resource_type, resource_id) in (
    select n.depositor_id, n.resource_type, n.resource_id from record.named_v1() n));
create policy by_person_ticket on record.directory_superseded for select to wutong_plane using (
  cardinality(coalesce((select (audit.scope_v1()).read_patients), '{}')) > 0
  and (depositor_id, resource_type, resource_id) in (
    select n.depositor_id, n.resource_type, n.resource_id from record.named_v1() n)
  and (select true from record.directory d where d.depositor_id = directory_superseded.depositor_id
          and d.resource_type = directory_superseded.resource_type
          and d.resource_id = directory_superseded.resource_id));
