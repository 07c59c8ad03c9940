/// Minutes a member of the staff spent on a subscription: the hours behind the effective hourly rate.
public struct TimeEntry: Sendable, Hashable, Identifiable {
    /// A time entry's id.
    public typealias ID = DomainModel.ID<TimeEntry>

    /// The row's id.
    public let id: ID
    /// The client's account.
    public let accountID: Account.ID
    /// The subscription worked on.
    public let subscriptionID: ManagedSubscription.ID
    /// Who worked.
    public let staffID: User.ID
    /// 1 to 1,440: at most a day.
    public var minutes: Int
    /// Which day.
    public var date: CalendarDay
    /// What was done.
    public var note: String

    /// Makes a time entry from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        subscriptionID: ManagedSubscription.ID,
        staffID: User.ID,
        minutes: Int,
        date: CalendarDay,
        note: String
    ) {
        self.id = id
        self.accountID = accountID
        self.subscriptionID = subscriptionID
        self.staffID = staffID
        self.minutes = minutes
        self.date = date
        self.note = note
    }

    /// What `minutes` may be: a day has 1,440.
    public static let minutesRange = 1...1_440
}
