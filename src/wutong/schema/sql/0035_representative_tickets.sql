-- A ticket of whoever decides for a person, or cares for them, opens nothing of that person's record once they do not any
-- more, and the person's own nothing once they have left (0049): the own record is read in the portal, also for a child or an incapable adult (docs/decisions/0047), and a carer counts
-- what it holds (0043). As before (0031), but for that.
create or replace function audit.opened_v1(name text) returns audit.scope
language plpgsql stable as $$
declare
  parts constant text[] := string_to_array(name, '|');
  person constant uuid := nullif(parts[1], '');
  decided_at constant timestamptz := parts[2];
  id constant uuid := parts[3];
  asked_act text;
  rule text;
  provider uuid;
  caller uuid;
  depositor uuid;
  patients uuid[];
  categories text[];
  row_type text;
  row_id uuid;
  closed text[];
  authorised jsonb;
  opened audit.scope;
begin
  -- Committed by an earlier transaction: the top-level transaction id, since a savepoint's would deceive.
  if person is not null then
    select e.act, e.depositor_id, e.patient_ids, e.categories, e.directory_type, e.directory_id, e.closed, e.ground,
           e.provider_id, e.caller_id, e.detail -> 'authorisations'
      into asked_act, depositor, patients, categories, row_type, row_id, closed, rule, provider, caller, authorised
      from audit.entry e
     where e.person_id = person and e.at = decided_at and e.entry_id = id and e.is_ticket
       and e.usable_until > clock_timestamp() and e.txid is distinct from pg_current_xact_id_if_assigned();
  else
    select e.act, e.depositor_id, e.patient_ids, e.categories, e.directory_type, e.directory_id
      into asked_act, depositor, patients, categories, row_type, row_id
      from audit.event e
     where e.at = decided_at and e.entry_id = id and e.is_ticket
       and e.usable_until > clock_timestamp() and e.txid is distinct from pg_current_xact_id_if_assigned();
  end if;
  if not found then
    return opened;
  end if;
  if rule in ('care', 'reference', 'emergency')
     and (gate.is_taken_back_v1(person, rule, provider, caller, categories, closed)
          or authorised is not null and gate.is_ended_v1(person, authorised))
     or rule in ('own-record', 'representative', 'carer') and not gate.still_acts_v1(person, caller, rule, asked_act) then
    raise exception 'the person took back what this was decided on' using errcode = 'WU004';
  end if;
  if depositor is not null then
    opened.deposit_provider := depositor;
    opened.read_patients := '{}';  -- none, which row security need not ask further about
    if asked_act = 'write' then
      opened.write_patients := patients;
    end if;
    if asked_act = 'write' or person is not null or patients <> '{}' then
      opened.deposit_patients := patients;  -- else null: of all
    end if;
  elsif asked_act = 'count' then
    opened.count_patients := patients;
    opened.count_categories := categories;
  else
    opened.read_patients := patients;
    opened.read_categories := categories;
    opened.read_person := person;
    opened.directory_type := row_type;
    opened.directory_id := row_id;
    opened.closed := closed;
  end if;
  return opened;
end $$;
