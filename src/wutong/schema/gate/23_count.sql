-- How many rows a count ticket's patients have in each of its categories; a category without any is left out. The one
-- thing that such a ticket opens: never a body, an id or a time.
create function gate.count_v1() returns table (category text, number bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  opened constant audit.scope := audit.scope_v1();  -- an error, once who asked may not act for the person any more
  ticket audit.entry;
begin
  if opened.count_patients is null then
    return;
  end if;
  ticket := audit.ticket_v1(current_setting('wutong.tickets'));
  if ticket.closed is not null then  -- of the labels alone: what a person closes they may still count
    return query
    select r.category, count(*) from record.resource r
     where r.patient_id = any (opened.count_patients) and r.category = any (opened.count_categories)
       and not r.tokens && ticket.closed
     group by r.category;
    return;
  end if;
  return query
  select r.category, count(*) from record.resource r
   where r.patient_id = any (opened.count_patients) and r.category = any (opened.count_categories)
   group by r.category;
end $$;
