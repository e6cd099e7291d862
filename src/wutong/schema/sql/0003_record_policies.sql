-- The ticket: the one file with the policies (see docs/decisions/0003). Sub-selects are evaluated once a statement.
alter table record.resource enable row level security;
alter table record.resource force row level security;
create policy by_person_ticket on record.resource for select to wutong_plane using (
  patient_id = any ((select (audit.scope_v1()).read_patients)::uuid[])
  and category = any ((select (audit.scope_v1()).read_categories)::text[]));
create policy by_deposit_ticket on record.resource for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and ((select (audit.scope_v1()).deposit_patients) is null
       or patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[])));
create policy insert_by_write_ticket on record.resource for insert to wutong_plane with check (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[]));
create policy update_by_write_ticket on record.resource for update to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[]));

alter table record.superseded enable row level security;
alter table record.superseded force row level security;
create policy by_person_ticket on record.superseded for select to wutong_plane using (
  patient_id = any ((select (audit.scope_v1()).read_patients)::uuid[])
  and category = any ((select (audit.scope_v1()).read_categories)::text[]));
create policy by_deposit_ticket on record.superseded for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and ((select (audit.scope_v1()).deposit_patients) is null
       or patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[])));
create policy insert_by_write_ticket on record.superseded for insert to wutong_plane with check (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[]));

alter table record.identity_value enable row level security;
alter table record.identity_value force row level security;
create policy by_deposit_ticket on record.identity_value for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider));
create policy insert_by_write_ticket on record.identity_value for insert to wutong_plane with check (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[]));

alter table record.directory enable row level security;
alter table record.directory force row level security;
create policy by_deposit_ticket on record.directory for all to wutong_plane
  using (depositor_id = (select (audit.scope_v1()).deposit_provider))
  with check (depositor_id = (select (audit.scope_v1()).deposit_provider)
              and (select (audit.scope_v1()).write_patients) is not null);

alter table record.directory_superseded enable row level security;
alter table record.directory_superseded force row level security;
create policy by_deposit_ticket on record.directory_superseded for all to wutong_plane
  using (depositor_id = (select (audit.scope_v1()).deposit_provider))
  with check (depositor_id = (select (audit.scope_v1()).deposit_provider)
              and (select (audit.scope_v1()).write_patients) is not null);

alter table record.whereabouts enable row level security;
alter table record.whereabouts force row level security;
create policy read_by_decision_point on record.whereabouts for select to wutong_pdp using (true);
create policy insert_by_write_ticket on record.whereabouts for insert to wutong_plane with check (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and (select (audit.scope_v1()).write_patients) is not null);
