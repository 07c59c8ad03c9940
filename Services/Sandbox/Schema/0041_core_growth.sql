-- A day of the core: what Search Console, the index, the social networks and the blueprint have become by a moment. Each
-- statement is for all sites at once, and doing it twice changes nothing.
create procedure sandbox.live_core_day(moment timestamptz)
    language plpgsql
    set jit = off as
$$
declare
    today constant date := (moment at time zone 'UTC')::date;
begin
    -- Search Console, as far as nobody reads it for the site himself: final figures come two days late.
    insert into igny8_gsc_metrics_cache (account_id, site_id, day, query, page, clicks, impressions, ctr, position, fetched_at)
    select site.account_id, site.id, figures.day, figures.query, figures.page, figures.clicks, figures.impressions,
        round(figures.clicks::numeric / figures.impressions, 6), figures.place, moment
    from igny8_sites site
    join igny8_managed_service_subscriptions service on service.site_id = site.id
        and service.status in ('active', 'paused')
    cross join lateral (
        select coalesce((select max(known.day) + 1 from igny8_gsc_metrics_cache known
            where known.site_id = site.id and known.query is null and known.page is null), today - 490) as first_day
    ) span
    cross join lateral sandbox.search(site.id, span.first_day, today - 2, greatest(span.first_day, today - 102)) figures
    where not site.is_deleted
        and not exists (select from igny8_gsc_connections own where own.site_id = site.id and own.status <> 'disconnected')
    on conflict do nothing;

    -- Each published page is looked at until it is found, and then once a week.
    insert into igny8_url_inspection_records as known (account_id, site_id, content_id, url, status, verdict,
        coverage_state, page_fetch_state, last_crawled_at, first_indexed_at, inspected_at)
    select article.account_id, article.site_id, article.id, article.external_url,
        case said.answer ->> 'verdict' when 'PASS' then 'indexed' when 'FAIL' then 'error' else 'pending' end,
        said.answer ->> 'verdict', said.answer ->> 'coverageState', said.answer ->> 'pageFetchState',
        (said.answer ->> 'lastCrawlTime')::timestamptz,
        case when said.answer ->> 'verdict' = 'PASS' then moment end, moment
    from igny8_content article
    join igny8_sites site on site.id = article.site_id
    left join igny8_url_inspection_records old on old.site_id = article.site_id and old.url = article.external_url
    cross join lateral (
        select sandbox.inspection(site.domain, article.title, article.published_at, moment) as answer
        -- Asked once a page.
        offset 0
    ) said
    where article.status = 'published' and article.external_url is not null and not article.is_deleted
        and (old.id is null or old.status <> 'indexed' or old.inspected_at <= moment - interval '7 days')
        and not exists (select from igny8_gsc_connections own
            where own.site_id = article.site_id and own.status <> 'disconnected')
    order by article.published_at, article.id
    on conflict (site_id, url) do update set content_id = excluded.content_id, status = excluded.status,
        verdict = excluded.verdict, coverage_state = excluded.coverage_state,
        page_fetch_state = excluded.page_fetch_state, last_crawled_at = excluded.last_crawled_at,
        first_indexed_at = coalesce(known.first_indexed_at, excluded.first_indexed_at),
        inspected_at = excluded.inspected_at;

    -- A Pro site speaks on two networks. One account in three is logged out by its network for two weeks.
    insert into igny8_social_accounts as known (account_id, site_id, platform, handle, status)
    select site.account_id, site.id, network.platform, split_part(site.domain, '.', 1),
        case when network.is_out then 'expired' else 'active' end
    from igny8_managed_service_subscriptions service
    join igny8_sites site on site.id = service.site_id
    cross join lateral (
        select platform, sandbox.dice(3, site.domain, platform, 'expires') = 0
            and moment >= service.started_at + interval '40 days'
            and moment < service.started_at + interval '54 days' as is_out
        from unnest(array['facebook', 'instagram', 'linkedin', 'youtube']) platform
        order by sandbox.dice(1000, site.domain, platform) limit 2
    ) network
    where service.tier = 'pro' and service.status = 'active'
    order by site.id, network.platform
    on conflict (site_id, platform, handle) do update set status = excluded.status
        where known.status <> excluded.status;

    -- Each article is told of an hour after it is out.
    insert into igny8_social_posts (account_id, site_id, social_account_id, content_id, external_id, body, url, status,
        posted_at)
    select article.account_id, article.site_id, speaker.id, article.id,
        md5(site.domain || speaker.platform || article.title), article.title, article.external_url,
        case speaker.status when 'active' then 'posted' else 'failed' end,
        case speaker.status when 'active' then article.published_at + interval '1 hour' end
    from igny8_content article
    join igny8_sites site on site.id = article.site_id
    join igny8_social_accounts speaker on speaker.site_id = site.id
    where article.status = 'published' and article.external_url is not null and not article.is_deleted
        and article.published_at between moment - interval '5 days' and moment - interval '1 hour'
    order by article.published_at, article.id, speaker.platform
    on conflict (social_account_id, external_id) do nothing;

    -- A post lives for two weeks; a quiet one and a loud one are far apart.
    insert into igny8_social_engagements (account_id, site_id, post_id, day, impressions, likes, comments, shares, clicks,
        fetched_at)
    select post.account_id, post.site_id, post.id, heard.day, heard.impressions,
        heard.impressions * (2 + luck.taste) / 100, heard.impressions * luck.taste / 400,
        heard.impressions * luck.taste / 600, heard.impressions * (1 + luck.taste) / 150, moment
    from igny8_social_posts post
    cross join lateral (select (post.posted_at at time zone 'UTC')::date as first_day) born
    cross join lateral (select sandbox.dice(6, post.external_id, 'taste')::integer as taste) luck
    cross join lateral (
        select step::date as day,
            ((60 + sandbox.dice(500, post.external_id, 'reach')) / (1 + 1.5 * (step::date - born.first_day)))::integer
                as impressions
        from generate_series(greatest(born.first_day, today - 4)::timestamp, least(born.first_day + 13, today - 1)::timestamp,
            interval '1 day') step
    ) heard
    where post.status = 'posted' and post.posted_at > moment - interval '19 days'
    on conflict (post_id, day) do nothing;

    -- The blueprint comes true with what is published; links and pages make its authority.
    update igny8_sag_clusters cluster
    set status = grown.status
    from (
        select part.id, case
            when count(article.id) = 0 then 'planned'
            when count(article.id) > cardinality(part.supporting_titles) then 'complete'
            else 'in_progress' end as status
        from igny8_sag_clusters part
        join igny8_sag_blueprints blueprint on blueprint.id = part.blueprint_id and blueprint.status = 'approved'
        left join igny8_clusters topic on topic.sag_cluster_id = part.id and not topic.is_deleted
        left join igny8_content article on article.cluster_id = topic.id and article.status = 'published'
            and not article.is_deleted
        group by part.id
    ) grown
    where grown.id = cluster.id and cluster.status <> grown.status;

    update igny8_sag_blueprints blueprint
    set completion = grown.completion, authority = grown.authority
    from (
        select plan.id, done.completion,
            least(95, coalesce((plan.summary ->> 'authority_at_start')::integer, plan.authority)
                + done.completion / 3 + least(links.live, 15))::integer as authority
        from igny8_sag_blueprints plan
        cross join lateral (
            select least(100, 100 * count(article.id) / greatest((plan.summary ->> 'pages')::integer, 1))::integer
                as completion
            from igny8_sag_clusters part
            join igny8_clusters topic on topic.sag_cluster_id = part.id and not topic.is_deleted
            join igny8_content article on article.cluster_id = topic.id and article.status = 'published'
                and not article.is_deleted
            where part.blueprint_id = plan.id
        ) done
        cross join lateral (
            select count(*)::integer as live from igny8_sag_backlinks link
            where link.site_id = plan.site_id and link.status = 'live'
        ) links
        where plan.status = 'approved'
    ) grown
    where grown.id = blueprint.id
        and (blueprint.completion, blueprint.authority) is distinct from (grown.completion, grown.authority);
end
$$;
