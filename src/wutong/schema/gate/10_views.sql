-- What control publishes to the record plane: views of the very tables, so that a change is in force at the next read.
create view gate.provider_v1 as
select p.provider_id, p.code, p.name_en, p.name_zh, p.is_deemed, p.state = 'active' as is_active
  from control.provider p;

-- Live tokens only; whether their time is over is decided by the caller's clock (`expires_at`).
create view gate.token_v1 as
select t.token_hash, t.expires_at, 'system' as caller_kind, c.client_id as caller_id, null::uuid as session_id,
       c.provider_id, p.code as provider_code, p.is_active as provider_is_active, p.is_deemed as provider_is_deemed,
       ''::text as profession, null::date as registered_until, c.may_register_patients as may_register,
       null::uuid as caller_person_id, ''::text as strength
  from control.access_token t
  join control.system_client c on c.client_id = t.client_id
  join gate.provider_v1 p on p.provider_id = c.provider_id
 where t.revoked_at is null and c.ended_at is null
union all
select t.token_hash, t.expires_at, 'professional', a.account_id, s.session_id,
       f.provider_id, p.code, p.is_active, p.is_deemed, h.profession, h.registered_until, false, null, s.level
  from control.access_token t
  join control.sign_in_session s on s.session_id = t.session_id
  join control.account a on a.account_id = s.account_id
  join control.affiliation f on f.affiliation_id = s.affiliation_id and f.account_id = a.account_id
  join gate.provider_v1 p on p.provider_id = f.provider_id
  join control.professional h on h.account_id = a.account_id
 where t.revoked_at is null and s.ended_at is null and a.is_active and f.ended_at is null and f.role = 'clinician'
union all
select t.token_hash, t.expires_at, 'patient', a.account_id, s.session_id,
       null, null, false, false, '', null, false, a.person_id, s.level
  from control.access_token t
  join control.sign_in_session s on s.session_id = t.session_id and s.affiliation_id is null
  join control.account a on a.account_id = s.account_id and a.person_id is not null
 where t.revoked_at is null and s.ended_at is null and a.is_active;

create view gate.source_v1 as
select s.patient_id, s.person_id, s.provider_id from control.source_record s where s.ended_at is null;

create view gate.person_v1 as
select p.person_id, p.state = 'active' as is_active from control.person p;

-- Who stands in which relation to whom, and what decides until when that lets them decide (core/representation.py). Of the
-- dead, nobody stands before others.
create view gate.representative_v1 as
select r.person_id, r.acting_person_id, r.relation, r.capacity, r.since_at, r.until, p.birth_date, p.birth_precision
  from control.representative r
  join control.person p on p.person_id = r.person_id
  join control.person a on a.person_id = r.acting_person_id and a.state <> 'deceased'
 where r.ended_at is null;

-- What somebody has a carer see: the newest version of each grant that the carer accepted. One grant is of one carer.
create view gate.carer_v1 as
select g.person_id, g.grant_id, g.carer_id, g.functions, g.until
  from (select distinct on (v.person_id, v.grant_id, v.carer_id) v.*
          from control.carer_version v
         order by v.person_id, v.grant_id, v.carer_id, v.version desc) g
  join control.person p on p.person_id = g.person_id and p.state = 'active'
 where g.state = 'accepted';

-- How somebody stands to a person: the links of everybody (whether it is theirs, relation, capacity), and what was granted
-- to them (function, last day). No row where nobody asks, so that it costs nothing there.
create function gate.represents_v1(person uuid, acting uuid, at timestamptz, today date)
  returns table (links text[], granted text[], birth_date date, birth_precision text)
language sql stable as $$
  select l.links, array(select array[f, max(c.until)::text] from gate.carer_v1 c, unnest(c.functions) f
                         where c.person_id = person and c.carer_id = acting group by f),
         l.birth_date, l.birth_precision
    from (select array_agg(array[(r.acting_person_id = acting)::text, r.relation, r.capacity]) as links,
                 min(r.birth_date) as birth_date, min(r.birth_precision) as birth_precision
            from gate.representative_v1 r
           where r.person_id = person and r.since_at <= at and (r.until is null or r.until >= today)) l
   where acting is not null
$$;
revoke all on function gate.represents_v1(uuid, uuid, timestamptz, date) from public;

create view gate.document_v1 as
select d.trace, d.person_id from control.identity_document d;

create view gate.consent_v1 as
select distinct on (c.person_id, c.provider_id)
       c.person_id, c.provider_id, c.version, c.state = 'given' as is_given, c.valid_until
  from control.consent_version c
 order by c.person_id, c.provider_id, c.version desc;

-- What a person keeps to themselves now, and of whom; its newest word on each thing counts.
create view gate.closed_v1 as
select c.person_id, c.kind, c.value
  from (select distinct on (v.person_id, v.kind, v.value) v.person_id, v.kind, v.value, v.is_closed
          from control.closing_version v
         order by v.person_id, v.kind, v.value, v.version desc) c
 where c.is_closed;

-- Whether the person's word is another one than a decision rested on: the consent is withdrawn, or something is closed that
-- it opens. A deemed consent has no versions that count; an emergency rests on none, and opens a closed provider.
create function gate.is_taken_back_v1(
  person uuid, rule text, provider uuid, caller uuid, categories text[], closed text[]) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select rule <> 'emergency'
         and (select c.state = 'withdrawn' from control.consent_version c
               where c.person_id = person and c.provider_id = provider order by c.version desc limit 1)
         and not exists (select from control.provider p where p.provider_id = provider and p.is_deemed)
      or exists (select from gate.closed_v1 k
                  where k.person_id = person
                    and case k.kind when 'category' then k.value = any (categories)
                                    when 'provider' then k.value = provider::text and rule <> 'emergency'
                                    when 'professional' then k.value = caller::text
                                    else not '~' || k.value = any (coalesce(closed, '{}')) end)
$$;
revoke all on function gate.is_taken_back_v1(uuid, text, uuid, uuid, text[], text[]) from public;

-- Ordinary looks that may still be in force (the caller's clock says which): none outlives the consent that it was opened
-- under, so that whoever is allowed anew after a withdrawal states anew why. An emergency's look rests on no consent and
-- lives as long as its grant (gate.emergency_v1).
create view gate.look_v1 as
select l.*
  from audit.look l
  join control.provider p on p.provider_id = l.provider_id
 where l.purpose <> 'ETREAT'
   and (p.is_deemed
    or l.opened_at >= (select c.stated_at from control.consent_version c
                        where c.person_id = l.person_id and c.provider_id = l.provider_id
                        order by c.version desc limit 1));

-- A version of a cell holds from its day on until a later one's; of two of one day the last one holds.
create view gate.role_v1 as
select r.profession, r.category, r.access, r.valid_from, r.version, r.source from control.role_category r;

-- The index's own projection of a person, for the holder of a ticket that opens the person's particulars (PID).
create view gate.projection_v1 with (security_barrier) as
select p.person_id, p.ehr_number, p.family_name, p.given_name, p.name_zh, p.birth_date, p.birth_precision, p.sex,
       p.masked_document, p.registered_at,
       array(select s.patient_id from control.source_record s
              where s.person_id = p.person_id and s.ended_at is null
                and (select true from record.resource r where r.patient_id = s.patient_id
                        and r.resource_type = 'Patient' and r.resource_id = s.patient_id)  -- not deleted
              order by s.linked_at, s.patient_id) as patient_ids
  from control.person p
 where p.person_id = (select (audit.scope_v1()).read_person)
   and 'PID' = any ((select (audit.scope_v1()).read_categories)::text[]);
