-- What a person states has an id by which others may ask for it over FHIR (docs/decisions/0044): made of what it is about, so
-- that all versions of a statement have one, and nothing is stored beside them. `kind`: sharing, or that of a closing.
create function control.statement_id(person uuid, kind text, value text) returns uuid
language sql immutable parallel safe as $$ select md5(person::text || ' ' || kind || ' ' || value)::uuid $$;

create index consent_version_by_id on control.consent_version
  (control.statement_id(person_id, 'sharing', provider_id::text));
create index closing_version_by_id on control.closing_version (control.statement_id(person_id, kind, value));
