import FoundationEssentials
import Hummingbird
import Postgres

/// What is to happen, told in advance. Each event has a name; told twice, it happens once.
struct WorldRoutes: Sendable {
    private struct Order: Decodable, Sendable {
        var name: String
        var kind: WorldEvent.Kind
        var dueAt: Moment
        var payload: JSONValue
    }

    private struct Orders: Decodable, Sendable {
        var events: [Order]
    }

    private struct Shown: Encodable, Sendable {
        var name: String
        var kind: String
        var dueAt: Moment
        @Nullable var doneAt: Moment?
        var attempts: Int
        @Nullable var lastError: String?
    }

    let database: PostgresDatabase
    let bell: Bell

    func add(to router: Router<SandboxContext>) {
        router.get("world") { _, _ in try Answers.json(try await shown()) }
        router.post("world") { request, context in
            let orders = try await Questions.json(Orders.self, from: request, context).events
            for order in orders {
                if let sentence = Self.objection(to: order) { return try Answers.refusal(sentence) }
            }
            let statements: [SQL] = try orders.map { order in
                """
                insert into sandbox.world_events (name, kind, due_at, payload)
                values (\(order.name), \(order.kind.rawValue), \(order.dueAt.date), \(try PostgresJSON(order.payload)))
                on conflict (name) do nothing
                """
            }
            let added = try await database.batch(statements).reduce(0) { $0 + $1.affected }
            bell.ring()
            return try Answers.json(["added": added, "known": orders.count - added], status: .created)
        }
    }

    /// A payload that could never be carried out is refused when it is told, not when it is due.
    private static func objection(to order: Order) -> String? {
        do {
            let payload = try PostgresJSON(order.payload)
            switch order.kind {
            case .connectPlugin: _ = try payload.decode(PluginConnection.self)
            case .replaceCard: _ = try payload.decode(CardReplacement.self)
            case .connectSearchConsole: _ = try payload.decode(SearchConsoleConsent.self)
            case .decideCapture: _ = try payload.decode(CaptureDecision.self)
            case .decideDispute: _ = try payload.decode(DisputeDecision.self)
            case .orderLinks: _ = try payload.decode(LinkBuyer.Purchase.self)
            case .approveLinks, .placeLinks: _ = try payload.decode(LinkBuyer.OrderReference.self)
            case .deliverLink, .tendLink: _ = try payload.decode(LinkBuyer.LinkReference.self)
            }
            return nil
        } catch {
            return switch order.kind {
            case .connectPlugin: "\(order.name): the payload of connect_plugin is {\"site_id\"}."
            case .replaceCard:
                "\(order.name): the payload of replace_card is {\"email\", \"password\", \"payment_method\"}."
            case .connectSearchConsole:
                "\(order.name): the payload of connect_search_console is {\"email\", \"password\", \"connection\"}."
            case .decideCapture: "\(order.name): the payload of decide_capture is {\"capture\", \"completed\"}."
            case .decideDispute: "\(order.name): the payload of decide_dispute is {\"dispute\", \"won\"}."
            case .orderLinks:
                "\(order.name): the payload of order_links is {\"site_id\", \"name\", \"links\", \"pricing\"}."
            case .approveLinks, .placeLinks:
                "\(order.name): the payload of \(order.kind.rawValue) is {\"order_id\", \"name\"}."
            case .deliverLink, .tendLink:
                "\(order.name): the payload of \(order.kind.rawValue) is {\"order_id\", \"link_id\", \"name\", \"url\"}."
            }
        }
    }

    private func shown() async throws -> [Shown] {
        let rows = try await database.query("select * from sandbox.world_events order by due_at, id")
        return try rows.map { row in
            let done: Date? = try row.decode("done_at")
            return Shown(
                name: try row.decode("name"),
                kind: try row.decode("kind"),
                dueAt: Moment(try row.decode("due_at")),
                doneAt: done.map(Moment.init),
                attempts: try row.decode("attempts"),
                lastError: try row.decode("last_error")
            )
        }
    }
}
