import DomainModel
import JobQueue
import Persistence
import Postgres

/// What a job shows that had nothing to ask, or may ask no more.
struct ConsoleStop: Codable, Sendable {
    var stopped: String
}

extension DataDesk {
    /// A connection that may be asked now, with access; nil where there is nothing to ask any more (the job is done then).
    func open(
        _ payload: CoreDataJobs.Connection,
        needing level: String,
        _ context: JobContext
    ) async throws -> (connection: SearchConsoleConnections.Connection, access: SearchConsole.Access)? {
        let system = Tenant.system(reason: context.task)
        let found = try await read(context) { tx -> (SearchConsoleConnections.Connection, String)? in
            let connection = try await SearchConsoleConnections.find(payload.connectionID, for: system, in: tx)
            guard let connection, connection.status == .active, connection.tokenVersion == payload.tokenVersion,
                try await FeatureGrants.holding(of: connection.accountID, for: system, in: tx)?
                    .meets(GateRequirement(.gscLevel, level)) == true
            else { return nil }
            let token = try await SearchConsoleConnections.refreshToken(of: connection, openedBy: secrets, in: tx)
            return (connection, token)
        }
        guard let (connection, token) = found, console.isConfigured else {
            try await transaction(context) { tx in
                try await context.complete(result: ConsoleStop(stopped: "there is nothing to ask"), in: tx)
            }
            return nil
        }
        if let pause = connection.waits { throw JobError.snooze(for: pause) }
        do {
            return (connection, try await console.access(connection, refreshToken: token))
        } catch {
            try await settle(error, connection, context)
            return nil
        }
    }

    /// What an error of Google's means for the connection and the job: a quota is waited for, a consent that has ended is told
    /// to the client once and ends the job, everything else costs this job an attempt.
    func settle(
        _ error: GoogleError,
        _ connection: SearchConsoleConnections.Connection,
        _ context: JobContext
    ) async throws {
        switch error.kind {
        case .quotaExceeded:
            try await transaction(context) { tx in
                try await SearchConsoleConnections.wait(connection, for: Self.quotaPause, in: tx)
            }
            throw JobError.snooze(for: Self.quotaPause)
        case .consentEnded: try await stop(connection, .revoke, error, context)
        case .denied: try await stop(connection, .fail, error, context)
        case .tokenRefused, .badRequest, .unavailable, .unreadable: throw error
        }
    }

    /// On quotaExceeded wait 15 minutes (spec 5.6).
    static let quotaPause = Duration.seconds(900)

    private func stop(
        _ connection: SearchConsoleConnections.Connection,
        _ transition: SearchConsoleStatus.Transition,
        _ error: GoogleError,
        _ context: JobContext
    ) async throws {
        let status = try connection.status.applying(transition)
        try await transaction(context) { tx in
            let isNew = try await SearchConsoleConnections.note(connection, status, error: error.description, in: tx)
            try await context.complete(result: ConsoleStop(stopped: error.description), in: tx)
            guard isNew else { return }
            let subscription = try await ManagedSubscriptions.current(
                of: connection.siteID,
                for: .system(reason: context.task),
                in: tx
            )?.id
            try await DeliveryFlags.raise(
                .consentNeeded,
                on: FlagSubject(kind: SearchConsoleStatus.subject, id: connection.id),
                subscription: subscription,
                account: connection.accountID,
                detail: "\(connection.property): \(error.detail)",
                in: tx
            )
            try await producer.enqueue(
                SubscriptionsJobs.askForConsent(
                    connection.id,
                    version: connection.tokenVersion,
                    account: connection.accountID
                ),
                in: tx
            )
            var event = AuditEvent(
                .flagRaised,
                account: connection.accountID,
                subjectKind: SearchConsoleStatus.subject,
                subjectID: connection.id,
                from: connection.status.rawValue,
                to: status.rawValue,
                reason: error.description,
                subscription: subscription
            )
            event.jobID = context.id
            try await AuditLog.record(event, in: tx)
        }
    }
}
