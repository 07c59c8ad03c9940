-- :reports reports of 50 clients, all of the sample's facts (nine sections, eight charts), waiting to be rendered; each has its
-- own client's name in its facts, so that no two PDFs are the same.
select set_config('igny8.scope', 'system', false), set_config('igny8.actor', 'bench', false);
set synchronous_commit = off;
insert into igny8_accounts (name, plan_id, currency, billing_email)
select 'Bench ' || n, (select id from igny8_plans where key = 'scale'), 'USD', 'bench' || n || '@client.example'
from generate_series(1, 50) n;
insert into igny8_sites (account_id, domain, name, url)
select account.id, 'client' || n || '-' || account.id || '.example', 'Bench ' || n, 'https://client' || n || '.example/'
from igny8_accounts account, generate_series(0, (:reports - 1) / 50) n where account.name like 'Bench %';
insert into igny8_service_reports (account_id, site_id, report_type, period_start, period_end, sections_included, status,
    report_data, design, generated_at)
select site.account_id, site.id, 'monthly', '2026-10-01', '2026-10-31', '{executive_summary,content,indexing,rankings,traffic,backlinks,social,sag_health,next_month}', 'rendering',
    jsonb_set(:'data'::jsonb, '{subject,name}', to_jsonb('Hartwell & Sons No. ' || site.id)), :'design', igny8_now()
from igny8_sites site where site.name like 'Bench %' order by site.id limit :reports;
