public import Foundation

/// Something a client must agree to before it goes on.
public struct Approval: Sendable, Hashable, Identifiable {
    /// An approval's id.
    public typealias ID = DomainModel.ID<Approval>

    /// The row's id.
    public let id: ID
    /// Whose it is to give.
    public let accountID: Account.ID
    /// What kind of thing is shown.
    public let subject: ApprovalSubject
    /// The row of that thing.
    public let subjectID: Int64
    /// Where it stands; changed only by the named functions.
    public private(set) var status: ApprovalStatus
    /// Who decided; nil also when it was done by a signed link, which has no user.
    public private(set) var decidedBy: User.ID?
    /// When it was decided.
    public private(set) var decidedAt: Date?
    /// What the client said to it.
    public private(set) var comment: String?
    /// When the signed link stops working.
    public var expiresAt: Date?
    /// The SHA-256 of what the client was shown; nil where nothing was bound.
    public let contentHash: [UInt8]?
    /// By when an answer is wanted, and what happens without one; nil where it may wait for ever.
    public let deadline: ApprovalDeadline?
    /// When the mail that asks was written.
    public var askedAt: Date?
    /// When the reminder was written.
    public var remindedAt: Date?
    /// When staff were told that nobody answers.
    public var escalatedAt: Date?
    /// How it was decided; nil while it is open, and of what was decided before ways were kept.
    public private(set) var way: ApprovalWay?

    /// Makes an approval from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        subject: ApprovalSubject,
        subjectID: Int64,
        status: ApprovalStatus = .pending,
        decidedBy: User.ID? = nil,
        decidedAt: Date? = nil,
        comment: String? = nil,
        expiresAt: Date? = nil,
        contentHash: [UInt8]? = nil,
        deadline: ApprovalDeadline? = nil,
        askedAt: Date? = nil,
        remindedAt: Date? = nil,
        escalatedAt: Date? = nil,
        way: ApprovalWay? = nil
    ) {
        self.id = id
        self.accountID = accountID
        self.subject = subject
        self.subjectID = subjectID
        self.status = status
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
        self.comment = comment
        self.expiresAt = expiresAt
        self.contentHash = contentHash
        self.deadline = deadline
        self.askedAt = askedAt
        self.remindedAt = remindedAt
        self.escalatedAt = escalatedAt
        self.way = way
    }

    /// pending → approved.
    public mutating func approve(
        by user: User.ID?,
        at moment: Date,
        comment: String? = nil,
        way: ApprovalWay? = nil
    ) throws(IllegalTransition) {
        try decide(.approve, by: user, at: moment, comment: comment, way: way)
    }

    /// pending → changes requested.
    public mutating func requestChanges(
        by user: User.ID?,
        at moment: Date,
        comment: String,
        way: ApprovalWay? = nil
    ) throws(IllegalTransition) {
        try decide(.requestChanges, by: user, at: moment, comment: comment, way: way)
    }

    /// pending → withdrawn: what was shown has changed, or is not wanted any more.
    public mutating func withdraw(by user: User.ID?, at moment: Date) throws(IllegalTransition) {
        try decide(.withdraw, by: user, at: moment, comment: nil, way: nil)
    }

    private mutating func decide(
        _ transition: ApprovalStatus.Transition,
        by user: User.ID?,
        at moment: Date,
        comment: String?,
        way: ApprovalWay?
    ) throws(IllegalTransition) {
        status = try status.applying(transition)
        decidedBy = user
        decidedAt = moment
        self.comment = comment
        self.way = way
    }
}

/// What can be approved.
public enum ApprovalSubject: String, CaseIterable, Sendable, Codable {
    case blueprint
    case content
    case backlinkBudget = "backlink_budget"
    case backlinkOrder = "backlink_order"
}

/// Where an approval stands. A change asked for leads to a new version, which gets an approval of its own.
public enum ApprovalStatus: String, StateMachine {
    case pending
    case approved
    case changesRequested = "changes_requested"
    /// Not wanted any more: what was shown has changed. A new version gets an approval of its own.
    case withdrawn

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case approve
        case requestChanges = "request_changes"
        case withdraw
    }

    /// In errors and audit events.
    public static let subject = "approval"

    /// The table.
    public func target(of transition: Transition) -> ApprovalStatus? {
        switch (self, transition) {
        case (.pending, .approve): .approved
        case (.pending, .requestChanges): .changesRequested
        case (.pending, .withdraw): .withdrawn
        default: nil
        }
    }
}
