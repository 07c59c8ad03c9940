-- What Google knows of the clients' own sites. All of it follows from names, days, what is published and which links were
-- lost, so that any sandbox tells the same story whatever was killed meanwhile.

-- A number from 0 up to below n that belongs to some words.
create function sandbox.dice(n bigint, variadic words text[]) returns bigint
    language sql immutable parallel safe
    return abs(hashtextextended(array_to_string(words, chr(31)), 0) % n);

-- When a published article comes into the index: most within a week, some after two, one in twenty never.
create function sandbox.article_indexed_at(domain text, title text, published_at timestamptz) returns timestamptz
    language sql immutable parallel safe as
$$
    select case
        when luck < 82 then published_at + (1 + luck % 6) * interval '1 day'
        when luck < 95 then published_at + (12 + luck % 10) * interval '1 day'
    end
    from (select sandbox.dice(100, domain, title, 'index') as luck) dice
$$;

-- An accident: one article in forty falls out of the index a month after it was published, for three weeks.
create function sandbox.article_is_out(domain text, title text, published_at timestamptz, moment timestamptz)
    returns boolean
    language sql immutable parallel safe
    return sandbox.dice(40, domain, title, 'out') = 0
        and moment >= published_at + interval '30 days' and moment < published_at + interval '51 days';

-- A site's days in search: whole, by page and by query, the latter two from p_parts_from. Impressions grow by the year,
-- swing by the season and the week, and sink for three weeks after a link was lost. Queries are the brand and what the
-- site's sectors are called: most climb, some sink, some come and go; a third of all is of words too rare to be told.
create function sandbox.search(p_site bigint, p_from date, p_to date, p_parts_from date)
    returns table (day date, query text, page text, clicks integer, impressions integer, place numeric)
    language sql stable
    -- The planner takes a day for a thousand, and would compile what runs for a millisecond.
    set jit = off as
$$
    with site as materialized (
        select s.id, s.domain, lower(s.name) as brand from igny8_sites s where s.id = p_site
    ), weather as materialized (
        select calendar.day, least(greatest(calendar.day - date '2026-09-17', -700), 700) as age,
            case extract(isodow from calendar.day) when 6 then 0.78 when 7 then 0.82 else 1.08 end
                * (1 + 0.12 * sin(extract(doy from calendar.day)::float8 / 58.1
                    + sandbox.dice(628, site.domain, 'season') / 100.0))
                * (0.94 + sandbox.dice(13, site.domain, 'weather', calendar.day::text) / 100.0)
                * (1 - least(0.3, 0.06 * lost.links)) as factor
        from site
        cross join (
            select step::date as day from generate_series(p_from::timestamp, p_to::timestamp, interval '1 day') step
        ) calendar
        cross join lateral (
            select count(*) as links from igny8_sag_backlinks link
            where link.site_id = site.id and (link.lost_at at time zone 'UTC')::date between calendar.day - 20 and calendar.day
        ) lost
    ), article as materialized (
        select a.external_url as page,
            (sandbox.article_indexed_at(site.domain, a.title, a.published_at) at time zone 'UTC')::date as found_on,
            (8 + sandbox.dice(40, site.domain, a.title, 'readers'))::float8 as readers,
            8 + sandbox.dice(30, site.domain, a.title, 'place') as place,
            sandbox.dice(40, site.domain, a.title, 'out') = 0 as falls_out,
            (a.published_at at time zone 'UTC')::date as published_on
        from site
        join igny8_content a on a.site_id = site.id and a.status = 'published' and a.external_url is not null
            and not a.is_deleted and a.published_at < p_to + 1
        -- Half of them nobody ever looks for.
        where sandbox.dice(2, site.domain, a.title, 'sought') = 0
    ), shown as (
        select weather.day, 'https://' || site.domain || '/' || standing.path as page,
            (600 + sandbox.dice(2400, site.domain, 'size'))::float8 * standing.share * exp(0.0012 * weather.age::float8)
                * weather.factor as impressions,
            greatest(3, standing.place - 0.03 * weather.age) as place
        from site cross join weather
        cross join (values ('', 0.4::float8, 14.0), ('services/', 0.25, 22.0), ('prices/', 0.15, 19.0), ('about/', 0.1, 30.0),
            ('contact/', 0.1, 26.0)) standing (path, share, place)
        union all
        select weather.day, article.page,
            article.readers * least(weather.day - article.found_on, 45) / 45.0 * weather.factor,
            greatest(2, article.place - 0.15 * (weather.day - article.found_on))
        from article join weather on weather.day > article.found_on
        where not (article.falls_out and weather.day - article.published_on between 30 and 50)
    ), pages as materialized (
        select shown.day, shown.page, least(round(shown.impressions), round(shown.impressions * 0.35 / shown.place))::integer
                as clicks, round(shown.impressions)::integer as impressions, round(shown.place::numeric, 2) as place
        from shown where round(shown.impressions) > 0
    ), total as materialized (
        select pages.day, sum(pages.clicks)::integer as clicks, sum(pages.impressions)::integer as impressions,
            round(sum(pages.place * pages.impressions) / sum(pages.impressions), 2) as place
        from pages group by pages.day
    ), asked as materialized (
        select site.domain, subject.text as query, subject.is_brand,
            row_number() over (order by subject.is_brand desc, sandbox.dice(1000, site.domain, subject.text, 'rank'),
                subject.text) as rank,
            sandbox.dice(60, site.domain, subject.text, 'place') as place,
            sandbox.dice(35, site.domain, subject.text, 'climb') - 8 as climb,
            case when sandbox.dice(9, site.domain, subject.text, 'comes') = 0
                then date '2026-09-24' + sandbox.dice(70, site.domain, subject.text, 'day')::integer end as comes_on,
            case when sandbox.dice(12, site.domain, subject.text, 'goes') = 0
                then date '2026-10-01' + sandbox.dice(60, site.domain, subject.text, 'day')::integer end as goes_on
        from site
        cross join lateral (
            select replace(pattern, '%', site.brand) as text, true as is_brand
            from unnest(array['%', '% reviews']) pattern
            union
            select replace(pattern, '%', lower(sector.name)), false
            from igny8_sectors sector, unnest(array['%', 'best %', '% near me', '% prices', '% online', 'how to choose %',
                '% reviews', 'cheap %', '% guide', '% cost']) pattern
            where sector.site_id = site.id and not sector.is_deleted
        ) subject
    ), heard as (
        select total.day, asked.query, total.impressions * share.size as impressions, total.clicks * share.size as clicks,
            spot.place
        from total cross join asked
        cross join lateral (
            select case when asked.is_brand then 1.2 else greatest(1, 3 + asked.place
                - asked.climb * least(greatest(total.day - date '2026-07-15', 0), 160) / 160.0
                + sandbox.dice(5, asked.domain, asked.query, ((total.day - date '2026-01-01') / 7)::text) * 0.4)
            end as place
        ) spot
        cross join lateral (select 0.65 / asked.rank / 3.7 * (1.3 - spot.place / 100) as size) share
        where total.day >= p_parts_from and total.day >= coalesce(asked.comes_on, total.day)
            and total.day <= coalesce(asked.goes_on, total.day)
    )
    select total.day, null, null, total.clicks, total.impressions, total.place from total
    union all
    select pages.day, null, pages.page, pages.clicks, pages.impressions, pages.place
    from pages where pages.day >= p_parts_from
    union all
    select heard.day, heard.query, null, least(round(heard.impressions), round(heard.clicks))::integer,
        round(heard.impressions)::integer, round(heard.place::numeric, 2)
    from heard where round(heard.impressions) > 0
$$;

-- What an inspection of an article's page says at a moment, as Google words it.
create function sandbox.inspection(domain text, title text, published_at timestamptz, moment timestamptz) returns jsonb
    language sql immutable parallel safe as
$$
    select case
        when found.at <= moment and not sandbox.article_is_out(domain, title, published_at, moment) then
            jsonb_build_object('verdict', 'PASS', 'coverageState', 'Submitted and indexed', 'robotsTxtState', 'ALLOWED',
                'indexingState', 'INDEXING_ALLOWED', 'pageFetchState', 'SUCCESSFUL',
                'lastCrawlTime', to_char(found.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        when moment < published_at + interval '3 days' then
            jsonb_build_object('verdict', 'NEUTRAL', 'coverageState', 'URL is unknown to Google')
        when sandbox.dice(100, domain, title, 'index') >= 98 then
            jsonb_build_object('verdict', 'FAIL', 'coverageState', 'Server error (5xx)', 'robotsTxtState', 'ALLOWED',
                'indexingState', 'INDEXING_ALLOWED', 'pageFetchState', 'SERVER_ERROR')
        else jsonb_build_object('verdict', 'NEUTRAL', 'coverageState', 'Crawled - currently not indexed',
            'robotsTxtState', 'ALLOWED', 'indexingState', 'INDEXING_ALLOWED', 'pageFetchState', 'SUCCESSFUL')
    end
    from (select sandbox.article_indexed_at(domain, title, published_at) as at) found
$$;

-- Who has consented. An access token is good for an hour of machine time.
create table sandbox.google_grants (
    refresh_token text primary key,
    is_revoked boolean not null default false,
    access_token text unique,
    expires_at timestamptz,
    refreshes bigint not null default 0
);

create table sandbox.google_usage (
    property text not null,
    day date not null,
    inspections integer not null default 0,
    queries integer not null default 0,
    primary key (property, day)
);
