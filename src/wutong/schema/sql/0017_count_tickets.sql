-- The ticket of a count opens no row: it lets gate.count_v1 tell how many there are, and nothing else
-- (docs/decisions/0003).
alter type audit.scope
  add attribute count_patients uuid[],    -- a count ticket: how many rows these patients have ...
  add attribute count_categories text[];  -- ... in each of these categories

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
      if ticket.act = 'count' then
        opened.count_patients := ticket.patient_ids;
        opened.count_categories := ticket.categories;
      else
        opened.read_patients := ticket.patient_ids;
        opened.read_categories := ticket.categories;
        opened.read_person := ticket.person_id;
        opened.directory_type := ticket.directory_type;
        opened.directory_id := ticket.directory_id;
      end if;
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

-- gate.count_v1 runs as the owner, whom row security binds too: no role that signs in for a plane has this policy.
create policy counted_by_count_ticket on record.resource for select to current_user using (
  patient_id = any ((select (audit.scope_v1()).count_patients)::uuid[])
  and category = any ((select (audit.scope_v1()).count_categories)::text[]));
