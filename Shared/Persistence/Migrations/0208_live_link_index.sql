-- check_dead_links goes through the live links by id, a page at a time: each is read once a week whatever its age.
drop index igny8_sag_backlinks_unchecked;
create index igny8_sag_backlinks_live on igny8_sag_backlinks (id) include (last_checked_at, account_id) where status = 'live';
