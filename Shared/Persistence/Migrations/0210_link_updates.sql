-- Each look at a link changes its row, and nothing of it that is indexed: kept so, the row stays in its page and no index
-- is touched. (The time of the last look was in an index.)
drop index igny8_sag_backlinks_live;
create index igny8_sag_backlinks_live on igny8_sag_backlinks (id) where status = 'live';
alter table igny8_sag_backlinks set (fillfactor = 80);
