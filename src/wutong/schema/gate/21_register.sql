-- Persons and the source records that deposits bring: what they disagree in, and the one function that links them.

-- What a source record says otherwise than the index, as {"<what>": "<what it says>"}; {} where they agree. A document
-- disagrees where another person is known by it, or where this person is known by another of its kind, or by none.
create function gate.disagreement_v1(known uuid, source jsonb, documents jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'birthDate', case when p.birth_date is distinct from (source ->> 'birth_date')::date
                      then coalesce(source ->> 'birth_date', '') end,
    'gender', case when p.sex <> source ->> 'sex' then source ->> 'sex' end,
    'name', case when upper(p.family_name || ' ' || p.given_name)
                   <> upper((source ->> 'family_name') || ' ' || (source ->> 'given_name'))
                 then upper((source ->> 'family_name') || ' ' || (source ->> 'given_name')) end,
    'identifier', (
      select string_agg(x ->> 'trace', ' ' order by x ->> 'trace')
        from jsonb_array_elements(documents) x
        left join control.identity_document d on d.trace = decode(x ->> 'trace', 'hex')
       where d.person_id <> known
          or d.trace is null
             and coalesce((select bool_or(own.kind = x ->> 'kind') from control.identity_document own
                            where own.person_id = known), true))))
    from control.person p where p.person_id = known
$$;

-- A disagreement waits for a human to look at: each distinct one once, however often it is sent, so its id is made of it.
create function gate.raise_review_v1(known uuid, provider uuid, source jsonb, disagreement jsonb) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into control.match_review (person_id, review_id, patient_id, provider_id, differences, raised_at)
  select known, md5((source ->> 'patient_id') || disagreement::text)::uuid, (source ->> 'patient_id')::uuid, provider,
         (select jsonb_agg(k order by k) from jsonb_object_keys(disagreement) k), (source ->> 'at')::timestamptz
   where disagreement <> '{}'::jsonb
  on conflict do nothing
$$;

-- A later version of a source record is never refused for disagreeing with the index: it waits for review, and is kept.
-- Needs a write ticket for the patient_id.
create function gate.compare_v1(source jsonb, documents jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened audit.scope := audit.scope_v1();
  source_id uuid := (source ->> 'patient_id')::uuid;
  known uuid;
begin
  if (source_id = any (opened.write_patients)) is not true then
    raise exception 'no write ticket for this patient' using errcode = 'insufficient_privilege';
  end if;
  select s.person_id into known from gate.source_v1 s
   where s.patient_id = source_id and s.provider_id = opened.deposit_provider;
  if known is not null then
    perform gate.raise_review_v1(
      known, opened.deposit_provider, source, gate.disagreement_v1(known, source, documents));
  end if;
end $$;

-- A registration's own entry in the trail, in its own transaction: in the person's name, by whom the ticket was given to.
create function gate.note_registration_v1(ticket audit.entry, source jsonb, documents jsonb) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select audit.append_v1(jsonb_build_object(
    'person_id', ticket.person_id, 'at', source ->> 'at', 'entry_id', source ->> 'entry_id',
    'event', 'person:register', 'outcome', 'allowed', 'act', 'write', 'ground', ticket.ground,
    'caller_kind', ticket.caller_kind, 'caller_id', ticket.caller_id, 'provider_id', ticket.provider_id,
    'depositor_id', ticket.depositor_id, 'patient_ids', jsonb_build_array(source ->> 'patient_id'),
    'detail', jsonb_build_object('documents', (
      select coalesce(jsonb_agg(x ->> 'kind' order by x ->> 'kind'), '[]'::jsonb) from jsonb_array_elements(documents) x))))
$$;

-- The one registering function: a deposit links its Patient to a person, and may register the person.
-- Needs a write ticket for the new patient_id and that very person, so that no document can bring a record to somebody
-- else than was decided on; a ticket that does not say "registration" can only link.
create function gate.register_v1(
  source jsonb,        -- patient_id, ehr_number, family_name, given_name, name_zh, birth_date, birth_precision, sex, at,
                       -- entry_id (of the entry in the trail, where the person is new)
  documents jsonb      -- [{kind, trace (hex), sealed (hex), masked}]
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened audit.scope := audit.scope_v1();
  source_id uuid := (source ->> 'patient_id')::uuid;
  persons uuid[];
  known uuid;
  ticket audit.entry;
  disagreement jsonb;
begin
  if opened.deposit_provider is null or (source_id = any (opened.write_patients)) is not true then
    raise exception 'no write ticket for this patient' using errcode = 'insufficient_privilege';
  end if;
  select t.* into ticket
    from unnest(string_to_array(current_setting('wutong.tickets'), ',')) n, lateral audit.ticket_v1(n) t
   where source_id = any (t.patient_ids) limit 1;
  persons := array(
    select distinct d.person_id from control.identity_document d
     where d.trace in (select decode(x ->> 'trace', 'hex') from jsonb_array_elements(documents) x));
  if cardinality(persons) > 1 then
    raise exception 'documents of different persons' using errcode = 'WU002';
  end if;
  known := persons[1];
  if known is null then
    if ticket.ground is distinct from 'registration' then
      raise exception 'this ticket may not register a person' using errcode = 'insufficient_privilege';
    end if;
    known := ticket.person_id;
    insert into control.person (person_id, ehr_number, family_name, given_name, name_zh, birth_date, birth_precision,
                                sex, state, is_verified, masked_document, registered_at, registered_by)
    values (known, source ->> 'ehr_number', source ->> 'family_name', source ->> 'given_name', source ->> 'name_zh',
            (source ->> 'birth_date')::date, source ->> 'birth_precision', source ->> 'sex', 'active',
            documents <> '[]'::jsonb, coalesce(documents -> 0 ->> 'masked', ''),
            (source ->> 'at')::timestamptz, opened.deposit_provider);
    insert into control.joining_version (person_id, version, state, way, provider_id, stated_at, stated_by, stated_as)
    values (known, 1, 'given', 'registration', opened.deposit_provider, (source ->> 'at')::timestamptz, null, '');
    insert into control.identity_document (trace, kind, person_id, sealed)
    select decode(x ->> 'trace', 'hex'), x ->> 'kind', known, decode(x ->> 'sealed', 'hex')
      from jsonb_array_elements(documents) x;
    perform gate.note_registration_v1(ticket, source, documents);
  elsif known is distinct from ticket.person_id then
    raise exception 'registered meanwhile: the ticket names another person' using errcode = 'serialization_failure';
  else
    disagreement := gate.disagreement_v1(known, source, documents);
    if (select count(*) from jsonb_object_keys(disagreement)) > 1 then
      raise exception 'identity mismatch: %', (select string_agg(k, ', ' order by k) from jsonb_object_keys(disagreement) k)
        using errcode = 'WU001';
    end if;
    perform gate.raise_review_v1(known, opened.deposit_provider, source, disagreement);
  end if;
  insert into control.source_record (patient_id, link_id, person_id, provider_id, linked_at, reason)
  values (source_id, (source ->> 'link_id')::uuid, known, opened.deposit_provider, (source ->> 'at')::timestamptz,
          case when documents = '[]'::jsonb then 'sender-number' else 'identity-document' end);
  return known;
end $$;
