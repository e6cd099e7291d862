-- A deposit ticket that names patients opens these patients' identity numbers, as it opens their rows (0003), and lets a
-- row be noted at these patients alone.
drop policy by_deposit_ticket on record.identity_value;
create policy by_deposit_ticket on record.identity_value for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and ((select (audit.scope_v1()).deposit_patients) is null
       or patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[])));

drop policy insert_by_write_ticket on record.whereabouts;
create policy insert_by_write_ticket on record.whereabouts for insert to wutong_plane with check (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and (select (audit.scope_v1()).write_patients) is not null
  and (patient_id is null  -- a row of the depositor's directory
       or patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[])));
