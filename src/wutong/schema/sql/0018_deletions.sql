-- A deleted resource leaves the rows that are read and searched, and nothing of it is lost: its last version moves to the
-- superseded ones, and a marker without a body stands behind it as the version that says "deleted" (docs/decisions/0018).
alter table record.superseded
  add column is_deleted boolean not null default false,
  add constraint superseded_marker check (not is_deleted or octet_length(body) = 0 and category is null);
alter table record.directory_superseded
  add column is_deleted boolean not null default false,
  add constraint directory_superseded_marker check (not is_deleted or octet_length(body) = 0);

-- Histories of a type, newest first.
create index superseded_by_depositor on record.superseded (depositor_id, resource_type, stored_at);
create index directory_superseded_by_time on record.directory_superseded (depositor_id, resource_type, stored_at);

-- What its depositor deleted is its depositor's alone: others see earlier versions where they see the current one. (Asked
-- for as a value and not by `exists`, which the planner likes to answer by hashing the whole table.)
drop policy by_person_ticket on record.superseded;
create policy by_person_ticket on record.superseded for select to wutong_plane using (
  patient_id = any ((select (audit.scope_v1()).read_patients)::uuid[])
  and category = any ((select (audit.scope_v1()).read_categories)::text[])
  and (select true from record.resource r where r.patient_id = superseded.patient_id
          and r.resource_type = superseded.resource_type and r.resource_id = superseded.resource_id));
drop policy by_reference_ticket on record.directory_superseded;
create policy by_reference_ticket on record.directory_superseded for select to wutong_plane using (
  resource_type = (select (audit.scope_v1()).directory_type)
  and resource_id = (select (audit.scope_v1()).directory_id)
  and (select true from record.directory d where d.depositor_id = directory_superseded.depositor_id
          and d.resource_type = directory_superseded.resource_type
          and d.resource_id = directory_superseded.resource_id));

-- gate.delete_v1 runs as the owner, whom row security binds too: it moves what the caller's write ticket lets it write, and
-- no role that signs in for a plane may delete a row of a record.
create policy moved_by_write_ticket on record.resource for all to current_user
  using (depositor_id = (select (audit.scope_v1()).deposit_provider)
         and patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[]))
  with check (false);
create policy moved_by_write_ticket on record.superseded for all to current_user
  using (depositor_id = (select (audit.scope_v1()).deposit_provider)
         and patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[]));
create policy moved_by_write_ticket on record.directory for all to current_user
  using (depositor_id = (select (audit.scope_v1()).deposit_provider)
         and (select (audit.scope_v1()).write_patients) is not null)
  with check (false);
create policy moved_by_write_ticket on record.directory_superseded for all to current_user
  using (depositor_id = (select (audit.scope_v1()).deposit_provider)
         and (select (audit.scope_v1()).write_patients) is not null);

-- gate.projection_v1 names the source records that are there: of the rows it sees the Patients that the caller's ticket
-- shows.
create policy projected_by_person_ticket on record.resource for select to current_user using (
  resource_type = 'Patient'
  and patient_id = any ((select (audit.scope_v1()).read_patients)::uuid[])
  and category = any ((select (audit.scope_v1()).read_categories)::text[]));
