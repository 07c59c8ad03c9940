-- The counters follow also where whoever changes links has set no account: a repair by hand, a migration.
alter function igny8_count_links() set igny8.scope = 'system';
