-- The trail as the office's pages read it: entries about persons and events without one, in one. No tickets' workings.
create view gate.trail_v1 as
select e.person_id, e.at, e.entry_id, e.event, e.outcome, e.reason, e.act, e.caller_kind, e.caller_id, e.session_id,
       e.provider_id, e.profession, e.purpose, e.ground, e.look_id, e.categories, e.detail
  from audit.entry e
union all
select null::uuid, e.at, e.entry_id, e.event, e.outcome, e.reason, e.act, e.caller_kind, e.caller_id, e.session_id,
       e.provider_id, e.profession, e.purpose, e.ground, e.look_id, e.categories, e.detail
  from audit.event e;
