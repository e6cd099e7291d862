-- Nobody is no patient. The rows of a directory have no patient, and a comparison with a null is neither true nor false:
-- no policy has to answer what a ticket of nobody's opens. On the parents, so that every partition has it, also those
-- that audit.make_partitions_v1 makes and attaches.
alter table audit.entry add constraint patients_are_somebody check (array_position(patient_ids, null) is null);
alter table audit.event add constraint patients_are_somebody check (array_position(patient_ids, null) is null);
