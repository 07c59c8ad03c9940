public import Foundation

/// A person who signs in: a member of an account, or staff of the agency.
public struct User: Sendable, Hashable, Identifiable {
    /// A user's id.
    public typealias ID = DomainModel.ID<User>

    /// The row's id.
    public let id: ID
    /// The account the person belongs to; staff belong to the operator's own.
    public let accountID: Account.ID
    /// Unique over all accounts.
    public var email: EmailAddress
    /// What the person is called.
    public var name: String
    /// What the person may do within the account.
    public var role: UserRole
    /// What the person may do across accounts; nil for clients.
    public var staffRole: StaffRole?
    /// Whether the person may sign in.
    public var isActive: Bool
    /// When the person came.
    public let createdAt: Date

    /// Makes a user from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        email: EmailAddress,
        name: String,
        role: UserRole,
        staffRole: StaffRole?,
        isActive: Bool,
        createdAt: Date
    ) {
        self.id = id
        self.accountID = accountID
        self.email = email
        self.name = name
        self.role = role
        self.staffRole = staffRole
        self.isActive = isActive
        self.createdAt = createdAt
    }

    /// Whether the person works for the agency.
    public var isStaff: Bool { staffRole != nil }
}

/// A member's role within the account, each including those before it.
public enum UserRole: String, CaseIterable, Sendable, Codable, Comparable {
    case viewer
    case editor
    case admin
    case owner

    /// Whether this role may do what another may.
    public func includes(_ other: UserRole) -> Bool { self >= other }

    /// By reach.
    public static func < (left: UserRole, right: UserRole) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .editor: 1
        case .admin: 2
        case .owner: 3
        }
    }
}

/// A role of the agency's own people.
public enum StaffRole: String, CaseIterable, Sendable, Codable {
    /// Sees and manages every client's service.
    case accountManager = "account_manager"
    /// May in addition change prices, plans, flags and people.
    case admin

    /// Whether this role may do what another may.
    public func includes(_ other: StaffRole) -> Bool { self == .admin || other == .accountManager }
}
