import DomainModel
import JobQueue
import NIOConcurrencyHelpers
import Persistence
import Postgres

/// The audit events of the transaction that is under way. They are written last: from the first of them to the commit an
/// account's chain is held, and who holds it must not wait for anything else.
final class Diary: Sendable {
    @TaskLocal static var current: Diary?

    private let job: Int64
    private let actor: String?
    private let pages = NIOLockedValueBox<[AuditEvent]>([])

    /// - Parameter actor: who acts, where that is not the transaction's actor.
    init(job: Int64, actor: String? = nil) {
        self.job = job
        self.actor = actor
    }

    var events: [AuditEvent] { pages.withLockedValue { $0 } }

    func note(
        _ action: AuditAction,
        on subject: AuditSubject,
        from: String? = nil,
        to: String? = nil,
        because reason: String = ""
    ) {
        var event = AuditEvent(
            action,
            account: subject.account,
            subjectKind: subject.kind,
            subjectID: subject.id,
            from: from,
            to: to,
            reason: reason,
            jobID: job,
            subscription: subject.subscription
        )
        event.actor = actor
        pages.withLockedValue { $0.append(event) }
    }
}

/// What an audit event is about.
struct AuditSubject {
    let account: Account.ID
    let kind: String
    let id: Int64
    var subscription: ManagedSubscription.ID?

    static func subscription(_ subscription: ManagedSubscription) -> AuditSubject {
        AuditSubject(
            account: subscription.accountID,
            kind: SubscriptionStatus.subject,
            id: subscription.id.rawValue,
            subscription: subscription.id
        )
    }

    static func invoice(_ invoice: Invoice) -> AuditSubject {
        AuditSubject(
            account: invoice.accountID,
            kind: InvoiceStatus.subject,
            id: invoice.id.rawValue,
            subscription: invoice.subscriptionID
        )
    }

    static func payment(_ payment: Payment, of invoice: Invoice? = nil) -> AuditSubject {
        AuditSubject(
            account: payment.accountID,
            kind: PaymentStatus.subject,
            id: payment.id.rawValue,
            subscription: invoice?.subscriptionID
        )
    }

    static func paymentMethod(_ method: PaymentMethod) -> AuditSubject {
        AuditSubject(account: method.accountID, kind: "payment_method", id: method.id.rawValue)
    }
}

/// An event was to be noted where no transaction of a job is under way.
struct NoDiary: Error {}

extension Office {
    /// One transaction of a job over all accounts, with its audit events written at its end.
    func transaction<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.transaction(as: .job(context), actor: "job:\(context.id)") { tx in
            let diary = Diary(job: context.id)
            let value = try await Diary.$current.withValue(diary) { try await body(tx) }
            try await AuditLog.record(diary.events, in: tx)
            return value
        }
    }

    /// What a job reads before it decides.
    func read<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.read(as: .job(context), actor: "job:\(context.id)", body)
    }

    /// Notes an audit event; it is written at the end of the transaction.
    func note(
        _ action: AuditAction,
        on subject: AuditSubject,
        from: String? = nil,
        to: String? = nil,
        because reason: String = ""
    ) throws {
        guard let diary = Diary.current else { throw NoDiary() }
        diary.note(action, on: subject, from: from, to: to, because: reason)
    }
}
