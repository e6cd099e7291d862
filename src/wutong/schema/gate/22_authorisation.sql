-- Restricted categories that a person authorised by a one-time code, to one session of one professional at one provider
-- (docs/decisions/0040); not what the person has ended, nor what they gave before leaving the system, or before withdrawing
-- a consent to the provider, or to more that it belongs to or ever did, also where another one still holds.
create view gate.authorisation_v1 as
select r.person_id, r.request_id as authorisation_id, r.account_id, r.provider_id, r.session_id, r.categories,
       a.authorised_at, a.closes_at
  from control.authorisation a
  join control.authorisation_request r on r.person_id = a.person_id and r.request_id = a.request_id
 -- Looked up for each by the person's key, which `not exists` does not promise.
 where (select true from control.authorisation_end e
         where e.person_id = a.person_id and e.request_id = a.request_id) is null
   and (a.authorised_at <= greatest(
     (select p.left_at from gate.person_v1 p where p.person_id = a.person_id),
     (select c.stated_at from gate.consent_v1 c
       where c.person_id = a.person_id and c.provider_id = r.provider_id and not c.is_given
       order by c.version desc limit 1),
     (select max(c.stated_at)
        from (select v.group_id, max(v.stated_at) as stated_at from gate.group_consent_v1 v
               where v.person_id = a.person_id and not v.is_given group by v.group_id) c
        join gate.member_v1 m on m.group_id = c.group_id and m.provider_id = r.provider_id))) is not true;

-- What a session may see by them, one line each, for the statement of the facts; part of its plan, and no call.
create function gate.authorised_v1(person uuid, account uuid, provider uuid, session uuid, present timestamptz)
returns setof jsonb language sql stable
begin atomic
  select jsonb_build_object('id', a.authorisation_id, 'categories', a.categories, 'closes_at', a.closes_at)
    from gate.authorisation_v1 a
   where a.person_id = person and a.account_id = account and a.provider_id = provider and a.session_id = session
     and a.authorised_at <= present and a.closes_at > present
   order by a.authorised_at, a.authorisation_id;
end;

-- Whether one of the authorisations that a ticket rests on (an array of ids) holds no more.
create function gate.is_ended_v1(person uuid, authorisations jsonb) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from jsonb_array_elements_text(authorisations) i
                  where not exists (select from gate.authorisation_v1 a
                                     where a.person_id = person and a.authorisation_id = i::uuid))
$$;
revoke all on function gate.is_ended_v1(uuid, jsonb) from public;
