-- The records. The patient leads every key; rows are shown by ticket alone (policies at the end).
create table record.resource (
  patient_id uuid not null,
  resource_type text not null,
  resource_id uuid not null,
  version int not null constraint resource_version check (version > 0),
  depositor_id uuid not null,
  category text,              -- null: outside what is shared; its depositor's alone
  clinical_at timestamptz,    -- when it happened, for order and for `date` searches
  tokens text[] not null default '{}',
  stored_at timestamptz not null,
  body bytea not null,        -- the resource as FHIR JSON, UTF-8
  constraint resource_pk primary key (patient_id, resource_type, resource_id)
);
create index resource_by_depositor on record.resource (depositor_id, resource_type, stored_at);

create table record.superseded (
  patient_id uuid not null,
  resource_type text not null,
  resource_id uuid not null,
  version int not null,
  depositor_id uuid not null,
  category text,
  stored_at timestamptz not null,
  body bytea not null,
  constraint superseded_pk primary key (patient_id, resource_type, resource_id, version)
);

-- Resources that concern no patient (Organization, Practitioner, Location, ...): their depositor's own.
create table record.directory (
  depositor_id uuid not null,
  resource_type text not null,
  resource_id uuid not null,
  version int not null constraint directory_version check (version > 0),
  tokens text[] not null default '{}',
  stored_at timestamptz not null,
  body bytea not null,
  constraint directory_pk primary key (depositor_id, resource_type, resource_id)
);
create table record.directory_superseded (
  depositor_id uuid not null,
  resource_type text not null,
  resource_id uuid not null,
  version int not null,
  stored_at timestamptz not null,
  body bytea not null,
  constraint directory_superseded_pk primary key (depositor_id, resource_type, resource_id, version)
);

-- Identity-document values, taken out of the stored bodies; restored for the depositor alone.
create table record.identity_value (
  patient_id uuid not null,
  resource_type text not null,
  resource_id uuid not null,
  version int not null,
  place text not null,        -- "identifier/0"
  depositor_id uuid not null,
  trace bytea not null,
  sealed bytea not null,
  constraint identity_value_pk primary key (patient_id, resource_type, resource_id, version, place)
);

-- Where a `Type/id` lives: read by the decision point alone, keyed by the value it is unique by (scale rule 2).
create table record.whereabouts (
  resource_type text not null,
  resource_id uuid not null,
  patient_id uuid,
  depositor_id uuid not null,
  constraint whereabouts_pk primary key (resource_type, resource_id)
);
