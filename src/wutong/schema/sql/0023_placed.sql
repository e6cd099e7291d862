-- Where rows lie that a system asks for by their ids: their patients lead the key (docs/decisions/0029). Of its own
-- deposits alone, those that its ticket opens; the table of whereabouts itself stays closed to the record plane.
create policy placed_by_deposit_ticket on record.whereabouts for select to current_user using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and ((select (audit.scope_v1()).deposit_patients) is null
       or patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[])));

-- It runs as the owner, whom row security binds too. In the schema of the tables, since the policy stands on it.
create function record.placed_v1(kind text, ids uuid[]) returns setof uuid
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
  select w.patient_id from record.whereabouts w
   where w.resource_type = kind and w.resource_id = any (ids) and w.patient_id is not null
$$;

-- As before (0020), in a form of which the planner does not think that hardly a row passes it: then it would rather sort
-- all that a system deposited than read the first of it in the order of the index. (record.resource: 0024.)
drop policy by_deposit_ticket on record.superseded;
create policy by_deposit_ticket on record.superseded for select to wutong_plane using (
  depositor_id = (select (audit.scope_v1()).deposit_provider)
  and coalesce(patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[]), true));
