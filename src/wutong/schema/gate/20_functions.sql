-- Background work, asked for in the asker's own transaction.
create function gate.defer_v1(task text, queue text, lock text, args jsonb) returns void
language plpgsql security definer set search_path = jobs, pg_catalog, pg_temp as $$
begin
  perform jobs.procrastinate_defer_jobs_v1(array[
    row(queue, task, 0, lock, null, args, null)::jobs.procrastinate_job_to_defer_v1]);
end $$;

-- A look begins: one line in "who looked", one notice to the patient. Called by the decision point in the transaction
-- that commits its decision.
create function gate.open_look_v1(look jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into audit.look select (jsonb_populate_record(null::audit.look, look)).*;
  perform gate.defer_v1(
    'tell_patient_of_look', 'notices', look ->> 'person_id',
    jsonb_build_object('person_id', look ->> 'person_id', 'look_id', look ->> 'look_id'));
end $$;

-- The one registering function: a deposit links its Patient to a person, and may register the person.
-- Needs a write ticket for the new patient_id and that very person, so that no document can bring a record to somebody
-- else than was decided on; a ticket that does not say "registration" can only link.
create function gate.register_v1(
  source jsonb,        -- patient_id, ehr_number, family_name, given_name, name_zh,
                       -- birth_date, birth_precision, sex, at
  documents jsonb      -- [{kind, trace (hex), sealed (hex), masked}]
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened audit.scope := audit.scope_v1();
  source_id uuid := (source ->> 'patient_id')::uuid;
  known uuid;
  known_person control.person;
  ticket audit.entry;
  differences text[];
begin
  if opened.deposit_provider is null or not (source_id = any (opened.write_patients)) then
    raise exception 'no write ticket for this patient' using errcode = 'insufficient_privilege';
  end if;
  select t.* into ticket
    from unnest(string_to_array(current_setting('wutong.tickets'), ',')) n, lateral audit.ticket_v1(n) t
   where source_id = any (t.patient_ids) limit 1;
  select d.person_id into known from control.identity_document d
   where d.trace in (select decode(x ->> 'trace', 'hex') from jsonb_array_elements(documents) x)
   order by d.trace limit 1;
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
    insert into control.identity_document (trace, kind, person_id, sealed)
    select decode(x ->> 'trace', 'hex'), x ->> 'kind', known, decode(x ->> 'sealed', 'hex')
      from jsonb_array_elements(documents) x;
  elsif known is distinct from ticket.person_id then
    raise exception 'registered meanwhile: the ticket names another person' using errcode = 'serialization_failure';
  else
    select * into known_person from control.person p where p.person_id = known;
    differences := array_remove(array[
      case when known_person.birth_date is distinct from (source ->> 'birth_date')::date then 'birthDate' end,
      case when known_person.sex <> source ->> 'sex' then 'gender' end,
      case when upper(known_person.family_name || ' ' || known_person.given_name)
             <> upper((source ->> 'family_name') || ' ' || (source ->> 'given_name')) then 'name' end], null);
    if cardinality(differences) > 1 then
      raise exception 'identity mismatch: %', array_to_string(differences, ', ') using errcode = 'WU001';
    end if;
    if cardinality(differences) = 1 then
      insert into control.match_review (person_id, review_id, patient_id, provider_id, differences, raised_at)
      values (known, (source ->> 'review_id')::uuid, source_id, opened.deposit_provider, to_jsonb(differences),
              (source ->> 'at')::timestamptz);
    end if;
  end if;
  insert into control.source_record (patient_id, link_id, person_id, provider_id, linked_at, reason)
  values (source_id, (source ->> 'link_id')::uuid, known, opened.deposit_provider, (source ->> 'at')::timestamptz,
          case when documents = '[]'::jsonb then 'sender-number' else 'identity-document' end);
  return known;
end $$;

-- "Who looked": one line a look, with the categories its requests were shown.
create view gate.look_line_v1 as
select l.person_id, l.look_id, l.account_id, l.provider_id, l.profession, l.purpose, l.ground, l.reason, l.opened_at,
       array(select distinct c from audit.entry e, unnest(e.categories) c
              where e.person_id = l.person_id and e.look_id = l.look_id and e.outcome = 'allowed'
                and e.act = 'read' order by c) as categories
  from audit.look l;
