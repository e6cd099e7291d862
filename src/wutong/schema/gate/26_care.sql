-- The rows of a person's record that may show that a provider cares for them now (wutong.core.care judges which do): what
-- the provider itself deposited, and referrals to it, whoever deposited them, the latest first. Of each its type,
-- id, depositor, category, codes of status and class with the marks of what can be closed, its first instant and the first
-- one after it (null: no end is known); never what it says. A referral is addressed to a provider by an identifier
-- (urn:wutong:provider and the provider's code) of its performer, or of the depositor's Organization that this names.
create function gate.care_v1(person uuid, provider uuid, at timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  named constant text := '=urn:wutong:provider|' || (select p.code from gate.provider_v1 p where p.provider_id = provider);
  year constant interval := '400 days';  -- longer than any kind of evidence holds
begin
  return (
    select jsonb_agg(jsonb_build_array(
             c.resource_type, c.resource_id, c.depositor_id, coalesce(c.category, ''),
             array(select t from unnest(c.tokens) t where t ~ '^(status=|class=|~)' and position('|' in t) = 0), c.begins,
             nullif(c.ends, '9999-12-31 23:59:59.999999+00')))
      from (
        select r.resource_type, r.resource_id, r.depositor_id, r.category, r.tokens, d.begins, d.ends
          from record.resource r
          cross join lateral (
            select min(x.begins) as begins, max(x.ends) as ends
              from unnest(r.date_names, r.date_begins, r.date_ends) as x(name, begins, ends)
             where x.name in ('date', 'whenhandedover', 'whenprepared', 'authored')) d
         where r.patient_id = any (array(select s.patient_id from gate.source_v1 s where s.person_id = person))
           and r.resource_type in ('Appointment', 'Encounter', 'EpisodeOfCare', 'MedicationDispense', 'ServiceRequest')
           and d.begins between '0002-01-01' and at + year and d.ends > at - year
           and case when r.resource_type <> 'ServiceRequest' then r.depositor_id = provider
                    else r.category = 'REF'
                         and ('performer:identifier' || named = any (r.tokens)
                              or exists (
                                select from record.directory o
                                 where o.depositor_id = r.depositor_id and o.resource_type = 'Organization'
                                   and o.resource_id = any (array(
                                     select substr(t, 24)::uuid from unnest(r.tokens) t
                                      where t ~ '^performer=Organization/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'))
                                   and 'identifier' || named = any (o.tokens))) end
         order by d.begins desc, r.resource_id
         limit 50) c);
end $$;
revoke all on function gate.care_v1(uuid, uuid, timestamptz) from public;
