-- Emergency access: granted by the people plane, decided and looked at in the record plane (docs/decisions/0014).
-- A case that an officer closed opens nothing any more, so that nothing is read that nobody reviews; nor does one that was
-- granted before the person left the system.
create view gate.emergency_v1 as
select g.person_id, g.grant_id, g.account_id, g.provider_id, g.session_id, g.profession, g.kind, g.reason, g.categories,
       g.granted_at, g.closes_at,
       exists (select from audit.look l where l.person_id = g.person_id and l.look_id = g.grant_id) as is_opened
  from control.emergency_grant g
 where not exists (select from control.emergency_review r where r.person_id = g.person_id and r.grant_id = g.grant_id)
   and (g.granted_at <= (select p.left_at from gate.person_v1 p where p.person_id = g.person_id)) is not true;

-- The one look of a grant: its id, its people, its words and its end are the grant's own, whatever the caller says. Who
-- opens it again finds it there. The patient was told when it was granted, so nobody is told here.
create function gate.open_emergency_look_v1(person uuid, emergency uuid, begins_at timestamptz) returns audit.look
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  begun audit.look;
begin
  insert into audit.look
    (person_id, look_id, account_id, provider_id, profession, purpose, ground, reason, opened_at, closes_at)
  select g.person_id, g.grant_id, g.account_id, g.provider_id, g.profession, 'ETREAT', g.kind, g.reason, begins_at,
         g.closes_at
    from gate.emergency_v1 g where g.person_id = person and g.grant_id = emergency
  on conflict do nothing;
  select l.* into strict begun from audit.look l where l.person_id = person and l.look_id = emergency;
  return begun;
end $$;

-- What was read under an emergency's look, for whoever reviews it: each request with its categories.
create view gate.emergency_read_v1 as
select e.person_id, e.look_id, e.at, e.categories, e.detail ->> 'asked' as asked
  from audit.entry e
 where e.look_id is not null and e.purpose = 'ETREAT' and e.act = 'read' and e.outcome = 'allowed';

-- How often who looked, for the rate of emergencies: no person in it.
create view gate.look_count_v1 as
select l.provider_id, l.opened_at, l.purpose = 'ETREAT' as is_emergency from audit.look l;
