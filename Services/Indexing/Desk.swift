import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// What the tasks of this service work with.
struct Desk: Sendable {
    let store: Store
    let producer: JobProducer
    let web: ProviderWeb
    let places: IndexingConfiguration.Places
    let secrets: SecretBox
    /// Of a hundred pages.
    let holdoutPercent: Int
}

extension Tenant {
    /// A job whose rows may be anybody's: it finds out by their ids whose they are.
    static func job(_ context: JobContext) -> Tenant {
        .system(reason: "\(context.task) \(context.id)")
    }
}

extension Desk {
    /// One transaction of a job over all accounts.
    func transaction<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.transaction(as: .job(context), actor: "job:\(context.id)", body)
    }

    /// What a job reads before it decides.
    func read<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.read(as: .job(context), actor: "job:\(context.id)", body)
    }

    /// The adapter of a service.
    func provider(_ service: IndexingServices.Service) -> any IndexingProvider {
        switch service.key {
        case .speedyindex: SpeedyIndex(web: web, baseURL: places.speedyIndex)
        case .omega: Omega(web: web, baseURL: places.omega)
        case .linkcentaur: LinkCentaur(web: web, baseURL: places.linkCentaur)
        case .indexnow: IndexNow(web: web, baseURL: places.indexNow)
        case .colossus: Configurable(web: web, config: service.config.members ?? [:])
        case .manual: ByHand()
        }
    }

    /// What a call about a batch needs.
    struct Open: Sendable {
        let batch: IndexingBatches.Batch
        let service: IndexingServices.Service
        let provider: any IndexingProvider
        /// Nil for what is done by hand.
        let key: IndexingKeys.Key?
        let secret: ServiceKey
        let urls: [String]
    }

    /// A batch with everything to ask about it; nil where it is unknown. A key that does not work any longer is still told:
    /// whether it is used is the caller's to say.
    func open(_ id: Int64, withPages: Bool, _ context: JobContext) async throws -> Open? {
        try await read(context) { tx in
            guard let batch = try await IndexingBatches.find(id, in: tx),
                let service = try await IndexingServices.all(in: tx).first(where: { $0.key == batch.service })
            else { return nil }
            let key =
                batch.service.hasKey
                ? try await IndexingKeys.find(batch.service, host: batch.host, for: .job(context), in: tx) : nil
            var secret = ""
            if let key { secret = try await IndexingKeys.secret(of: key, openedBy: secrets, in: tx) }
            return Open(
                batch: batch,
                service: service,
                provider: provider(service),
                key: key,
                secret: ServiceKey(secret: secret, host: batch.host),
                urls: withPages ? try await IndexingBatches.urls(of: batch, in: tx) : []
            )
        }
    }

    /// Notes what an error has taught about a key.
    func note(_ error: IndexingError, _ key: IndexingKeys.Key?, in tx: PostgresTransaction) async throws {
        guard let key else { return }
        switch error.kind {
        case .keyRefused:
            try await IndexingKeys.note(key, key.status.applying(.refuse), error: error.description, in: tx)
        case .outOfBalance:
            try await IndexingKeys.note(key, key.status.applying(.exhaust), error: error.description, in: tx)
        case .badRequest, .busy, .unavailable, .unknown: break
        }
    }

    /// Audit events of what became of requests, written last: from the first of them to the commit an account's chain is
    /// held.
    func audit(_ outcome: IndexingRequests.Outcome, _ context: JobContext, in tx: PostgresTransaction) async throws {
        func events(
            _ requests: [IndexingRequests.Request],
            _ action: AuditAction,
            to status: IndexingStatus,
            _ reason: String
        ) -> [AuditEvent] {
            requests.filter { $0.status != status }.map { request in
                var event = AuditEvent(
                    action,
                    account: request.accountID,
                    subjectKind: IndexingStatus.subject,
                    subjectID: request.id,
                    from: request.status.rawValue,
                    to: status.rawValue,
                    reason: reason
                )
                event.jobID = context.id
                return event
            }
        }
        try await AuditLog.record(
            events(outcome.indexed, .indexed, to: .indexed, "found in the index")
                + events(outcome.failed, .flagRaised, to: .failed, "28 days are over")
                + events(outcome.waiting, .updated, to: .checking, "looked at"),
            in: tx
        )
    }
}
