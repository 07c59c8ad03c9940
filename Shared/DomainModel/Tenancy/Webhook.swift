public import Foundation

/// What an account can be told of by a webhook.
public enum WebhookEventType: String, CaseIterable, Sendable, Codable {
    case invoiceIssued = "invoice.issued"
    case invoicePaid = "invoice.paid"
    /// The first attempt to charge it has failed.
    case invoiceOverdue = "invoice.overdue"
    case invoiceVoided = "invoice.voided"
    case invoiceUncollectible = "invoice.uncollectible"
    case paymentSucceeded = "payment.succeeded"
    case paymentFailed = "payment.failed"
    case refundSucceeded = "refund.succeeded"
    case refundFailed = "refund.failed"
    case creditNoteIssued = "credit_note.issued"
    case subscriptionCreated = "subscription.created"
    case subscriptionActivated = "subscription.activated"
    case subscriptionPaused = "subscription.paused"
    case subscriptionResumed = "subscription.resumed"
    case subscriptionCancelled = "subscription.cancelled"
    case subscriptionCancellationAgreed = "subscription.cancellation_agreed"
    case subscriptionChanged = "subscription.changed"
}

/// Where an account wants to be told.
public struct WebhookEndpoint: Sendable, Hashable, Identifiable {
    /// An endpoint's id.
    public typealias ID = DomainModel.ID<WebhookEndpoint>

    /// The row's id.
    public let id: ID
    /// Whose.
    public let accountID: Account.ID
    /// Where it is sent to.
    public let url: String
    /// Whether anything is sent.
    public var isActive: Bool
    /// Since when nothing has been taken; nil after a success.
    public var failingSince: Date?

    /// Makes an endpoint from its row.
    public init(id: ID, accountID: Account.ID, url: String, isActive: Bool, failingSince: Date?) {
        self.id = id
        self.accountID = accountID
        self.url = url
        self.isActive = isActive
        self.failingSince = failingSince
    }

    /// How long an endpoint may take nothing before it is disabled: longer than a delivery is tried, so that one
    /// lost weekend disables nobody.
    public static let patience: TimeInterval = 5 * 86_400

    /// Something was taken.
    public mutating func took() {
        failingSince = nil
    }

    /// Something was not taken.
    /// - Returns: whether the endpoint is disabled by it.
    public mutating func failed(at moment: Date) -> Bool {
        let since = failingSince ?? moment
        failingSince = since
        guard isActive, moment.timeIntervalSince(since) >= Self.patience else { return false }
        isActive = false
        return true
    }
}

/// One event on its way to one endpoint.
public struct WebhookDelivery: Sendable, Hashable, Identifiable {
    /// A delivery's id.
    public typealias ID = DomainModel.ID<WebhookDelivery>

    /// Where it stands.
    public enum Status: String, CaseIterable, Sendable, Codable {
        case pending
        case delivered
        /// Tried too often; it can be replayed.
        case failed
    }

    /// The row's id.
    public let id: ID
    /// Where it stands.
    public private(set) var status: Status
    /// How often it was tried in all.
    public private(set) var attempts: Int
    /// How often before the last replay.
    public private(set) var roundFrom: Int
    /// When it is tried next.
    public private(set) var nextAttemptAt: Date?

    /// Makes a delivery from its row.
    public init(id: ID, status: Status, attempts: Int, roundFrom: Int, nextAttemptAt: Date?) {
        self.id = id
        self.status = status
        self.attempts = attempts
        self.roundFrom = roundFrom
        self.nextAttemptAt = nextAttemptAt
    }

    /// The waits after each failure: three days in all, first short, because most failures are a deploy.
    public static let waits: [TimeInterval] = [60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

    /// An attempt was answered with 2xx.
    public mutating func succeed() {
        attempts += 1
        status = .delivered
        nextAttemptAt = nil
    }

    /// An attempt was not.
    public mutating func fail(at moment: Date) {
        attempts += 1
        let tried = attempts - roundFrom
        if tried <= Self.waits.count {
            nextAttemptAt = moment.addingTimeInterval(Self.waits[tried - 1])
        } else {
            giveUp()
        }
    }

    /// It is not tried any more.
    public mutating func giveUp() {
        status = .failed
        nextAttemptAt = nil
    }

    /// It is tried anew from the start.
    /// - Throws: ``IllegalTransition`` while it is still being tried.
    public mutating func replay(at moment: Date) throws(IllegalTransition) {
        guard status != .pending else {
            throw IllegalTransition(
                subject: "webhook_delivery",
                from: status.rawValue,
                transition: "replay",
                allowed: []
            )
        }
        status = .pending
        roundFrom = attempts
        nextAttemptAt = moment
    }
}
