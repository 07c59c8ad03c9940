-- A site's day in figures, gathered each night: what reports and trends are added up from (spec 2, "Reporting").
create table igny8_report_metrics (
    account_id bigint not null,
    site_id bigint not null,
    day date not null,
    clicks integer not null default 0 check (clicks >= 0),
    impressions integer not null default 0 check (impressions >= 0),
    position_weight numeric(16, 3) not null default 0 check (position_weight >= 0),
    queries_top10 integer check (queries_top10 >= 0),
    queries_top20 integer check (queries_top20 >= 0),
    queries_top50 integer check (queries_top50 >= 0),
    pages_indexed integer check (pages_indexed >= 0),
    pages_pending integer check (pages_pending >= 0),
    pages_error integer check (pages_error >= 0),
    articles_published integer not null default 0 check (articles_published >= 0),
    words_published integer not null default 0 check (words_published >= 0),
    images_added integer not null default 0 check (images_added >= 0),
    links_delivered integer not null default 0 check (links_delivered >= 0),
    links_lost integer not null default 0 check (links_lost >= 0),
    links_live integer not null default 0 check (links_live >= 0),
    links_indexed integer not null default 0 check (links_indexed >= 0),
    domain_rating numeric(4, 1) check (domain_rating between 0 and 100),
    referring_domains bigint check (referring_domains >= 0),
    organic_keywords bigint check (organic_keywords >= 0),
    organic_traffic bigint check (organic_traffic >= 0),
    social_posts integer not null default 0 check (social_posts >= 0),
    social_impressions integer not null default 0 check (social_impressions >= 0),
    social_engagement integer not null default 0 check (social_engagement >= 0),
    sag_completion integer check (sag_completion between 0 and 100),
    sag_authority integer check (sag_authority between 0 and 100),
    collected_at timestamptz not null default igny8_now(),
    primary key (site_id, day),
    foreign key (site_id, account_id) references igny8_sites (id, account_id),
    check (clicks <= impressions)
);
comment on column igny8_report_metrics.day is 'in the account''s zone; Search Console''s own days (US Pacific) are taken as they are named';
comment on column igny8_report_metrics.position_weight is 'sum of position x impressions: the average over any range is this over impressions';
comment on column igny8_report_metrics.queries_top10 is 'queries at position 10 or better that day, those of the first ten included in the first twenty; null: not read';
comment on column igny8_report_metrics.pages_indexed is 'state at the end of the day; null: nothing inspected by then';
comment on column igny8_report_metrics.links_live is 'state at the end of the day, as are links_indexed, sag_* and the Ahrefs figures (of the last snapshot)';
create index igny8_report_metrics_account on igny8_report_metrics (account_id, site_id, day);
call igny8_protect('igny8_report_metrics');
grant select on igny8_report_metrics to igny8_readonly;
grant select, insert, update on igny8_report_metrics to igny8_service;
