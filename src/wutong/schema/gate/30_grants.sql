-- Who may touch what. Everything is taken away first; what is not granted here is refused.
revoke all on all tables in schema control, record, gate, audit, jobs
  from public, wutong_control, wutong_pdp, wutong_finder, wutong_plane, wutong_jobs, wutong_keeper;
revoke all on all functions in schema control, record, gate, audit, jobs
  from public, wutong_control, wutong_pdp, wutong_finder, wutong_plane, wutong_jobs, wutong_keeper;
revoke all on schema control, record, gate, audit, jobs
  from public, wutong_control, wutong_pdp, wutong_finder, wutong_plane, wutong_jobs, wutong_keeper;

grant usage on schema control, gate, audit to wutong_control;
grant usage on schema gate, audit, record to wutong_pdp;
grant usage on schema gate, audit, record to wutong_plane;
grant usage on schema gate, audit, record to wutong_finder;
grant usage on schema jobs to wutong_jobs;
grant usage on schema audit, record to wutong_keeper;

-- control: its own tables; consent versions, access keys and the tries with them, closings, identity documents, grants of emergency access and their reviews, the role
-- matrix and its changes are only ever added to.
grant select, insert, update on
  control.account, control.affiliation, control.professional, control.one_time_token, control.sign_in_session,
  control.system_client, control.access_token, control.provider, control.person, control.contact,
  control.representative, control.source_record, control.match_review, control.notice, control.provider_group,
  control.group_member
  to wutong_control;
grant select, insert on control.consent_version, control.group_consent_version, control.consent_form, control.access_key,
  control.access_key_try, control.handshake, control.handshake_answer, control.closing_version, control.carer_version,
  control.joining_version,
  control.identity_document, control.emergency_grant,
  control.emergency_review, control.authorisation_request, control.authorisation,
  control.authorisation_end, control.role_category, control.role_change, control.role_change_cell,
  control.role_decision to wutong_control;
grant select, insert, update on control.officer_notice to wutong_control;
grant update (wrong_codes) on control.authorisation_request to wutong_control;
grant select, insert, update, delete on control.django_session to wutong_control;
grant delete on control.access_token to wutong_control;
grant select on public.wutong_ledger to wutong_control;
grant select on control.django_migrations, control.django_content_type to wutong_control;
grant execute on function audit.append_v1(jsonb), gate.defer_v1(text, text, text, jsonb, int),
  gate.replay_job_v1(bigint), gate.represents_v1(uuid, uuid, timestamptz, date) to wutong_control;
grant execute on function control.statement_id(uuid, text, text) to wutong_control;
grant select on gate.token_v1, gate.look_line_v1, gate.own_look_v1, gate.emergency_read_v1, gate.look_count_v1, gate.dead_job_v1,
  gate.trail_v1, gate.representative_v1, gate.carer_v1, gate.authorisation_v1
  to wutong_control;
grant select on gate.consent_v1, gate.group_consent_v1, gate.member_v1, gate.told_member_v1 to wutong_control, wutong_pdp;
grant execute on function gate.consent_to_v1(uuid, uuid, timestamptz, timestamptz) to wutong_control, wutong_pdp;

-- pdp: reads facts, writes decisions; no records, no bodies.
grant select on gate.token_v1, gate.provider_v1, gate.source_v1, gate.person_v1, gate.document_v1,
  gate.representative_v1, gate.carer_v1, gate.role_v1, gate.closed_v1, gate.emergency_v1, gate.authorisation_v1, audit.look, record.whereabouts,
  record.directory_reference to wutong_pdp;
grant execute on function gate.represents_v1(uuid, uuid, timestamptz, date) to wutong_pdp;
grant execute on function audit.decide_v1(jsonb), gate.care_v1(uuid, uuid, timestamptz), gate.open_look_v1(jsonb),
  gate.open_emergency_look_v1(uuid, uuid, timestamptz),
  gate.authorised_v1(uuid, uuid, uuid, uuid, timestamptz) to wutong_pdp;

-- plane: records under a committed ticket; its own entry beside its own write.
grant select, insert on record.resource, record.superseded, record.identity_value, record.directory,
  record.directory_superseded to wutong_plane;
grant update on record.resource, record.directory to wutong_plane;
grant insert on record.whereabouts, record.directory_reference to wutong_plane;
grant select, insert, delete on record.answered_request to wutong_plane;
grant select, insert on record.deposit_key to wutong_plane;
grant select on gate.projection_v1 to wutong_plane;
grant execute on function audit.scope_v1(), audit.append_v1(jsonb), gate.register_v1(jsonb, jsonb),
  gate.compare_v1(jsonb, jsonb), gate.count_v1(), record.named_v1(), record.placed_v1(text, uuid[]),
  gate.delete_v1(uuid, text, uuid, timestamptz), gate.read_v1(jsonb) to wutong_plane;

-- jobs: the queue's own tables.
grant select, insert, update, delete on all tables in schema jobs to wutong_jobs;
grant usage, select on all sequences in schema jobs to wutong_jobs;
grant execute on all functions in schema jobs to wutong_jobs;

-- keeper: reads the records from the command line; writes what they are found by, and its own entries.
grant select on record.resource, record.superseded, record.directory, record.directory_superseded,
  record.identity_value, record.whereabouts, record.directory_reference, record.deposit_key to wutong_keeper;
grant update (category, clinical_at, tokens, strings, date_names, date_begins, date_ends, amount_names, amount_lows,
  amount_highs, amount_units) on record.resource, record.superseded to wutong_keeper;
grant update (tokens, strings, date_names, date_begins, date_ends, amount_names, amount_lows, amount_highs, amount_units)
  on record.directory, record.directory_superseded to wutong_keeper;
grant insert, delete on record.directory_reference, record.deposit_key to wutong_keeper;
grant execute on function audit.append_v1(jsonb) to wutong_keeper;
