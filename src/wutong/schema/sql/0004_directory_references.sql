-- A directory's rows (Organization, Practitioner, PractitionerRole, Location) are readable where a record that is open
-- to the reader names them (docs/decisions/0010).

-- Which rows of its depositor's directory a patient's shared rows name, in any version, and in which category these
-- rows are: written with them, read by the decision point alone, never changed.
create table record.directory_reference (
  patient_id uuid not null,
  resource_type text not null constraint directory_reference_type
    check (resource_type in ('Organization', 'Practitioner', 'PractitionerRole', 'Location')),
  resource_id uuid not null,
  depositor_id uuid not null,
  category text not null,
  constraint directory_reference_pk primary key (patient_id, resource_type, resource_id, depositor_id, category)
);
alter table record.directory_reference enable row level security;
alter table record.directory_reference force row level security;
create policy read_by_decision_point on record.directory_reference for select to wutong_pdp using (true);
create policy insert_by_write_ticket on record.directory_reference for insert to wutong_plane with check (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and patient_id = any ((select (audit.scope_v1()).write_patients)::uuid[]));

-- The looks that a caller has open: a question for a directory's row names no patient.
create index look_of_caller on audit.look (account_id, provider_id, closes_at);

-- The ticket of one row of a directory opens that row and nothing else.
alter table audit.entry
  add column directory_type text,
  add column directory_id uuid,
  add constraint entry_directory check (
    (directory_type is null) = (directory_id is null)
    and (directory_type is null or directory_type in ('Organization', 'Practitioner', 'PractitionerRole', 'Location')
         and patient_ids = '{}' and categories = '{}' and depositor_id is null));
alter table audit.event
  add column directory_type text,
  add column directory_id uuid,
  add constraint event_directory check (directory_type is null and directory_id is null);
alter type audit.scope add attribute directory_type text, add attribute directory_id uuid;

create or replace function audit.scope_v1() returns audit.scope
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  names text[] := string_to_array(nullif(current_setting('wutong.tickets', true), ''), ',');
  nothing audit.scope;
  opened audit.scope;
  ticket audit.entry;
  is_any_patient boolean := false;
begin
  if names is null then
    return nothing;
  end if;
  foreach ticket slice 0 in array array(select audit.ticket_v1(n) from unnest(names) as n) loop
    if ticket.entry_id is null then
      return nothing;
    end if;
    if ticket.depositor_id is null then
      -- Tickets of two persons are never added up: one person's categories must not open another's.
      if array_length(names, 1) > 1 then
        return nothing;
      end if;
      opened.read_patients := ticket.patient_ids;
      opened.read_categories := ticket.categories;
      opened.read_person := ticket.person_id;
      opened.directory_type := ticket.directory_type;
      opened.directory_id := ticket.directory_id;
    else
      if opened.deposit_provider is distinct from ticket.depositor_id and opened.deposit_provider is not null then
        return nothing;
      end if;
      opened.deposit_provider := ticket.depositor_id;
      if ticket.act = 'write' then
        opened.write_patients := coalesce(opened.write_patients, '{}') || ticket.patient_ids;
        opened.deposit_patients := coalesce(opened.deposit_patients, '{}') || ticket.patient_ids;
      elsif ticket.person_id is null and ticket.patient_ids = '{}' then
        is_any_patient := true;
      else
        opened.deposit_patients := coalesce(opened.deposit_patients, '{}') || ticket.patient_ids;
      end if;
    end if;
  end loop;
  if is_any_patient then
    opened.deposit_patients := null;
  end if;
  return opened;
end $$;

create policy by_reference_ticket on record.directory for select to wutong_plane using (
  resource_type = (select (audit.scope_v1()).directory_type)
  and resource_id = (select (audit.scope_v1()).directory_id));
create policy by_reference_ticket on record.directory_superseded for select to wutong_plane using (
  resource_type = (select (audit.scope_v1()).directory_type)
  and resource_id = (select (audit.scope_v1()).directory_id));
