-- That a provider cares for a person is shown by the record itself, or else said by the professional (docs/decisions/0039).

-- What showed it when the look began: {"kind", "type", "id", "day"}; null where the professional said so, or in an emergency.
alter table audit.look add column evidence jsonb;

-- gate.care_v1 runs as the owner, whom row security binds too: it sees rows of the kinds that may show care, and the
-- directory's rows that a referral is addressed to, where the decision point asks, and nobody else.
create policy shown_to_decision_point on record.resource for select to current_user using (
  session_user = 'wutong_pdp'
  and resource_type in ('Appointment', 'Encounter', 'EpisodeOfCare', 'MedicationDispense', 'ServiceRequest'));
create policy shown_to_decision_point on record.directory for select to current_user using (
  session_user = 'wutong_pdp' and resource_type = 'Organization');
