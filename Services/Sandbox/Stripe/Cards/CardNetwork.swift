/// What the banks say: pure, so that the whole matrix of cards can be tested without a server.
enum CardNetwork {
    enum Verdict: Hashable, Sendable {
        case approved
        case declined(Decline)
        case needsAuthentication
    }

    /// The circumstances of one charge.
    struct Presence: Hashable, Sendable {
        /// The holder is not there to answer a challenge.
        var offSession = false
        /// A challenge for this very charge has been passed.
        var authenticated = false
        /// The card was saved by a set-up intent that was authenticated.
        var savedForLater = false
    }

    static func charge(_ card: TestCard, _ presence: Presence) -> Verdict {
        switch card.conduct {
        case .approves, .disputes, .refusesRefunds: .approved
        case .declines(let decline, _): .declined(decline)
        case .authenticatesAlways: challenged(presence)
        case .authenticatesAtSetup: presence.savedForLater ? .approved : challenged(presence)
        case .authenticatesThenDeclines(let decline):
            presence.authenticated ? .declined(decline) : challenged(presence)
        }
    }

    static func setUp(_ card: TestCard, authenticated: Bool) -> Verdict {
        switch card.conduct {
        case .declines(let decline, atSetup: true): .declined(decline)
        case .authenticatesAlways, .authenticatesAtSetup, .authenticatesThenDeclines:
            authenticated ? .approved : .needsAuthentication
        default: .approved
        }
    }

    private static func challenged(_ presence: Presence) -> Verdict {
        if presence.authenticated { return .approved }
        return presence.offSession ? .declined(.authenticationRequired) : .needsAuthentication
    }
}
