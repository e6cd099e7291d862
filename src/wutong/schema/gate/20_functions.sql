-- Background work, asked for in the asker's own transaction. What has a higher priority is taken first.
create function gate.defer_v1(task text, queue text, lock text, args jsonb, priority int default 0) returns void
language plpgsql security definer set search_path = jobs, pg_catalog, pg_temp as $$
begin
  perform jobs.procrastinate_defer_jobs_v1(array[
    row(queue, task, priority, lock, null, args, null)::jobs.procrastinate_job_to_defer_v1]);
end $$;

-- Background work that failed too often and is not tried any more; of what it is about, nothing.
create view gate.dead_job_v1 as
select j.id as job_id, j.task_name as task, j.attempts,
       (select max(e.at) from jobs.procrastinate_events e where e.job_id = j.id and e.type = 'failed') as failed_at
  from jobs.procrastinate_jobs j
 where j.status = 'failed';

-- It waits again, as if it had never been tried; false where it does not stand still.
create function gate.replay_job_v1(dead_job_id bigint) returns boolean
language plpgsql security definer set search_path = jobs, pg_catalog, pg_temp as $$
begin
  update jobs.procrastinate_jobs
     set status = 'todo', attempts = 0, scheduled_at = null, worker_id = null
   where id = dead_job_id and status = 'failed';
  return found;
end $$;

-- The look in force for (person, caller, provider, purpose): the one that goes on, or else a new one, which is one line
-- in "who looked" and one notice to the patient. The one place that decides it, behind a lock, so that requests at the
-- same moment get the same look. Called by the decision point in the transaction that commits its decision.
create function gate.open_look_v1(look jsonb) returns audit.look
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  wanted audit.look := jsonb_populate_record(null::audit.look, look);
  in_force audit.look;
begin
  perform pg_advisory_xact_lock(hashtextextended(
    concat_ws('|', 'look', wanted.person_id, wanted.account_id, wanted.provider_id, wanted.purpose), 0));
  -- Two requests at the same moment read the clock in either order: a look that overlaps the wanted one is in force.
  -- None outlives the consent that it was opened under, or the person's leaving: whoever is allowed anew states anew why.
  select k.* into in_force from audit.look k
   where k.person_id = wanted.person_id and k.account_id = wanted.account_id and k.provider_id = wanted.provider_id
     and k.purpose = wanted.purpose and k.closes_at > wanted.opened_at and k.opened_at < wanted.closes_at
     and k.purpose <> 'ETREAT'
     and (k.opened_at <= (select p.left_at from gate.person_v1 p where p.person_id = wanted.person_id)) is not true
     and (exists (select from control.provider p where p.provider_id = wanted.provider_id and p.is_deemed)
       or k.opened_at >= (select c.stated_at
                            from gate.consent_to_v1(wanted.person_id, wanted.provider_id, wanted.opened_at, null) c))
   order by k.opened_at desc limit 1;
  if found then
    return in_force;
  end if;
  insert into audit.look select wanted.*;
  perform gate.defer_v1(
    'tell_patient_of_look', 'notices', look ->> 'person_id',
    jsonb_build_object('person_id', look ->> 'person_id', 'look_id', look ->> 'look_id'));
  return wanted;
end $$;

-- "Who looked": one line a look, with the categories its requests were shown, and the statement that it was opened under.
create view gate.look_line_v1 as
select l.person_id, l.look_id, l.account_id, l.provider_id, l.profession, l.purpose, l.ground, l.reason, l.opened_at, l.closes_at,
       l.evidence,
       array(select distinct c from audit.entry e, unnest(e.categories) c
              where e.person_id = l.person_id and e.look_id = l.look_id and e.outcome = 'allowed'
                and e.act = 'read' order by c) as categories,
       coalesce((select e.detail ->> 'consent' from audit.entry e
                  where e.person_id = l.person_id and e.look_id = l.look_id and e.outcome = 'allowed' and e.act = 'open'
                  order by e.at limit 1), '') as consent
  from audit.look l;

-- Looks of persons at their own record, and of whoever decides for them: one line a session, with what it was shown.
create view gate.own_look_v1 as
select e.person_id, e.caller_id as account_id, e.session_id, e.ground, min(e.at) as opened_at,
       coalesce(max(e.detail ->> 'relation'), '') as relation, array_agg(distinct c.category order by c.category) as categories
  from audit.entry e, unnest(e.categories) as c (category)
 where e.ground in ('own-record', 'representative') and e.act = 'read' and e.outcome = 'allowed'
 group by e.person_id, e.caller_id, e.session_id, e.ground;
