/// Where a site's connection to Google Search Console stands.
public enum SearchConsoleStatus: String, StateMachine {
    /// Its figures are read each day.
    case active
    /// Google does not take the consent any longer (`invalid_grant`): nothing is asked until the client gives another.
    case consentNeeded = "consent_needed"
    /// Google does not let us see this property.
    case error
    /// The client has taken it away.
    case disconnected

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case connect
        case revoke
        case fail
        case disconnect
    }

    /// In errors, flags and audit events.
    public static let subject = "search_console"

    /// The table.
    public func target(of transition: Transition) -> SearchConsoleStatus? {
        switch (self, transition) {
        case (_, .connect): .active
        case (.active, .revoke), (.error, .revoke): .consentNeeded
        case (.active, .fail): .error
        case (.active, .disconnect), (.consentNeeded, .disconnect), (.error, .disconnect): .disconnected
        default: nil
        }
    }
}
