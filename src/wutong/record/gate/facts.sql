-- Everything a decision may rest on, in one statement. Parameters:
--   token: hash of the bearer token; type, id: a row asked for by its id alone; patient: a FHIR Patient id (of a source
--   record, or the person's own); traces: keyed hashes of identity documents in a deposit; today, now: the clock's.
with row_asked as (
  select w.patient_id, w.depositor_id from record.whereabouts w
   where w.resource_type = %(type)s and w.resource_id = %(id)s
),
asked_about as (
  select s.person_id, s.provider_id
    from gate.source_v1 s
   where s.patient_id = coalesce(%(patient)s, (select patient_id from row_asked))
  union all
  select p.person_id, null from gate.person_v1 p where p.person_id = %(patient)s
  union all
  (select d.person_id, null from gate.document_v1 d where d.trace = any (%(traces)s) order by d.trace limit 1)
  limit 1
),
-- Where the row asked for is of a directory: the persons at whom the caller has an open look and whose rows, from the
-- directory's own depositor, name it; one line of facts for each.
named_in as (
  select s.person_id, array_agg(distinct r.category) as categories
    from row_asked a
    join gate.token_v1 t on t.token_hash = %(token)s
    join audit.look k on k.account_id = t.caller_id and k.provider_id = t.provider_id
     and k.opened_at <= %(now)s and k.closes_at > %(now)s
    join gate.source_v1 s on s.person_id = k.person_id
    join record.directory_reference r on r.patient_id = s.patient_id and r.resource_type = %(type)s
     and r.resource_id = %(id)s and r.depositor_id = a.depositor_id
   where a.patient_id is null
   group by s.person_id
),
subject as (
  select person_id, provider_id, '{}'::text[] as named_in from asked_about
  union all
  select person_id, null, categories from named_in
)
select t.caller_kind, t.caller_id, t.session_id, t.provider_id, t.provider_code, t.provider_is_active,
       t.provider_is_deemed, t.profession, t.registered_until, t.may_register,
       t.person_id as caller_person_id, x.relations, x.birth_date, x.birth_precision,
       (select count(*) from row_asked) as rows_asked,
       (select patient_id from row_asked) as row_patient_id,
       coalesce((select depositor_id from row_asked), subject.provider_id) as depositor_id,
       p.person_id, p.is_active, coalesce(subject.named_in, '{}') as named_in,
       array(select s.patient_id from gate.source_v1 s where s.person_id = p.person_id) as patient_ids,
       c.is_given, c.valid_until,
       v.look_id, v.purpose, v.closes_at,
       e.grant_id, e.categories as named, e.closes_at as emergency_until, e.is_opened,
       array(select array[r.category, r.access, r.source] from gate.role_v1 r
              where r.profession = t.profession and r.valid_from <= %(today)s
                and (r.valid_until is null or r.valid_until >= %(today)s) order by r.valid_from) as roles
  from (select) as one
  left join gate.token_v1 t on t.token_hash = %(token)s and t.expires_at > %(now)s
  left join subject on true
  left join gate.person_v1 p on p.person_id = subject.person_id
  left join lateral (
    select array_agg(r.relation) as relations, min(r.birth_date) as birth_date, min(r.birth_precision) as birth_precision
      from gate.representative_v1 r
     where r.person_id = p.person_id and r.acting_person_id = t.person_id and r.since_at <= %(now)s) x on true
  left join lateral (
    select k.is_given, k.valid_until from gate.consent_v1 k
     where k.person_id = p.person_id and k.provider_id = t.provider_id limit 1) c on true
  left join lateral (
    select k.look_id, k.opened_at from audit.look k
     where k.person_id = p.person_id and k.account_id = t.caller_id and k.provider_id = t.provider_id
       and k.purpose <> 'ETREAT' and k.opened_at <= %(now)s and k.closes_at > %(now)s
     order by k.opened_at desc limit 1) l on true
  left join gate.look_v1 v on v.person_id = p.person_id and v.look_id = l.look_id
  -- An emergency's look has the id of its grant, and the grant is of one session.
  left join lateral (
    select g.grant_id, g.categories, g.granted_at, g.closes_at,
           exists (select from audit.look k where k.person_id = g.person_id and k.look_id = g.grant_id) as is_opened
      from gate.emergency_v1 g
     where g.person_id = p.person_id and g.account_id = t.caller_id and g.provider_id = t.provider_id
       and g.session_id = t.session_id and g.closes_at > %(now)s
     order by g.granted_at desc limit 1) e on true
 order by greatest(l.opened_at, e.granted_at) desc nulls last, p.person_id
