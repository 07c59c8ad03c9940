-- What the nightly figures ask: which of a site's days Search Console has told since, and the pictures of a day.
create index igny8_gsc_metrics_cache_fetched on igny8_gsc_metrics_cache (site_id, fetched_at)
    where query is null and page is null;
create index igny8_images_created on igny8_images (site_id, created_at);
