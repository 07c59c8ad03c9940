import Postgres

/// The right to do what only one worker of a queue may do: relay, repair, reap, schedule.
///
/// The fence grows with each new holder; every write of a holder carries it, so that one that has slept through the end
/// of its lease changes nothing.
struct Lease: Sendable {
    let name: String
    let holder: Int64
    let fence: Int64

    static func name(ofQueue queue: String) -> String { "keeper:\(queue)" }

    /// Takes the lease when it is free or expired, or makes a held one last longer. No row: someone else holds it.
    static func acquire(_ name: String, holder: Int64, lasting duration: Duration) -> SQL {
        """
        insert into igny8_leases as l (name, holder, fence, expires_at)
        values (\(name), \(holder), 1, now() + make_interval(secs => \(duration.seconds)))
        on conflict (name) do update
        set holder = excluded.holder, expires_at = excluded.expires_at,
            fence = l.fence + case when l.holder = excluded.holder and l.expires_at > now() then 0 else 1 end
        where l.holder = excluded.holder or l.expires_at <= now()
        returning fence
        """
    }

    /// Ends the lease, so that another takes over at once.
    static func release(_ name: String, holder: Int64) -> SQL {
        "update igny8_leases set expires_at = now() where name = \(name) and holder = \(holder)"
    }

    /// A query that gives a row while this lease is held, and keeps it from passing on before the transaction ends.
    var locked: SQL {
        """
        select 1 from igny8_leases
        where name = \(name) and holder = \(holder) and fence = \(fence) and expires_at > now()
        for share
        """
    }

    /// A condition that holds while this lease does; stands in every statement of the holder.
    var holds: SQL {
        """
        exists (select from igny8_leases where name = \(name) and holder = \(holder) and fence = \(fence)
                and expires_at > now())
        """
    }
}
