public import Postgres

/// `igny8_publisher_records`: each vendor's record, from what its links did and never from what it says (spec 11.7).
public enum PublisherRecords {
    /// Counts all records anew, in one statement, and writes those that differ; the publisher's own `score` follows.
    ///
    /// The score is 0 to 100: 35 for links that are live of those that came or were rejected, 30 for days kept, 20 for
    /// guarantees not needed, 15 for the price against the market's of the same strength (half the average or less is all of
    /// them, one and a half times or more is none). Each share begins at three quarters, with the weight of four links, so that
    /// one link makes nobody the best or the worst.
    /// - Returns: how many records changed.
    @discardableResult
    public static func refresh(in tx: PostgresTransaction) async throws -> Int {
        let changed = try await tx.query(
            """
            with link as (
                select l.*, (l.delivered_at at time zone 'UTC')::date as delivered_on,
                    (igny8_now() at time zone 'UTC')::date as today
                from igny8_sag_backlinks l where l.publisher_id is not null and l.status <> 'planned'
            ), counted as (
                select p.id, p.currency, p.price, p.dr,
                    count(*)::integer as links_ordered,
                    count(*) filter (where l.status in ('pending', 'live', 'lost'))::integer as links_delivered,
                    count(*) filter (where l.delivered_on <= l.due_on)::integer as links_on_time,
                    count(*) filter (where l.delivered_on > l.due_on
                        or (l.status = 'ordered' and l.due_on < l.today))::integer as links_late,
                    count(*) filter (where l.status = 'live')::integer as links_live,
                    count(*) filter (where l.status = 'lost')::integer as links_lost,
                    count(*) filter (where l.status = 'rejected')::integer as links_rejected,
                    count(*) filter (where l.status = 'lost' and exists (
                        select from igny8_link_claims claim where claim.backlink_id = l.id))::integer as lost_in_guarantee,
                    count(*) filter (where l.live_at <= igny8_now() - interval '14 days')::integer as seen_14_days,
                    count(*) filter (where l.live_at <= igny8_now() - interval '14 days'
                        and l.indexed_at <= l.live_at + interval '14 days')::integer as indexed_14_days,
                    count(*) filter (where l.live_at <= igny8_now() - interval '28 days')::integer as seen_28_days,
                    count(*) filter (where l.live_at <= igny8_now() - interval '28 days'
                        and l.indexed_at <= l.live_at + interval '28 days')::integer as indexed_28_days,
                    coalesce(sum(l.cost) filter (
                        where l.status in ('pending', 'live', 'lost') and l.currency = p.currency), 0) as cost,
                    count(*) filter (where l.status = 'live' and l.currency = p.currency) as surviving,
                    count(*) filter (where l.status = 'live' and l.is_indexed and l.currency = p.currency) as surviving_indexed
                from link l join igny8_publishers p on p.id = l.publisher_id group by p.id
            ), market as (
                select currency, dr / 10 as band, avg(price) as price
                from igny8_publishers where is_active and price > 0 group by 1, 2
            ), scored as (
                select counted.*, round(cost / nullif(surviving, 0), 3) as cost_per_surviving,
                    round(cost / nullif(surviving_indexed, 0), 3) as cost_per_surviving_indexed,
                    round(35 * (links_live + 3.0) / (links_live + links_lost + links_rejected + 4)
                        + 30 * (links_on_time + 3.0) / (links_on_time + links_late + 4)
                        + 20 * (links_delivered - lost_in_guarantee + 3.0) / (links_delivered + 4)
                        + 15 * coalesce(greatest(0, least(1, 1.5 - counted.price / market.price)), 0.5))::integer as score
                from counted
                left join market on market.currency = counted.currency and market.band is not distinct from counted.dr / 10
            ), written as (
                insert into igny8_publisher_records as record (publisher_id, links_ordered, links_delivered, links_on_time,
                    links_late, links_live, links_lost, links_rejected, lost_in_guarantee, seen_14_days, indexed_14_days,
                    seen_28_days, indexed_28_days, cost, cost_per_surviving, cost_per_surviving_indexed, score)
                select id, links_ordered, links_delivered, links_on_time, links_late, links_live, links_lost, links_rejected,
                    lost_in_guarantee, seen_14_days, indexed_14_days, seen_28_days, indexed_28_days, cost, cost_per_surviving,
                    cost_per_surviving_indexed, score
                from scored order by id
                on conflict (publisher_id) do update set links_ordered = excluded.links_ordered,
                    links_delivered = excluded.links_delivered, links_on_time = excluded.links_on_time,
                    links_late = excluded.links_late, links_live = excluded.links_live, links_lost = excluded.links_lost,
                    links_rejected = excluded.links_rejected, lost_in_guarantee = excluded.lost_in_guarantee,
                    seen_14_days = excluded.seen_14_days, indexed_14_days = excluded.indexed_14_days,
                    seen_28_days = excluded.seen_28_days, indexed_28_days = excluded.indexed_28_days, cost = excluded.cost,
                    cost_per_surviving = excluded.cost_per_surviving,
                    cost_per_surviving_indexed = excluded.cost_per_surviving_indexed, score = excluded.score,
                    computed_at = igny8_now()
                where (record.links_ordered, record.links_delivered, record.links_on_time, record.links_late,
                    record.links_live, record.links_lost, record.links_rejected, record.lost_in_guarantee,
                    record.seen_14_days, record.indexed_14_days, record.seen_28_days, record.indexed_28_days, record.cost,
                    record.score)
                    is distinct from (excluded.links_ordered, excluded.links_delivered, excluded.links_on_time,
                    excluded.links_late, excluded.links_live, excluded.links_lost, excluded.links_rejected,
                    excluded.lost_in_guarantee, excluded.seen_14_days, excluded.indexed_14_days, excluded.seen_28_days,
                    excluded.indexed_28_days, excluded.cost, excluded.score)
                returning publisher_id
            )
            select count(*) as changed from written
            """
        ).only().decode("changed", as: Int.self)
        try await tx.query(
            """
            update igny8_publishers publisher set score = record.score
            from igny8_publisher_records record
            where record.publisher_id = publisher.id and publisher.score is distinct from record.score
            """
        )
        return changed
    }
}
