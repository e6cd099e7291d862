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

-- `left_at`: when the person left the system last; nothing that was opened before holds after it, also once they joined again.
create view gate.person_v1 as
select p.person_id, p.state = 'active' as is_active,
       (select j.stated_at from control.joining_version j
         where j.person_id = p.person_id and j.state = 'withdrawn' order by j.version desc limit 1) as left_at
  from control.person p;

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

-- Whether whoever has that account still acts for the person as a ticket says, and the person has not left: the person
-- themselves, what a ticket of a representative rests on, or one of a carer, who counts alone, and only while that is among
-- what the person grants.
create function gate.still_acts_v1(person uuid, caller uuid, rule text, act text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from control.account a
      join control.person p on p.person_id = person and p.state = 'active'
     where a.account_id = caller
       and case rule
           when 'own-record' then a.person_id = person
           when 'representative' then exists (
             select from gate.representative_v1 r where r.person_id = person and r.acting_person_id = a.person_id)
           when 'carer' then act = 'count' and exists (
             select from gate.carer_v1 g
              where g.person_id = person and g.carer_id = a.person_id and 'inventory' = any (g.functions))
           else false end)
$$;
revoke all on function gate.still_acts_v1(uuid, uuid, text, text) from public;

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

-- Every version of what a person says of a provider, and of a group of providers, a programme or whoever treats them.
create view gate.consent_v1 as
select c.person_id, c.provider_id, c.version, c.state = 'given' as is_given, c.valid_until, c.stated_at
  from control.consent_version c;

create view gate.group_consent_v1 as
select c.person_id, c.group_id, c.version, c.state = 'given' as is_given, c.valid_until, c.stated_at
  from control.group_consent_version c;

-- Who belongs, or belonged, to what can be allowed together: to a group or programme who was entered, to "whoever" all.
create view gate.member_v1 as
select m.group_id, g.kind, m.provider_id, m.membership_id, m.since_at, m.ended_at
  from control.group_member m
  join control.provider_group g on g.group_id = m.group_id
union all
select g.group_id, g.kind, p.provider_id, null, '-infinity', null
  from control.provider_group g
 cross join control.provider p
 where g.kind = 'whoever' and p.kind <> 'office';

-- Which member that joined later a person was told of, when.
create view gate.told_member_v1 as
select n.person_id, n.about_id as membership_id, n.queued_at as told_at
  from control.notice n
 where n.kind = 'group-member';

-- The word of a person that holds for a provider (docs/decisions/0042), if there is any: the newest version of the most
-- specific one, of equally specific ones of the one said last. What ended by itself is no word while there is another.
-- A member that joined after a permission counts 14 days after the person was told of it; of a withdrawal at once.
-- `past`: what held at that instant; null: what holds now, whatever the clock of whoever said it.
create function gate.consent_to_v1(person uuid, provider uuid, now timestamptz, past timestamptz)
returns table (is_given boolean, valid_until date, version int, stated_at timestamptz, scope text, group_id uuid)
language sql stable as $$
  select w.*
    from (
      (select c.is_given, c.valid_until, c.version, c.stated_at, 'provider' as scope, null::uuid as group_id
         from gate.consent_v1 c
        where c.person_id = person and c.provider_id = provider and (past is null or c.stated_at <= past)
        order by c.version desc limit 1)
      union all
      select c.is_given, c.valid_until, c.version, c.stated_at, m.kind, m.group_id
        from (select distinct on (v.group_id) v.* from gate.group_consent_v1 v
               where v.person_id = person and (past is null or v.stated_at <= past)
               order by v.group_id desc, v.version desc) c
        join gate.member_v1 m on m.group_id = c.group_id and m.provider_id = provider
       where case when past is null then m.ended_at is null
                  else m.since_at <= past and (m.ended_at is null or m.ended_at > past) end
         and (m.since_at <= c.stated_at or not c.is_given
              or (select t.told_at from gate.told_member_v1 t
                   where t.person_id = person and t.membership_id = m.membership_id limit 1) <= now - interval '14 days')) w
   order by coalesce(w.valid_until < (now at time zone 'Asia/Hong_Kong')::date, false),  -- core/clock.py
            case w.scope when 'provider' then 0 when 'whoever' then 2 else 1 end, w.stated_at desc, w.is_given
   limit 1
$$;
revoke all on function gate.consent_to_v1(uuid, uuid, timestamptz, timestamptz) from public;

-- What a person keeps to themselves now, and of whom; its newest word on each thing counts.
create view gate.closed_v1 as
select c.person_id, c.kind, c.value
  from (select distinct on (v.person_id, v.kind, v.value) v.person_id, v.kind, v.value, v.is_closed
          from control.closing_version v
         order by v.person_id, v.kind, v.value, v.version desc) c
 where c.is_closed;

-- Whether the person's word is another one than a decision rested on: the person left the system, no consent reaches the
-- provider any more, since it is withdrawn or the provider left what was allowed, or something is closed that it opens. A deemed consent has no versions that count; an emergency rests on none, and opens a closed provider.
create function gate.is_taken_back_v1(
  person uuid, rule text, provider uuid, caller uuid, categories text[], closed text[]) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select rule <> 'emergency'
         and not coalesce((select c.is_given from gate.consent_to_v1(person, provider, clock_timestamp(), null) c), false)
         -- A directory's row may have been opened in an emergency, of somebody who allowed nothing.
         and not (rule = 'reference'
                  and exists (select from audit.look k
                               where k.person_id = person and k.account_id = caller and k.provider_id = $3
                                 and k.purpose = 'ETREAT' and k.closes_at > clock_timestamp()))
         and not exists (select from control.provider p where p.provider_id = provider and p.is_deemed)
      or exists (select from gate.closed_v1 k
                  where k.person_id = person
                    and case k.kind when 'category' then k.value = any (categories)
                                    when 'provider' then k.value = provider::text and rule <> 'emergency'
                                    when 'professional' then k.value = caller::text
                                    else not '~' || k.value = any (coalesce(closed, '{}')) end)
      or not exists (select from control.person p where p.person_id = person and p.state = 'active')
$$;
revoke all on function gate.is_taken_back_v1(uuid, text, uuid, uuid, text[], text[]) from public;

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
