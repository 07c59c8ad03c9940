/// Where a consent to read a site's Search Console stands, from the question to the connection.
public enum SearchConsoleConsent: String, CaseIterable, Sendable {
    /// The client has been sent to Google.
    case open
    /// The browser has brought Google's code.
    case received
    /// The code is at Google: it is taken once, so that nothing begins anew from here.
    case exchanging
    /// Google has given a lasting consent; which property is it for?
    case exchanged
    /// There is a connection.
    case accepted
    /// The client has said no.
    case refused
    /// Nothing came of it.
    case failed
    /// Nobody came back from Google in time.
    case expired

    /// In audit events.
    public static let subject = "search_console_consent"
}
