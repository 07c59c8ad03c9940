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
        expiresAt: Date? = nil
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
    }

    /// pending → approved.
    public mutating func approve(by user: User.ID?, at moment: Date, comment: String? = nil) throws(IllegalTransition) {
        try decide(.approve, by: user, at: moment, comment: comment)
    }

    /// pending → changes requested.
    public mutating func requestChanges(by user: User.ID?, at moment: Date, comment: String) throws(IllegalTransition) {
        try decide(.requestChanges, by: user, at: moment, comment: comment)
    }

    private mutating func decide(
        _ transition: ApprovalStatus.Transition,
        by user: User.ID?,
        at moment: Date,
        comment: String?
    ) throws(IllegalTransition) {
        status = try status.applying(transition)
        decidedBy = user
        decidedAt = moment
        self.comment = comment
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

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case approve
        case requestChanges = "request_changes"
    }

    /// In errors and audit events.
    public static let subject = "approval"

    /// The table.
    public func target(of transition: Transition) -> ApprovalStatus? {
        switch (self, transition) {
        case (.pending, .approve): .approved
        case (.pending, .requestChanges): .changesRequested
        default: nil
        }
    }
}
