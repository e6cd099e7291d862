-- What a transaction's tickets open, as before (0017), in fewer steps: row security asks for it several times a
-- statement, and nearly always there is one ticket.
create function audit.opened_v1(ticket audit.entry) returns audit.scope
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  opened audit.scope;
begin
  if ticket.entry_id is null then
    return opened;
  end if;
  if ticket.depositor_id is not null then
    opened.deposit_provider := ticket.depositor_id;
    opened.read_patients := '{}';  -- none, which row security need not ask further about
    if ticket.act = 'write' then
      opened.write_patients := ticket.patient_ids;
    end if;
    if ticket.act = 'write' or ticket.person_id is not null or ticket.patient_ids <> '{}' then
      opened.deposit_patients := ticket.patient_ids;  -- else null: of all
    end if;
  elsif ticket.act = 'count' then
    opened.count_patients := ticket.patient_ids;
    opened.count_categories := ticket.categories;
  else
    opened.read_patients := ticket.patient_ids;
    opened.read_categories := ticket.categories;
    opened.read_person := ticket.person_id;
    opened.directory_type := ticket.directory_type;
    opened.directory_id := ticket.directory_id;
  end if;
  return opened;
end $$;
revoke all on function audit.opened_v1(audit.entry) from public;

create or replace function audit.scope_v1() returns audit.scope
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
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
    return audit.opened_v1(audit.ticket_v1(names));
  end if;
  -- Several tickets are one depositor's, for one upload. Tickets of two persons are never added up: one person's
  -- categories must not open another's.
  for added in
    select o.* from unnest(string_to_array(names, ',')) as n, audit.opened_v1(audit.ticket_v1(n)) as o
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

-- `deposit_patients` is null where the ticket opens all of the depositor's patients: asked for once, not twice.
drop policy by_deposit_ticket on record.resource;
create policy by_deposit_ticket on record.resource for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and (patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[])) is not false);
drop policy by_deposit_ticket on record.superseded;
create policy by_deposit_ticket on record.superseded for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and (patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[])) is not false);
