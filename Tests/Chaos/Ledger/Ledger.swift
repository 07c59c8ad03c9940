public import JobQueue
public import Postgres

/// The books of a chaos run: what was asked for, what began, what took effect.
public enum Ledger {
    /// What row security is to read.
    public static let settings = [PostgresSetting("igny8.scope", "system"), PostgresSetting("igny8.actor", "chaos")]

    /// The tables, without keys: a second effect must be counted, not refused.
    public static let schema = """
        create table chaos_intents (number bigint primary key, job bigint not null, act text not null);
        create table chaos_starts (
            number bigint not null, job bigint not null, fence bigint not null, worker text not null,
            at timestamptz not null default clock_timestamp());
        create table chaos_effects (like chaos_starts including defaults);
        create index on chaos_starts (number);
        create index on chaos_effects (number);
        grant select, insert on chaos_intents, chaos_starts, chaos_effects to igny8_service;
        """

    /// Adds jobs, and what they are in the ledger, to the transaction.
    public static func enqueue(
        _ parts: [LedgerTask.Payload],
        queue: String,
        by producer: JobProducer,
        in transaction: PostgresTransaction
    ) async throws {
        let jobs = parts.map { NewJob(queue: queue, task: LedgerTask.name, account: nil, payload: $0) }
        let ids = try await producer.enqueue(jobs, in: transaction).compactMap { $0 }
        try await transaction.query(
            """
            insert into chaos_intents (number, job, act)
            select * from unnest(
                \(parts.map(\.number))::bigint[], \(ids)::bigint[], \(parts.map(\.act.rawValue))::text[])
            """
        )
    }
}
