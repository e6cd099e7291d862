-- Everything that decisions may rest on, for any number of questions in one statement. Parameters: today, now (the
-- clock's), and questions, a JSON array of objects:
--   token: hash of the bearer token (hex); type, id: a row asked for by its id alone; patient: a FHIR Patient id (of a
--   source record, or the person's own); traces: keyed hashes of identity documents in a deposit (hex); care: whether
--   to look for what shows that the provider cares for the person.
-- Each part is looked up for each question by its key (`limit 1`): never all of a table, whatever the planner believes.
select q.place, t.*, x.links, x.granted, x.birth_date, x.birth_precision,
       a.depositor_id is not null as is_row_known, a.patient_id as row_patient_id,
       coalesce(a.depositor_id, subject.provider_id) as depositor_id,
       p.person_id, p.is_active, subject.named_in,
       array(select s.patient_id from gate.source_v1 s where s.person_id = p.person_id) as patient_ids,
       c.is_given, c.valid_until, c.version, c.scope, c.group_id,
       l.look_id, l.purpose, l.closes_at,
       case when q.care then gate.care_v1(p.person_id, t.provider_id, %(now)s) end as care,
       e.grant_id, e.categories as named, e.closes_at as emergency_until, e.is_opened,
       array(select a from gate.authorised_v1(p.person_id, t.caller_id, t.provider_id, t.session_id, %(now)s) a) as authorised,
       -- Of each category the last one holds.
       case when t.profession <> '' then
         array(select array[r.category, r.access, r.source] from gate.role_v1 r
                where r.profession = t.profession and r.valid_from <= %(today)s
                 order by r.valid_from, r.version) end as roles,
       -- Of providers and professionals, the caller's alone.
       case when t.profession <> '' then
         array(select array[k.kind, k.value] from gate.closed_v1 k
                where k.person_id = p.person_id
                  and (k.kind !~ '^pro' or k.value in (t.provider_id::text, t.caller_id::text))) end as closed
  from rows from (jsonb_to_recordset(%(questions)s) as (token text, type text, id uuid, patient uuid, traces text[], care bool))
       with ordinality as q(token, type, id, patient, traces, care, place)
  left join lateral (
    select t.* from gate.token_v1 t where t.token_hash = decode(q.token, 'hex') and t.expires_at > %(now)s limit 1) t on true
  left join lateral (
    select w.patient_id, w.depositor_id from record.whereabouts w
     where w.resource_type = q.type and w.resource_id = q.id limit 1) a on true
  left join lateral (
    (select s.person_id, s.provider_id, '{}'::text[] as named_in from gate.source_v1 s
      where s.patient_id = coalesce(q.patient, a.patient_id)
     union all
     select p.person_id, null, '{}' from gate.person_v1 p where p.person_id = q.patient
     union all
     (select d.person_id, null, '{}' from gate.document_v1 d
       where d.trace = any (array(select decode(h, 'hex') from unnest(q.traces) as h))
       order by d.trace limit 1)
     limit 1)
    union all
    -- Where the row asked for is of a directory: the persons at whom the caller has an open look and whose rows, from
    -- the directory's own depositor, name it; one line of facts for each.
    select s.person_id, null, array_agg(distinct r.category)
      from audit.look k
      join gate.source_v1 s on s.person_id = k.person_id
      join record.directory_reference r on r.patient_id = s.patient_id and r.resource_type = q.type
       and r.resource_id = q.id and r.depositor_id = a.depositor_id
     where a.depositor_id is not null and a.patient_id is null
       and k.account_id = t.caller_id and k.provider_id = t.provider_id
       and k.opened_at <= %(now)s and k.closes_at > %(now)s
     group by s.person_id) subject on true
  left join lateral (
    select p.person_id, p.is_active, p.left_at from gate.person_v1 p where p.person_id = subject.person_id limit 1) p on true
  left join lateral gate.represents_v1(p.person_id, t.caller_person_id, %(now)s, %(today)s) x on true
  left join lateral gate.consent_to_v1(p.person_id, t.provider_id, %(now)s, null) c on true
  -- No look outlives the consent that it was opened under, or the person's leaving.
  left join lateral (
    select k.look_id, k.purpose, k.opened_at, k.closes_at from audit.look k
     where k.person_id = p.person_id and k.account_id = t.caller_id and k.provider_id = t.provider_id
       and k.purpose <> 'ETREAT' and k.opened_at <= %(now)s and k.closes_at > %(now)s
       and (t.provider_is_deemed or k.opened_at >= c.stated_at)
       and (k.opened_at <= p.left_at) is not true
     order by k.opened_at desc limit 1) l on true
  -- An emergency's look has the id of its grant, and the grant is of one session.
  left join lateral (
    select g.grant_id, g.categories, g.granted_at, g.closes_at, g.is_opened from gate.emergency_v1 g
     where g.person_id = p.person_id and g.account_id = t.caller_id and g.provider_id = t.provider_id
       and g.session_id = t.session_id and g.closes_at > %(now)s
     order by g.granted_at desc limit 1) e on true
 order by q.place, greatest(l.opened_at, e.granted_at) desc nulls last, p.person_id
