import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// One link of an order: what staff do with it, what vendors say of it, and what our looks at it found.
enum LinkRoutes {
    static let endpoints = [detail, change, deliveries, checks]

    private static let path = "services/backlink-orders/{id}/links/{link_id}/"

    private static let detail = Endpoint(.get, path, .anyone, "getBacklink", "A link of an order") { call in
        let rows = try await call.read([try row(call)]).rows[0]
        return try Resources.backlinks.answer(rows).tagged(for: call.request.headers)
    }.with {
        $0.scope = .servicesRead
        $0.answer = Resources.backlinks.schema
        $0.hasETag = true
    }

    private static let checks = Endpoint(
        .get,
        path + "checks/",
        .anyone,
        "listBacklinkChecks",
        "Every look at a link with its evidence, the newest first"
    ) { call in
        let link = try call.id("link_id")
        var page = try PageRequest(call.query, of: .backlinkChecks)
        page.narrow("t.backlink_id = \(link)")
        let rows = try await call.read([ReadModel.backlinkChecks.rows(page.page, for: call.tenant), try row(call)]).rows
        guard !rows[1].isEmpty else { throw Problem.notFound }
        let count = try await page.count(rows[0], of: .backlinkChecks, call)
        return try page.answer(call, rows[0], count: count, Resources.backlinkChecks)
    }.with {
        $0.scope = .servicesRead
        $0.query = Resources.backlinkChecks.listParameters
        $0.answer = Resources.backlinkChecks.listSchema
    }

    /// The link of the path, where it is one of the order's.
    private static func row(_ call: Call) throws -> SQL {
        var page = ReadModel.Page(limit: 1)
        page.condition = "t.id = \(try call.id("link_id")) and t.order_id = \(try call.id())"
        return ReadModel.backlinks.rows(page, for: call.tenant)
    }

    private enum Step: String, CaseIterable {
        case ordered
        case delivered
        case rejected
        case replaced
        case writtenOff = "written_off"
    }

    private static let change = Endpoint(
        .patch,
        path,
        .staff,
        "updateBacklink",
        "Change what is agreed on a link, or say what has become of it: ordered, delivered, rejected, replaced, written off"
    ) { call in
        let id = Backlink.ID(try call.id("link_id"))
        return try await call.write { write in
            var desk = try await write.desk(.init(try call.id()))
            _ = try desk.link(id)
            try await write.checkVersion(Resources.backlinks, id.rawValue)
            let change = try LinkChange(call.body, desk.order.price.clientPrice.currency)
            var agreement = change.agreement
            let step = call.body["status"]?.string.flatMap { Step(rawValue: $0) }
            switch step {
            case .delivered, .replaced: break
            default: agreement.cost = change.cost
            }
            try await desk.agree(agreement, on: id)
            switch step {
            case nil: break
            case .ordered: try await desk.order(id)
            case .delivered:
                guard let url = call.body["source_url"]?.string else {
                    throw Problem.invalid("source_url", "the page that the link stands on")
                }
                try await desk.deliver(id, at: url, on: change.liveOn, cost: change.cost)
            case .rejected: try await desk.reject(id, because: try change.reason())
            case .replaced: try await desk.replace(id, cost: change.cost, because: try change.reason())
            case .writtenOff: try await desk.writeOff(id, because: try change.reason())
            }
            try await write.follow(try await desk.close())
            return try await write.answer(Resources.backlinks, id.rawValue)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.body = .named(
            "BacklinkChange",
            .object([
                .optional(
                    "status",
                    .oneOf(Step.self),
                    "`replaced` plans another link for one that was rejected or lost; `written_off` waits for it no longer."
                ),
                .optional("source_url", .url, "With `delivered`: the page it stands on."),
                .optional("live_on", .day, "With `delivered`: the day it went online; today when left out."),
                .optional(
                    "cost",
                    .money,
                    "What it costs us; with `delivered` what it really did, with `replaced` what the other one will."
                ),
                .optional(
                    "reason",
                    .text(3...500),
                    "Needed to reject, replace and write off; stands in the audit log."
                ),
                .optional("target_url", .url), .optional("anchor_text", .text(max: 500)),
                .optional("anchor_type", .oneOf(AnchorType.self)),
                .optional("publisher_id", .id), .optional("supplier_reference", .name(max: 200)),
                .optional("due_on", .day),
            ])
        )
        $0.answer = Resources.backlinks.schema
        $0.hasETag = true
        $0.problems = [.conflict, .paymentRequired]
    }

    private static let deliveries = Endpoint(
        .post,
        "services/backlink-orders/{id}/deliveries/",
        .staff,
        "recordDeliveries",
        "Take in what a vendor has delivered of an order; what came of each line stands in the job's result"
    ) { call in
        try await call.write { write in
            guard
                let order = try await BacklinkServiceOrders.find(.init(try call.id()), for: write.tenant, in: write.tx)
            else { throw Problem.notFound }
            let deliveries = try (call.body["deliveries"]?.array ?? []).map { line in
                BacklinkOrdersJobs.Delivery(
                    backlinkID: .init(try line.number("link_id")),
                    url: try line.text("source_url"),
                    liveOn: line["live_on"]?.string.flatMap { CalendarDay($0) },
                    cost: line["cost"]?.string
                )
            }
            let job = BacklinkOrdersJobs.recordDelivery(
                BacklinkOrdersJobs.Deliveries(orderID: order.id, deliveries: deliveries),
                account: order.accountID
            )
            return .accepted(job: try await write.enqueue(job), task: job.task)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.body = .named(
            "Deliveries",
            .object([
                .required(
                    "deliveries",
                    .array(
                        .object([
                            .required("link_id", .id), .required("source_url", .url), .optional("live_on", .day),
                            .optional("cost", .money),
                        ]),
                        count: 1...200
                    )
                )
            ])
        )
        $0.success = .accepted
        $0.answer = .acceptedJob
    }
}

/// A change as the body asks for it.
private struct LinkChange {
    let agreement: OrderDesk.Agreement
    let cost: Money?
    let liveOn: CalendarDay?
    private let words: String?

    init(_ body: JSON, _ currency: Currency) throws(Problem) {
        var agreement = OrderDesk.Agreement()
        agreement.targetURL = body["target_url"]?.string
        agreement.anchorText = body["anchor_text"]?.string
        agreement.anchorType = body["anchor_type"]?.string.flatMap { AnchorType(rawValue: $0) }
        agreement.publisher = body["publisher_id"]?.integer.map { Publisher.ID($0) }
        agreement.reference = body["supplier_reference"]?.string
        agreement.due = body["due_on"]?.string.flatMap { CalendarDay($0) }
        self.agreement = agreement
        liveOn = body["live_on"]?.string.flatMap { CalendarDay($0) }
        words = body["reason"]?.string
        cost = try body["cost"]?.string.map { text throws(Problem) in try Money(text, "cost", currency) }
    }

    func reason() throws(Problem) -> String {
        guard let words else { throw .invalid("reason", "why, in a sentence") }
        return words
    }
}

extension Money {
    /// An amount of a body.
    init(_ text: String, _ field: String, _ currency: Currency) throws(Problem) {
        do {
            self = try Money(decimal: text, currency: currency)
        } catch {
            throw .invalid(field, "an amount that \(currency.code) can hold")
        }
    }
}

extension Write {
    /// An order with its links, held; 404 where there is none.
    func desk(_ id: BacklinkOrder.ID) async throws -> OrderDesk {
        guard let desk = try await OrderDesk.open(id, for: tenant, in: tx) else { throw Problem.notFound }
        return desk
    }

    /// Queues and writes down what a change leaves behind.
    func follow(_ aftermath: Aftermath) async throws {
        _ = try await call.services.producer.enqueue(aftermath.jobs, in: tx)
        try await AuditLog.record(
            aftermath.events.map { event in
                var event = event
                event.requestID = call.requestID
                return event
            },
            in: tx
        )
    }
}
