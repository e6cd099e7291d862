-- The office reads the trail newest first: all of it, one caller's, or one provider's. One person's is its primary key.
create index entry_by_time on audit.entry (at, entry_id);
create index entry_by_caller on audit.entry (caller_id, at, entry_id);
create index entry_by_provider on audit.entry (provider_id, at, entry_id);
create index event_by_caller on audit.event (caller_id, at, entry_id);
create index event_by_provider on audit.event (provider_id, at, entry_id);
