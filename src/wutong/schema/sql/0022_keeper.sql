-- The keeper (docs/decisions/0022): at the host's command line alone it reads every row, compares what rows are found by
-- with the rows, and works that out anew. Which columns it may write, its grants say: no body, no version, no depositor.
create policy kept on record.resource for all to wutong_keeper using (true) with check (true);
create policy kept on record.superseded for all to wutong_keeper using (true) with check (true);
create policy kept on record.directory for all to wutong_keeper using (true) with check (true);
create policy kept on record.directory_superseded for all to wutong_keeper using (true) with check (true);
create policy kept on record.directory_reference for all to wutong_keeper using (true) with check (true);
create policy kept on record.deposit_key for all to wutong_keeper using (true) with check (true);
create policy compared on record.identity_value for select to wutong_keeper using (true);
create policy compared on record.whereabouts for select to wutong_keeper using (true);
