public import Postgres

/// The ledger at the end of a run: every job done, no effect twice, none lost.
public struct Balance: Sendable {
    /// Jobs whose enqueueing committed.
    public let asked: Int
    /// Rows that are neither in history nor dead letters.
    public let unfinished: Int
    /// Dead letters.
    public let dead: Int
    /// Jobs that history has as completed, each counted once.
    public let completed: Int
    /// Jobs that history has more than once.
    public let endedTwice: Int
    /// Jobs with an effect that have none.
    public let lostEffects: Int
    /// Jobs that have their effect more than once.
    public let doubledEffects: Int
    /// Jobs that never began.
    public let neverBegun: Int
    /// Attempts begun beyond the one that each job needs: level 0, at least once.
    public let repeatedStarts: Int

    /// Whether the queue kept its promise.
    public var isRight: Bool {
        unfinished == 0 && dead == 0 && completed == asked && endedTwice == 0 && lostEffects == 0
            && doubledEffects == 0 && neverBegun == 0
    }

    /// Adds the ledger up.
    public static func of(_ database: PostgresDatabase) async throws -> Balance {
        let rows = try await database.transaction(settings: Ledger.settings) { transaction in
            try await transaction.query(
                """
                with ended as (
                    select id, count(*) as times from igny8_job_history where outcome = 'completed' group by id
                ), effects as (
                    select number, count(*) as times from chaos_effects group by number
                ), starts as (
                    select number, count(*) as times from chaos_starts group by number
                )
                select count(*) as asked, (select count(*) from igny8_jobs) as unfinished,
                       (select count(*) from igny8_dead_jobs) as dead, count(h.id) as completed,
                       count(*) filter (where h.times > 1) as ended_twice,
                       count(*) filter (where i.act in ('ledger', 'failOnce') and e.times is null) as lost,
                       count(*) filter (where e.times > 1) as doubled,
                       count(*) filter (where s.times is null) as never_begun,
                       coalesce(sum(s.times - case i.act when 'failOnce' then 2 else 1 end)
                           filter (where s.times is not null), 0)::bigint as repeated
                from chaos_intents i
                left join ended h on h.id = i.job
                left join effects e using (number)
                left join starts s using (number)
                """
            )
        }
        return try Balance(rows[0])
    }

    private init(_ row: PostgresRow) throws {
        asked = try row.decode("asked")
        unfinished = try row.decode("unfinished")
        dead = try row.decode("dead")
        completed = try row.decode("completed")
        endedTwice = try row.decode("ended_twice")
        lostEffects = try row.decode("lost")
        doubledEffects = try row.decode("doubled")
        neverBegun = try row.decode("never_begun")
        repeatedStarts = try row.decode("repeated")
    }
}

extension Balance: CustomStringConvertible {
    /// One figure a line.
    public var description: String {
        """
        jobs asked for        \(asked)
        completed             \(completed)
        unfinished            \(unfinished)
        dead letters          \(dead)
        ended twice           \(endedTwice)
        effects lost          \(lostEffects)
        effects doubled       \(doubledEffects)
        never begun           \(neverBegun)
        attempts repeated     \(repeatedStarts)  (level 0: at least once)
        """
    }
}
