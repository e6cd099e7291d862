-- Everybody who is registered has joined by it (docs/decisions/0049): the first version of each joining consent. Later
-- registrations state it themselves (gate.register_v1).
insert into control.joining_version (person_id, version, state, way, provider_id, stated_at, stated_by, stated_as)
select p.person_id, 1, 'given', 'registration', p.registered_by, p.registered_at, null, ''
  from control.person p;
