-- An order's counters and cost follow its links, whoever changes them (spec 2). By differences, not by counting anew: two
-- transactions that change two links of one order do not see each other's, but their differences add up under the
-- order's row lock. A test holds them against a count.
create function igny8_link_counts(
    link igny8_sag_backlinks, out ordered integer, out delivered integer, out live integer, out indexed integer,
    out cost numeric
)
    language sql immutable parallel safe
begin atomic
    select
        (link.status in ('ordered', 'pending', 'live', 'lost'))::integer,
        (link.status in ('pending', 'live', 'lost'))::integer,
        (link.status = 'live')::integer,
        (link.status = 'live' and link.is_indexed)::integer,
        case when link.status in ('ordered', 'pending', 'live', 'lost') then link.cost else 0 end;
end;

-- Runs as the owner, who alone may write these columns; row security binds it as it does everybody.
-- The counters follow also where whoever changes links has set no account: a repair by hand, a migration.
create function igny8_count_links() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    had_no_scope boolean := igny8_scope() is null;
begin
    if had_no_scope then
        perform set_config('igny8.scope', 'system', true);
    end if;
    if tg_op = 'INSERT' then
        update igny8_backlink_service_orders o set
            links_ordered = o.links_ordered + change.ordered, links_delivered = o.links_delivered + change.delivered,
            links_live = o.links_live + change.live, links_indexed = o.links_indexed + change.indexed,
            actual_cost = o.actual_cost + change.cost
        from (
            select link.order_id, sum(n.ordered) as ordered, sum(n.delivered) as delivered, sum(n.live) as live,
                sum(n.indexed) as indexed, sum(n.cost) as cost
            from after_rows link, igny8_link_counts(link) n where link.order_id is not null group by link.order_id
        ) change
        where o.id = change.order_id
            and (change.ordered, change.delivered, change.live, change.indexed, change.cost) <> (0, 0, 0, 0, 0);
    elsif tg_op = 'DELETE' then
        update igny8_backlink_service_orders o set
            links_ordered = o.links_ordered - change.ordered, links_delivered = o.links_delivered - change.delivered,
            links_live = o.links_live - change.live, links_indexed = o.links_indexed - change.indexed,
            actual_cost = o.actual_cost - change.cost
        from (
            select link.order_id, sum(n.ordered) as ordered, sum(n.delivered) as delivered, sum(n.live) as live,
                sum(n.indexed) as indexed, sum(n.cost) as cost
            from before_rows link, igny8_link_counts(link) n where link.order_id is not null group by link.order_id
        ) change
        where o.id = change.order_id
            and (change.ordered, change.delivered, change.live, change.indexed, change.cost) <> (0, 0, 0, 0, 0);
    else
        update igny8_backlink_service_orders o set
            links_ordered = o.links_ordered + change.ordered, links_delivered = o.links_delivered + change.delivered,
            links_live = o.links_live + change.live, links_indexed = o.links_indexed + change.indexed,
            actual_cost = o.actual_cost + change.cost
        from (
            select part.order_id, sum(part.ordered) as ordered, sum(part.delivered) as delivered, sum(part.live) as live,
                sum(part.indexed) as indexed, sum(part.cost) as cost
            from (
                select link.order_id, n.* from after_rows link, igny8_link_counts(link) n
                union all
                select link.order_id, -n.ordered, -n.delivered, -n.live, -n.indexed, -n.cost
                from before_rows link, igny8_link_counts(link) n
            ) part
            where part.order_id is not null
            group by part.order_id
        ) change
        where o.id = change.order_id
            and (change.ordered, change.delivered, change.live, change.indexed, change.cost) <> (0, 0, 0, 0, 0);
    end if;
    if had_no_scope then
        perform set_config('igny8.scope', '', true);
    end if;
    return null;
end
$$;

create trigger count_inserted after insert on igny8_sag_backlinks
    referencing new table as after_rows for each statement execute function igny8_count_links();
create trigger count_updated after update on igny8_sag_backlinks
    referencing old table as before_rows new table as after_rows for each statement execute function igny8_count_links();
create trigger count_deleted after delete on igny8_sag_backlinks
    referencing old table as before_rows for each statement execute function igny8_count_links();
