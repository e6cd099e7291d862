-- A month that entries came for before its partition was made: they wait in the default partition, and move.
create or replace function audit.make_partitions_v1(first_month date, months int) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  base text;
  part text;
  begins timestamptz;
  ends timestamptz;
begin
  for i in 0 .. months - 1 loop
    begins := (date_trunc('month', first_month::timestamp) + make_interval(months => i)) at time zone 'UTC';
    ends := (date_trunc('month', first_month::timestamp) + make_interval(months => i + 1)) at time zone 'UTC';
    foreach base in array array['entry', 'event'] loop
      part := base || to_char(begins at time zone 'UTC', '_YYYY_MM');
      if to_regclass(format('audit.%I', part)) is null then
        execute format('create table audit.%I (like audit.%I including defaults including constraints)', part, base);
        execute format(
          'with waiting as (delete from audit.%I where at >= %L and at < %L returning *)
           insert into audit.%I select * from waiting', base || '_rest', begins, ends, part);
        execute format(
          'alter table audit.%I attach partition audit.%I for values from (%L) to (%L)', base, part, begins, ends);
      end if;
    end loop;
  end loop;
end $$;
