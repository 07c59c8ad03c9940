import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Asks Ahrefs about an account's key: whether it takes it, what it is good for, and until when. It costs no units.
///
/// A key that works for the first time is used at once: the account's sites get their first snapshots. Each week begins
/// with a test too, because what follows is planned by the units that are left.
struct TestAhrefsConnection: AhrefsTask {
    static let name = "test_ahrefs_connection"

    let bureau: Bureau

    /// What `GET jobs/{id}/` shows.
    private struct Result: Codable {
        var status: String
        var plan: String?
        var units_remaining: Int?
        var detail: String?
    }

    func run(_ payload: AhrefsJobs.Connection, _ context: JobContext) async throws {
        let open = try await bureau.read(context) { tx in
            try await bureau.open(payload.accountID, isTest: true, in: tx)
        }
        guard let open, open.connection.keyVersion == payload.keyVersion else {
            // Disconnected, or another key, whose test is another job.
            return try await bureau.transaction(context) { tx in try await context.complete(in: tx) }
        }
        do {
            let limits = try await bureau.call(.limitsAndUsage, about: "", forecast: 0, open, context) {
                ahrefs,
                key throws(AhrefsError) in
                try await ahrefs.limitsAndUsage(key: key)
            }
            guard let limits else {
                throw JobError.permanent("Ahrefs is not where it is looked for: check IGNY8_AHREFS_URL")
            }
            try await accept(limits, payload, context)
        } catch let stop as AhrefsStop {
            try await refuse(stop, payload, from: open.connection.status, context)
        }
    }

    private func accept(_ limits: AhrefsLimits, _ payload: AhrefsJobs.Connection, _ context: JobContext) async throws {
        try await bureau.transaction(context) { tx in
            guard var stored = try await connection(payload, context, tx) else { return }
            let before = stored.status
            stored.status = try before.applying(.accept)
            stored.lastError = nil
            stored.plan = AhrefsPlan(subscription: limits.subscription)
            stored.creditsLimit = limits.unitsLimit
            stored.creditsRemaining = limits.remaining
            stored.creditsResetAt = limits.resetsOn?.start(in: .gmt)
            stored.keyExpiresAt = limits.expiresAt
            try await AhrefsConnections.save(&stored, isTested: true, in: tx)
            if let key = payload.week.map({ "week:\($0)" })
                ?? (before == .testing ? "first:\(payload.keyVersion)" : nil)
            {
                let jobs = try await WeekPlan.jobs(of: payload.accountID, key: key, in: tx)
                try await bureau.producer.enqueue(jobs, in: tx)
            }
            try await context.complete(
                result: Result(
                    status: stored.status.rawValue,
                    plan: stored.plan?.rawValue,
                    units_remaining: stored.creditsRemaining
                ),
                in: tx
            )
            try await audit(stored.value, from: before, context, tx)
        }
    }

    private func refuse(
        _ stop: AhrefsStop,
        _ payload: AhrefsJobs.Connection,
        from before: AhrefsConnectionStatus,
        _ context: JobContext
    ) async throws {
        try await bureau.transaction(context) { tx in
            guard var stored = try await connection(payload, context, tx) else { return }
            // A key that was refused outright is marked already; one that lacks units is a key nevertheless.
            if stored.status == .testing { stored.status = try before.applying(.refuse) }
            stored.lastError = stop.sentence
            try await AhrefsConnections.save(&stored, isTested: true, in: tx)
            try await context.complete(result: Result(status: stored.status.rawValue, detail: stop.sentence), in: tx)
            try await audit(stored.value, from: before, context, tx)
        }
    }

    /// The connection, held; completes the job where it is another one by now.
    private func connection(
        _ payload: AhrefsJobs.Connection,
        _ context: JobContext,
        _ tx: PostgresTransaction
    ) async throws -> Stored<AhrefsConnection>? {
        let stored = try await AhrefsConnections.find(
            of: payload.accountID,
            for: .job(context),
            lock: .forUpdate,
            in: tx
        )
        guard let stored, stored.keyVersion == payload.keyVersion else {
            try await context.complete(in: tx)
            return nil
        }
        return stored
    }

    private func audit(
        _ connection: AhrefsConnection,
        from before: AhrefsConnectionStatus,
        _ context: JobContext,
        _ tx: PostgresTransaction
    ) async throws {
        guard connection.status != before else { return }
        var event = AuditEvent(
            .updated,
            account: connection.accountID,
            subjectKind: AhrefsConnectionStatus.subject,
            subjectID: connection.id.rawValue,
            from: before.rawValue,
            to: connection.status.rawValue,
            reason: connection.lastError ?? "Ahrefs takes the key"
        )
        event.jobID = context.id
        try await AuditLog.record(event, in: tx)
    }
}
