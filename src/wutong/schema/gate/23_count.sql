-- How many rows a count ticket's patients have in each of its categories; a category without any is left out. The one
-- thing that such a ticket opens: never a body, an id or a time.
create function gate.count_v1() returns table (category text, number bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select r.category, count(*) from record.resource r
   where r.patient_id = any ((select (audit.scope_v1()).count_patients)::uuid[])
     and r.category = any ((select (audit.scope_v1()).count_categories)::text[])
   group by r.category
$$;
