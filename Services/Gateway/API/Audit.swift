import DomainModel
import Persistence
import Postgres

/// What an audit event is about.
struct Subject: Sendable {
    let kind: String
    let id: Int64?
    var account: Account.ID?
    /// The managed subscription whose timeline the event belongs to.
    var subscription: ManagedSubscription.ID?

    init(
        _ kind: String,
        _ id: Int64?,
        account: Account.ID? = nil,
        subscription: ManagedSubscription.ID? = nil
    ) {
        self.kind = kind
        self.id = id
        self.account = account
        self.subscription = subscription
    }

    static func user(_ user: User) -> Subject {
        Subject("user", user.id.rawValue, account: user.accountID)
    }
}

/// What changed, and why.
struct Change: Sendable {
    var from: String?
    var to: String?
    var reason = ""
    var data: [String: JSONValue] = [:]

    /// The names of the fields that a body touched; their values may be private.
    static func fields(of body: JSON) -> Change {
        Change(data: ["fields": .array(body.names.map { .string($0) })])
    }
}

extension Call {
    /// Writes an audit event. It comes last in its transaction: the account's chain is locked until the commit.
    func audit(
        _ action: AuditAction,
        _ subject: Subject,
        _ change: Change = Change(),
        in tx: PostgresTransaction
    ) async throws {
        try await AuditLog.record(
            AuditEvent(
                action,
                account: subject.account,
                subjectKind: subject.kind,
                subjectID: subject.id,
                from: change.from,
                to: change.to,
                reason: change.reason,
                requestID: requestID,
                subscription: subject.subscription,
                data: change.data
            ),
            in: tx
        )
    }
}

extension Write {
    /// What every change leaves behind; it stands with the caller's account where the subject names none.
    func audit(_ action: AuditAction, _ subject: Subject, _ change: Change = Change()) async throws {
        var subject = subject
        subject.account = subject.account ?? identity.account
        try await call.audit(action, subject, change, in: tx)
    }
}
