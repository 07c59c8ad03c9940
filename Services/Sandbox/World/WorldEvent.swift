import Postgres

/// Something that happens to the agency from outside at a moment of business time.
struct WorldEvent: Sendable {
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The client's plugin is installed: its integration becomes active, and onboarding may go on.
        case connectPlugin = "connect_plugin"
        /// The client logs in and saves another card.
        case replaceCard = "replace_card"
        /// The client logs in and lets us read their Search Console.
        case connectSearchConsole = "connect_search_console"
        /// The bank of a pending PayPal capture pays or does not.
        case decideCapture = "decide_capture"
        /// A gateway gives a dispute to us or to the client.
        case decideDispute = "decide_dispute"
        /// Staff draft an order of links and lay it before the client.
        case orderLinks = "order_links"
        /// The client follows the link of the mail that asks, and says yes.
        case approveLinks = "approve_links"
        /// What is ordered reaches its vendors.
        case placeLinks = "place_links"
        /// A vendor says that a link is there.
        case deliverLink = "deliver_link"
        /// Staff look after a link: send it back, have it replaced.
        case tendLink = "tend_link"
    }

    var id: Int64
    var name: String
    var kind: Kind
    var attempts: Int
    var payload: PostgresJSON

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        name = try row.decode("name")
        attempts = try row.decode("attempts")
        payload = try row.decode("payload")
        guard let kind = Kind(rawValue: try row.decode("kind")) else {
            throw PostgresError.decoding(column: "kind", reason: "a world event of an unknown kind")
        }
        self.kind = kind
    }

    /// 100 ms, doubled with each failure up to 5 s: the gateway may be away for a while.
    var backoffMilliseconds: Int64 { min(5_000, 100 << Int64(min(attempts, 10))) }

    var closing: SQL {
        """
        update sandbox.world_events set done_at = igny8_now(), attempts = attempts + 1, last_error = null
        where id = \(id)
        """
    }
}

/// `connect_plugin`.
struct PluginConnection: Codable, Hashable, Sendable {
    var siteID: Int64

    enum CodingKeys: String, CodingKey {
        case siteID = "site_id"
    }
}

/// `replace_card`.
struct CardReplacement: Codable, Hashable, Sendable {
    var email: String
    var password: String
    /// The body of `POST billing/payment-methods/`, as the API has it.
    var paymentMethod: JSONValue

    enum CodingKeys: String, CodingKey {
        case email, password
        case paymentMethod = "payment_method"
    }
}

/// `connect_search_console`.
struct SearchConsoleConsent: Codable, Hashable, Sendable {
    var email: String
    var password: String
    /// The body of `POST integration/search-console/connect/`, as the API has it.
    var connection: JSONValue
}
