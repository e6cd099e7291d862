-- As for a single provider (0034_statement_ids): what is said of a group, a programme, or whoever treats the person.
create index group_consent_version_by_id on control.group_consent_version
  (control.statement_id(person_id, 'group', group_id::text));
