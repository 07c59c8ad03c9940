public import DomainModel
public import Foundation
public import Postgres

/// What happened to a business object, as it is written to the audit log. Never a secret.
public struct AuditEvent: Sendable {
    /// Whose; nil for what concerns no account.
    public var accountID: Account.ID?
    /// What was done.
    public var action: AuditAction
    /// To what kind of thing: `managed_subscription`.
    public var subjectKind: String
    /// To which.
    public var subjectID: Int64?
    /// The state before.
    public var from: String?
    /// The state after.
    public var to: String?
    /// Why.
    public var reason: String
    /// The request that did it.
    public var requestID: String?
    /// The job that did it.
    public var jobID: Int64?
    /// Who acted, where that is not the transaction's actor: `job:991`.
    public var actor: String?
    /// The managed subscription whose timeline it stands in.
    public var subscriptionID: ManagedSubscription.ID?
    /// What else is worth knowing, by name; members named like a secret are masked when it is written.
    public var data: [String: JSONValue]

    /// Describes an event.
    public init(
        _ action: AuditAction,
        account: Account.ID?,
        subjectKind: String,
        subjectID: Int64?,
        from: String? = nil,
        to: String? = nil,
        reason: String = "",
        requestID: String? = nil,
        jobID: Int64? = nil,
        subscription: ManagedSubscription.ID? = nil,
        data: [String: JSONValue] = [:]
    ) {
        self.accountID = account
        self.action = action
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.from = from
        self.to = to
        self.reason = reason
        self.requestID = requestID
        self.jobID = jobID
        self.subscriptionID = subscription
        self.data = data
    }
}

/// `igny8_audit_events`: append-only, each account's events chained by hashes that the database computes.
public enum AuditLog {
    /// Writes an event. Who acts is the transaction's actor. The account's chain is held from here to the commit, so
    /// events are written after everything else.
    public static func record(_ event: AuditEvent, in tx: PostgresTransaction) async throws {
        try await record([event], in: tx)
    }

    /// Writes events in their order, in one statement; those of several accounts by account, so that two transactions
    /// take the chains in the same order.
    public static func record(_ events: [AuditEvent], in tx: PostgresTransaction) async throws {
        if events.isEmpty { return }
        let events = events.enumerated().sorted {
            ($0.element.accountID?.rawValue ?? 0, $0.offset) < ($1.element.accountID?.rawValue ?? 0, $1.offset)
        }.map(\.element)
        try await tx.query(
            """
            insert into igny8_audit_events (account_id, action, subject_kind, subject_id, from_state, to_state, reason,
                request_id, job_id, subscription_id, data, actor)
            select account_id, action, subject_kind, subject_id, from_state, to_state, reason, request_id, job_id,
                subscription_id, data, coalesce(actor, igny8_actor())
            from unnest(\(events.map { $0.accountID?.rawValue }), \(events.map(\.action.rawValue)),
                \(events.map(\.subjectKind)), \(events.map(\.subjectID)), \(events.map(\.from)), \(events.map(\.to)),
                \(events.map(\.reason)), \(events.map(\.requestID)), \(events.map(\.jobID)),
                \(events.map { $0.subscriptionID?.rawValue }), \(try events.map { try PostgresJSON(AuditMask.masking($0.data)) }),
                \(events.map(\.actor)))
                with ordinality as given (account_id, action, subject_kind, subject_id, from_state, to_state, reason,
                    request_id, job_id, subscription_id, data, actor, position)
            order by position
            """
        )
    }

    /// An event as it stands in the log.
    public struct Entry: Sendable {
        /// The row's id.
        public let id: Int64
        /// Business time.
        public let occurredAt: Date
        /// Who: `user:12`, `job:991`.
        public let actor: String
        /// What was done.
        public let action: String
        /// Everything else.
        public let accountID: Account.ID?
        /// To what kind of thing.
        public let subjectKind: String
        /// To which.
        public let subjectID: Int64?
        /// The state before.
        public let from: String?
        /// The state after.
        public let to: String?
        /// Why.
        public let reason: String
        /// The request that did it.
        public let requestID: String?
        /// The job that did it.
        public let jobID: Int64?
        /// What else is known.
        public let data: JSONValue
    }

    static let columns: SQL = """
        id, occurred_at, actor, action, account_id, subject_kind, subject_id, from_state, to_state, reason, request_id,
        job_id, data
        """

    static func decode(_ row: PostgresRow) throws -> Entry {
        try Entry(
            id: row.decode("id"),
            occurredAt: row.decode("occurred_at"),
            actor: row.decode("actor"),
            action: row.decode("action"),
            accountID: row.id(ifAny: "account_id"),
            subjectKind: row.decode("subject_kind"),
            subjectID: row.decode("subject_id"),
            from: row.decode("from_state"),
            to: row.decode("to_state"),
            reason: row.decode("reason"),
            requestID: row.decode("request_id"),
            jobID: row.decode("job_id"),
            data: row.json("data")
        )
    }

    /// Every event of a subscription's life, the oldest first.
    public static func timeline(
        of subscription: ManagedSubscription.ID,
        for tenant: Tenant,
        limit: Int = 1_000,
        in queries: some PostgresQuerying
    ) async throws -> [Entry] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_audit_events
            where subscription_id = \(subscription.rawValue) and \(fragment: tenant.owns()) order by id limit \(limit)
            """
        ).map(decode)
    }
}
