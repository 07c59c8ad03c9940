import FoundationEssentials
import Postgres

/// What PayPal's own books say: disputes, and the transaction search.
enum PayPalBookEndpoints {
    static let all = [
        PayPalEndpoint("GET", "v1/customer/disputes", disputes),
        PayPalEndpoint("GET", "v1/customer/disputes/*", dispute),
        PayPalEndpoint("GET", "v1/reporting/transactions", transactions),
    ]

    private struct Info: Encodable {
        var transactionId: String
        var paypalReferenceId: String?
        var paypalReferenceIdType: String?
        var transactionEventCode: String
        var transactionInitiationDate: String
        var transactionAmount: PayPalAmount
        var transactionStatus: String
        var invoiceId: String?
        var customField: String?
    }

    private struct Row: Encodable { var transactionInfo: Info }

    private struct Page: Encodable {
        var transactionDetails: [Row]
        var page: Int
        var totalItems: Int
        var totalPages: Int
    }

    private struct Disputes: Encodable {
        struct Item: Encodable {
            var disputeId: String
            var createTime: String
            var reason: String
            var status: String
            var disputeAmount: PayPalAmount
        }
        var items: [Item]
        var links: [PayPalLink]
    }

    @Sendable
    private static func dispute(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let dispute = try await scope.find(PayPalDispute.self, call.arguments[0]) else {
            throw PayPalError.notFound
        }
        return try .ok(dispute)
    }

    @Sendable
    private static func disputes(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        let size = call.query["page_size"].flatMap { Int($0) } ?? 10
        guard (1...50).contains(size), let start = call.query["start_time"].flatMap(Moment.read) else {
            throw PayPalError.invalid("INVALID_PARAMETER_VALUE", "page_size is 1 to 50, start_time a moment.")
        }
        let after = call.query["next_page_token"].flatMap { Int64($0) } ?? 0
        let rows = try await scope.tx.query(
            """
            select serial, body from sandbox.paypal_objects
            where kind = 'dispute' and created >= \(start) and serial > \(after) order by serial limit \(size + 1)
            """
        )
        var page = Disputes(items: [], links: [])
        for row in rows.prefix(size) {
            let dispute: PayPalDispute = try PayPalScope.object(row)
            page.items.append(
                Disputes.Item(
                    disputeId: dispute.id,
                    createTime: dispute.createTime,
                    reason: dispute.reason,
                    status: dispute.status,
                    disputeAmount: dispute.disputeAmount
                )
            )
        }
        if rows.count > size {
            let last: Int64 = try rows[size - 1].decode("serial")
            page.links.append(
                scope.link("v1/customer/disputes?start_time=\(Moment(start).text)&next_page_token=\(last)", "next")
            )
        }
        return try .ok(page)
    }

    /// Payments and refunds, the oldest first. PayPal lists a transaction up to three hours late; this one always does, so
    /// that nobody counts on less.
    @Sendable
    private static func transactions(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let from = call.query["start_date"].flatMap(Moment.read),
            let to = call.query["end_date"].flatMap(Moment.read), from < to, to.timeIntervalSince(from) <= 31 * 86_400
        else {
            throw PayPalError.invalid("INVALID_REQUEST", "start_date and end_date: at most 31 days.")
        }
        let size = call.query["page_size"].flatMap { Int($0) } ?? 100
        let number = call.query["page"].flatMap { Int($0) } ?? 1
        guard (1...500).contains(size), number > 0 else {
            throw PayPalError.invalid("INVALID_REQUEST", "page_size is 1 to 500, page at least 1.")
        }
        var condition: SQL = """
            kind in ('capture', 'refund') and created >= \(from) and created < \(to)
                and created <= \(scope.now.addingTimeInterval(-3 * 3_600))
            """
        if let range = call.query["transaction_amount"] {
            let bounds = range.split(separator: " ").compactMap { Int64($0) }
            guard bounds.count == 2, let currency = call.query["transaction_currency"] else {
                throw PayPalError.invalid("INVALID_REQUEST", "transaction_amount is a range, with its currency.")
            }
            condition += " and currency = \(currency) and amount between \(bounds[0]) and \(bounds[1])"
        }
        let counted = try await scope.tx.query(
            "select count(*) as rows from sandbox.paypal_objects where \(fragment: condition)"
        )
        let total: Int = try counted.first?.decode("rows") ?? 0
        let rows = try await scope.tx.query(
            """
            select kind, body from sandbox.paypal_objects where \(fragment: condition)
            order by created, serial limit \(size) offset \((number - 1) * size)
            """
        )
        return try .ok(
            Page(
                transactionDetails: try rows.map { row in
                    Row(
                        transactionInfo: try row.decode("kind", as: String.self) == "capture"
                            ? info(try PayPalScope.object(row) as PayPalCapture)
                            : info(try PayPalScope.object(row) as PayPalRefund)
                    )
                },
                page: number,
                totalItems: total,
                totalPages: max(1, (total + size - 1) / size)
            )
        )
    }

    private static func info(_ capture: PayPalCapture) -> Info {
        let status =
            switch capture.status {
            case "PENDING": "P"
            case "DECLINED", "FAILED": "D"
            default: "S"
            }
        return Info(
            transactionId: capture.id,
            transactionEventCode: "T0003",
            transactionInitiationDate: capture.createTime,
            transactionAmount: capture.amount,
            transactionStatus: status,
            invoiceId: capture.invoiceId,
            customField: capture.customId
        )
    }

    private static func info(_ refund: PayPalRefund) -> Info {
        Info(
            transactionId: refund.id,
            paypalReferenceId: refund.capture,
            paypalReferenceIdType: "TXN",
            transactionEventCode: "T1107",
            transactionInitiationDate: refund.createTime,
            transactionAmount: PayPalAmount(
                currencyCode: refund.amount.currencyCode,
                value: "-\(refund.amount.value)"
            ),
            transactionStatus: "S",
            invoiceId: refund.invoiceId,
            customField: refund.customId
        )
    }
}
