-- How many rows a count ticket's patients have in each of its categories; a category without any is left out. The one
-- thing that such a ticket opens: never a body, an id or a time. What was decided for who acts for the person opens nothing
-- once that was ended, as a withdrawn consent (docs/decisions/0036): an error, for no number would say that there is nothing.
create function gate.count_v1() returns table (category text, number bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  opened constant audit.scope := audit.scope_v1();
  ticket audit.entry;
begin
  if opened.count_patients is null then
    return;
  end if;
  ticket := audit.ticket_v1(current_setting('wutong.tickets'));
  if ticket.ground = 'carer' and not exists (
       select from gate.carer_v1 g join control.account a on a.person_id = g.carer_id
        where g.person_id = ticket.person_id and a.account_id = ticket.caller_id and 'inventory' = any (g.functions))
     or ticket.ground = 'representative' and not gate.is_representative_v1(ticket.person_id, ticket.caller_id) then
    raise exception 'who asked may not act for the person any more' using errcode = 'WU004';
  end if;
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
