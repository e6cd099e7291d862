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

-- "Who looked": one line a look, with the categories its requests were shown.
create view gate.look_line_v1 as
select l.person_id, l.look_id, l.account_id, l.provider_id, l.profession, l.purpose, l.ground, l.reason, l.opened_at,
       array(select distinct c from audit.entry e, unnest(e.categories) c
              where e.person_id = l.person_id and e.look_id = l.look_id and e.outcome = 'allowed'
                and e.act = 'read' order by c) as categories
  from audit.look l;
